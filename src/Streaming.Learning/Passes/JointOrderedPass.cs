using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Passes;

/// <summary>
/// Several learners on the same tiles in the same order. They know nothing of each other, so several workers can learn one tile, a
/// learner each. One whose numbers run away learns no further; the others go on.
/// </summary>
/// <param name="passes">Their passes.</param>
sealed class JointOrderedPass(OrderedPass[] passes) : OrderedPass(passes[0].Purpose)
{
    readonly bool[] hasDiverged = new bool[passes.Length];

    /// <inheritdoc/>
    public override bool NeedsRowMajor => passes[0].NeedsRowMajor;

    /// <inheritdoc/>
    public override bool NeedsDoubles => passes[0].NeedsDoubles;

    /// <inheritdoc/>
    public override bool WantsShuffledRows => passes[0].WantsShuffledRows;

    /// <inheritdoc/>
    public override (string Name, double Value)? Progress => JointPass.BestOf(passes);

    internal override int Parts => passes.Length;

    /// <summary>Whether a learner's numbers have run away.</summary>
    public bool HasDiverged(int part) => hasDiverged[part];

    /// <inheritdoc/>
    public override void Learn(RowBatch tile)
    {
        for (int part = 0; part < passes.Length; part++)
            Learn(tile, part);
    }

    internal override void Learn(RowBatch tile, int part)
    {
        if (hasDiverged[part])
            return;

        try
        {
            passes[part].Learn(tile);
        }
        catch (DivergenceException)
        {
            hasDiverged[part] = true;
        }
    }

    /// <inheritdoc/>
    public override void Persist(StateStream state)
    {
        state.Values(hasDiverged.AsSpan());
        foreach (OrderedPass pass in passes)
            pass.Persist(state);
    }
}
