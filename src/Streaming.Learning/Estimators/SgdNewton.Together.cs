namespace Streaming.Learning.Estimators;

/// <content>
/// Candidates of a sweep on the rows of one step. Each descends by itself; but all of them begin with the same products with the panel, and what is read
/// of it serves four. Each gets the bits that it gets alone.
/// </content>
sealed unsafe partial class SgdNewton<TLoss>
{
    /// <summary>Learners that the panel is read for at once.</summary>
    const int Together = 4;

    public object? TogetherKey => TLoss.HasKinks ? null : (typeof(TLoss), gathered);

    public int MostTogether => Together;

    public Action Joined(ISgdStepLearner[] learners, SgdProgress[] progress)
    {
        SgdNewton<TLoss>[] own = [.. learners.Cast<SgdNewton<TLoss>>()];
        return () => LearnStep(own, progress);
    }

    static void LearnStep(ReadOnlySpan<SgdNewton<TLoss>> learners, ReadOnlySpan<SgdProgress> progress)
    {
        double weight = learners[0].gathered.Weight;
        if (weight > 0)
        {
            MapAll(learners, isStep: false);
            if (TLoss.HasKinks)
                learners[0].LearnRounded(progress[0]);
            else
                DescendAll(learners, progress, weight);
        }

        foreach (SgdNewton<TLoss> learner in learners)
            learner.EndStep();
    }

    static void DescendAll(ReadOnlySpan<SgdNewton<TLoss>> learners, ReadOnlySpan<SgdProgress> progress, double weight)
    {
        for (int i = 0; i < learners.Length; i++)
            learners[i].Begin(learners[i].Look(progress[i]), Negligible * learners[i].LossUnit * weight);

        DotAll(learners);
        bool isMoveNeeded = false;
        foreach (SgdNewton<TLoss> learner in learners)
            isMoveNeeded |= learner.Aim(weight) && !learner.isSurelyShort;

        if (!TLoss.IsQuadratic && isMoveNeeded)
            MapAll(learners, isStep: true);

        bool isSearched = false;
        foreach (SgdNewton<TLoss> learner in learners)
        {
            if (!learner.isOver)
                learner.Go(weight);

            isSearched |= !learner.isUnsearched;
        }

        if (isSearched)
            DotAll(learners);

        foreach (SgdNewton<TLoss> learner in learners)
        {
            learner.Descend(weight);
            learner.Remember(weight);
        }
    }

    // The outputs of all, or what a step takes off them. Who is missing does what the last one does.
    static void MapAll(ReadOnlySpan<SgdNewton<TLoss>> learners, bool isStep)
    {
        SgdNewton<TLoss> first = learners[0];
        if (learners.Length == 1)
        {
            first.Map(isStep ? first.step : first.weights, (isStep ? first.moves : first.outputRows).Pointer);
            return;
        }

        double* vectors = stackalloc double[Together * first.columns];
        double** results = stackalloc double*[Together];
        for (int c = 0; c < first.outputs; c++)
        {
            for (int k = 0; k < Together; k++)
            {
                SgdNewton<TLoss> learner = learners[Math.Min(k, learners.Length - 1)];
                double[] vector = isStep ? learner.step : learner.weights;
                for (int j = 0; j < first.columns; j++)
                    vectors[Together * j + k] = vector[c * first.columns + j];

                results[k] = (isStep ? learner.moves : learner.outputRows).Pointer + (long)c * first.panel.Stride;
            }

            first.panel.MapFour(vectors, results);
        }
    }

    static void DotAll(ReadOnlySpan<SgdNewton<TLoss>> learners)
    {
        SgdNewton<TLoss> first = learners[0];
        if (learners.Length == 1)
        {
            first.DotSlopes();
            return;
        }

        double* sums = stackalloc double[Together * first.columns];
        double** numbers = stackalloc double*[Together];
        for (int c = 0; c < first.outputs; c++)
        {
            for (int k = 0; k < Together; k++)
                numbers[k] = learners[Math.Min(k, learners.Length - 1)].slopes.Pointer + (long)c * first.panel.Stride;

            first.panel.DotFour(numbers, sums);
            for (int k = 0; k < learners.Length; k++)
            {
                for (int j = 0; j <= first.panel.Features; j++)
                    learners[k].slopeSums[c * first.columns + j] = sums[Together * j + k];
            }
        }
    }
}
