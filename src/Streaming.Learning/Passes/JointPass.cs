namespace Streaming.Learning.Passes;

/// <summary>Passes of several learners as one: every tile is read once and goes to all of them.</summary>
static class JointPass
{
    /// <summary>Joins passes of one kind that want the same tiles; what each learns is what it would learn alone.</summary>
    public static Pass Of(IReadOnlyList<Pass> passes) => passes[0] switch
    {
        SumPass => new JointSumPass([.. passes.Cast<SumPass>()]),
        RoundPass => new JointRoundPass([.. passes.Cast<RoundPass>()]),
        _ => new JointOrderedPass([.. passes.Cast<OrderedPass>()]),
    };

    /// <summary>The best quality of the passes, less being better.</summary>
    public static (string Name, double Value)? BestOf(Pass[] passes)
    {
        (string Name, double Value)? best = null;
        foreach (Pass pass in passes)
        {
            if (pass.Progress is { } told && !(told.Value >= best?.Value))
                best = told;
        }

        return best;
    }
}
