using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Passes;

/// <summary>Sums of several learners: each partition sums for all of them.</summary>
/// <param name="passes">Their passes.</param>
sealed class JointSumPass(SumPass[] passes) : SumPass(passes[0].Purpose)
{
    /// <inheritdoc/>
    public override bool NeedsRowMajor => passes[0].NeedsRowMajor;

    /// <inheritdoc/>
    public override bool NeedsDoubles => passes[0].NeedsDoubles;

    internal override ISum NewState() => new Sums([.. passes.Select(p => p.NewState())]);

    internal override void Complete(ReadOnlySpan<ISum> partitions)
    {
        for (int i = 0; i < passes.Length; i++)
        {
            var own = new ISum[partitions.Length];
            for (int p = 0; p < own.Length; p++)
                own[p] = ((Sums)partitions[p]).Parts[i];

            passes[i].Complete(own);
        }
    }

    sealed class Sums(ISum[] parts) : ISum
    {
        public ISum[] Parts => parts;

        public void Add(RowBatch tile)
        {
            foreach (ISum part in parts)
                part.Add(tile);
        }

        public void Persist(StateStream state)
        {
            foreach (ISum part in parts)
                part.Persist(state);
        }
    }
}
