using Streaming.Learning.Data;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>What learns rows in steps, each gathered from tiles.</summary>
interface ISgdStepLearner : ISgdLearner
{
    /// <summary>Where the rows of the next step are gathered.</summary>
    SgdStep Gathered { get; }

    /// <summary>Has rows gathered elsewhere from now on, by a step with the same past.</summary>
    void GatherIn(SgdStep step);

    /// <summary>Learns the rows that were gathered.</summary>
    void LearnStep(SgdProgress progress);

    /// <summary>What others must have in common with this one to learn the rows that were gathered together; null: it learns them by itself.</summary>
    object? TogetherKey { get; }

    /// <summary>Most that do.</summary>
    int MostTogether { get; }

    /// <summary>Joins several of one key, this one among them: what is given has all learn the rows that were gathered.</summary>
    Action Joined(ISgdStepLearner[] learners, SgdProgress[] progress);

    /// <summary>All rows of the epoch have been learned.</summary>
    void EndEpoch();
}

/// <summary>One epoch of a learner in steps; candidates of a sweep gather the rows together.</summary>
sealed class SgdStepPass(string purpose, string lossName, ISgdStepLearner learner, bool shuffle) : SgdPass(purpose, lossName, learner, shuffle)
{
    readonly ISgdStepLearner learner = learner;
    SgdStepPass[] together = [];

    internal override object PreparationKey => learner.Gathered.Key;

    internal override object? LaneKey => learner.TogetherKey;

    internal override int Lanes => learner.MostTogether;

    internal override Action<RowBatch> InLanes(OrderedPass[] passes)
    {
        Action learnStep = learner.Joined([.. passes.Cast<SgdStepPass>().Select(p => p.learner)], [.. passes.Select(p => ((SgdStepPass)p).Validation)]);
        return _ =>
        {
            if (learner.Gathered.IsComplete)
                learnStep();
        };
    }

    public override void Learn(RowBatch tile)
    {
        for (int row = 0; row < tile.RowCount;)
        {
            row = Prepare(tile, row);
            Learn(tile, 0);
        }
    }

    internal override void PrepareTogether(OrderedPass[] passes)
    {
        together = [.. passes.Cast<SgdStepPass>()];
        SgdStep shared = learner.Gathered.ToShare();
        foreach (SgdStepPass pass in together)
        {
            pass.together = together;
            pass.learner.GatherIn(shared);
        }
    }

    internal override int Prepare(RowBatch tile, int first) => learner.Gathered.Take(tile, first);

    internal override void Learn(RowBatch tile, int part)
    {
        if (learner.Gathered.IsComplete)
            learner.LearnStep(Validation);
    }

    /// <summary>The first of those that gather together has them all learn the last rows.</summary>
    public override void Finish()
    {
        if (learner.Gathered.Complete())
        {
            learner.LearnStep(Validation);
            foreach (SgdStepPass other in together.Where(p => p != this))
                other.learner.LearnStep(other.Validation);
        }

        learner.EndEpoch();
    }
}
