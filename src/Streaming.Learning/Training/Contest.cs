using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>All that learns in a run: one estimator, or the candidates of a sweep, which learn from the same passes.</summary>
/// <param name="sweep">The candidates.</param>
/// <param name="contenders">The same as they learn, in the same order.</param>
sealed class Contest(Sweep sweep, IReadOnlyList<Contender> contenders) : IPersistent
{
    Contender[] inPass = [];

    public IReadOnlyList<Contender> Contenders => contenders;

    /// <summary>Those with an epoch to be scored.</summary>
    public Contender[] AwaitingScores => [.. contenders.Where(c => c.AwaitsScores)];

    /// <summary>The next pass of all that still learn, or null.</summary>
    /// <param name="passesSoFar">Passes of the run so far.</param>
    public Pass? NextPass(int passesSoFar)
    {
        (Contender Of, Pass Pass)[] next =
            [.. contenders.Select(c => (c, c.NextPass(passesSoFar))).Where(n => n.Item2 != null).Select(n => (n.c, n.Item2!))];
        inPass = [.. next.Select(n => n.Of)];
        return next.Length == 0 ? null : sweep.IsContest ? JointPass.Of([.. next.Select(n => n.Pass)]) : next[0].Pass;
    }

    /// <summary>The pass is over.</summary>
    /// <exception cref="DivergenceException">Nobody is left whose numbers have not run away.</exception>
    public void EndPass(Pass pass)
    {
        for (int i = 0; i < inPass.Length; i++)
            inPass[i].EndPass(pass is JointOrderedPass joint && joint.HasDiverged(i));

        if (contenders.All(c => c.HasDiverged))
        {
            throw new DivergenceException(
                $"All {contenders.Count} candidates ran away: their weights are no longer finite numbers. Learn on standardised features (--standardize), or try smaller steps (--eta0).");
        }
    }

    /// <summary>Scores have come in: drops the poorer ones of those that still learn, if it is time to.</summary>
    public void DropPoor()
    {
        Contender[] learning = [.. contenders.Where(c => c.HasEpochsLeft)];
        if (sweep.DropAfter is not { } epochs || learning.Length == 0 || learning[0].Fitting.Epochs % epochs != 0)
            return;

        // The order is stable: of equals the first is kept.
        double[] errors = CandidateScore.ErrorsOf([.. learning.Select(c => c.History.Epochs[^1].Scores.Metrics)]);
        foreach (int poor in Enumerable.Range(0, learning.Length).OrderBy(i => errors[i]).Skip((int)Math.Ceiling(sweep.Keep * learning.Length)))
            learning[poor].Drop();
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        foreach (Contender contender in contenders)
            contender.Persist(state);
    }
}
