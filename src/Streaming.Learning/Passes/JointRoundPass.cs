using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Passes;

/// <summary>Rounds of several learners: a tile contributes to all of them, and all move when the round is over.</summary>
/// <param name="passes">Their passes.</param>
sealed class JointRoundPass(RoundPass[] passes) : RoundPass(passes[0].Purpose)
{
    /// <inheritdoc/>
    public override bool NeedsRowMajor => passes[0].NeedsRowMajor;

    /// <inheritdoc/>
    public override bool NeedsDoubles => passes[0].NeedsDoubles;

    /// <inheritdoc/>
    public override (string Name, double Value)? Progress => JointPass.BestOf(passes);

    /// <inheritdoc/>
    public override void Persist(StateStream state)
    {
        foreach (RoundPass pass in passes)
            pass.Persist(state);
    }

    internal override void Begin(int partitions)
    {
        foreach (RoundPass pass in passes)
            pass.Begin(partitions);
    }

    internal override void Contribute(int partition, RowBatch tile)
    {
        foreach (RoundPass pass in passes)
            pass.Contribute(partition, tile);
    }

    internal override void EndRound(ReadOnlySpan<int> partitions)
    {
        foreach (RoundPass pass in passes)
            pass.EndRound(partitions);
    }

    /// <inheritdoc/>
    protected internal override void Complete()
    {
        foreach (RoundPass pass in passes)
            pass.Complete();
    }
}
