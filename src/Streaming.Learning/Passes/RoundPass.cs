using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Passes;

/// <summary>The face that <see cref="RoundPass{TContribution}"/> shows to the runtime.</summary>
public abstract class RoundPass : Pass, IPersistent
{
    internal RoundPass(string purpose)
        : base(purpose)
    {
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Asked between rounds only, so contributions are no part of it. Objects that the pass shares with its <c>Fitting</c> and changes
    /// (centres, weights) are.
    /// </remarks>
    public abstract void Persist(StateStream state);

    internal abstract void Begin(int partitions);

    internal abstract void Contribute(int partition, RowBatch tile);

    /// <summary>Ends a round in which <paramref name="partitions"/> (ascending) took part.</summary>
    internal abstract void EndRound(ReadOnlySpan<int> partitions);

    /// <summary>Called when all rounds are over; for what is made of all rows together. Default: nothing.</summary>
    protected internal virtual void Complete()
    {
    }
}

/// <summary>
/// A pass in rounds (one tile from every partition that still has rows): parameters stand still while the partitions work in
/// parallel on their tiles, then their contributions are taken in, in partition order, and the parameters move.
/// </summary>
/// <typeparam name="TContribution">What a tile contributes; one per partition, used again in every round.</typeparam>
public abstract class RoundPass<TContribution> : RoundPass
    where TContribution : class
{
    TContribution[] contributions = [];

    /// <summary>Creates a pass.</summary>
    protected RoundPass(string purpose)
        : base(purpose)
    {
    }

    /// <summary>Makes room for one partition's contribution.</summary>
    protected abstract TContribution NewContribution();

    /// <summary>
    /// Computes what <paramref name="tile"/> contributes, overwriting what <paramref name="contribution"/> held. Runs in parallel
    /// for the tiles of a round: it may read the parameters, never change them.
    /// </summary>
    protected abstract void Contribute(TContribution contribution, RowBatch tile);

    /// <summary>Takes one partition's contribution in; called once per tile of the round, in partition order, on one thread.</summary>
    protected abstract void Apply(TContribution contribution);

    /// <summary>Called when all contributions of a round are in: the parameters move.</summary>
    protected abstract void EndRound();

    internal override void Begin(int partitions)
    {
        contributions = new TContribution[partitions];
        for (int p = 0; p < partitions; p++)
            contributions[p] = NewContribution();
    }

    internal override void Contribute(int partition, RowBatch tile) => Contribute(contributions[partition], tile);

    internal override void EndRound(ReadOnlySpan<int> partitions)
    {
        foreach (int p in partitions)
            Apply(contributions[p]);

        EndRound();
    }
}
