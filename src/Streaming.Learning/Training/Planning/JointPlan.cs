using Streaming.Learning.Passes;

namespace Streaming.Learning.Training.Planning;

/// <summary>The passes of a sweep as they are planned: those of its candidates beside each other, pass by pass.</summary>
static class JointPlan
{
    /// <summary>Joins the plans of all candidates.</summary>
    /// <exception cref="ArgumentException">Two candidates want different tiles.</exception>
    public static IReadOnlyList<PassPlan> Of(Sweep sweep, RunShape run)
    {
        IReadOnlyList<PassPlan>[] plans = [.. sweep.Candidates.Select(c => c.Estimator.Plan(run with { Epochs = c.Epochs ?? run.Epochs }))];
        IReadOnlyList<PassPlan> longest = plans.MaxBy(p => p.Count)!;
        var joint = new PassPlan[longest.Count];
        for (int i = 0; i < joint.Length; i++)
        {
            joint[i] = longest[i] with { PartitionBytes = 0, FixedBytes = 0 };
            for (int c = 0; c < (sweep.First.SharesPasses ? 1 : plans.Length); c++)
                joint[i] = Add(joint[i], plans[c], i, sweep, sweep.Candidates[c]);
        }

        return joint;
    }

    static PassPlan Add(PassPlan joint, IReadOnlyList<PassPlan> own, int pass, Sweep sweep, SweepCandidate candidate)
    {
        // One that has done all its passes still holds what it has learned.
        if (pass >= own.Count)
            return joint with { FixedBytes = joint.FixedBytes + own[^1].FixedBytes };

        PassPlan plan = own[pass];
        bool repeats = joint.Least != plan.Least || joint.Most != plan.Most;
        if (Tiles(plan) != Tiles(joint) || (repeats && pass + 1 < own.Count))
            throw sweep.Differ(candidate);

        return joint with
        {
            Least = Math.Max(joint.Least, plan.Least),
            Most = joint.Most is { } a && plan.Most is { } b ? Math.Max(a, b) : null,
            PartitionBytes = joint.PartitionBytes + plan.PartitionBytes,
            FixedBytes = joint.FixedBytes + plan.FixedBytes,
        };
    }

    static (PassKind, bool, bool, bool) Tiles(PassPlan plan) => (plan.Kind, plan.NeedsRowMajor, plan.NeedsDoubles, plan.WantsShuffledRows);
}
