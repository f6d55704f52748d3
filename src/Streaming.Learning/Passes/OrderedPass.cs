using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Passes;

/// <summary>
/// A pass that learns one tile after another: partition 0, 1, 2, … round by round. Decoding is parallel, learning is not, so the
/// result is exactly that of one thread, and the interleaving of partitions breaks up sorted files.
/// </summary>
public abstract class OrderedPass : Pass, IPersistent
{
    /// <summary>Creates a pass.</summary>
    protected OrderedPass(string purpose)
        : base(purpose)
    {
    }

    /// <summary>
    /// Whether rows come shuffled: tiles then mix rows from many decoded tiles, drawn by the seed, so that neighbours in the file
    /// are not neighbours in time; row groups come in random order within their partitions, and all partitions are used up at an even
    /// pace. Such tiles have their features row-major only (<see cref="RowBatch.Rows"/>).
    /// </summary>
    public virtual bool WantsShuffledRows => false;

    /// <summary>Parts of learning a tile that know nothing of each other, so that several workers can do them at once.</summary>
    internal virtual int Parts => 1;

    /// <summary>Learns the rows of one tile.</summary>
    public abstract void Learn(RowBatch tile);

    /// <summary>
    /// Does what must be done before any part, from a row on; returns the row up to which the parts can then learn. Less than all: it is asked again from
    /// there, when they have.
    /// </summary>
    internal virtual int Prepare(RowBatch tile, int first) => tile.RowCount;

    /// <summary>Does one part of it.</summary>
    internal virtual void Learn(RowBatch tile, int part) => Learn(tile);

    /// <summary>
    /// What passes must have in common for one of them to prepare tiles for all (<see cref="PrepareTogether"/>). Null: there is nothing to prepare.
    /// </summary>
    internal virtual object? PreparationKey => null;

    /// <summary>From now on this pass prepares tiles for passes of one key, itself among them.</summary>
    internal virtual void PrepareTogether(OrderedPass[] passes) => throw new InvalidOperationException($"{Purpose}: prepares nothing.");

    /// <summary>
    /// What other passes must have in common with this one to learn tiles in lanes beside it: passes with equal keys can, in place of one
    /// after another. Null: none can.
    /// </summary>
    internal virtual object? LaneKey => null;

    /// <summary>Most passes that share lanes.</summary>
    internal virtual int Lanes => 1;

    /// <summary>
    /// Joins passes of one key, this one among them: what is given learns a tile for all of them, and each learns what it would learn alone.
    /// Numbers that run away are found by <see cref="ThrowIfDiverged"/> only.
    /// </summary>
    internal virtual Action<RowBatch> InLanes(OrderedPass[] passes) => throw new InvalidOperationException($"{Purpose}: learns by itself.");

    /// <summary>Stops training that has run away; of passes in lanes.</summary>
    /// <exception cref="DivergenceException">It has.</exception>
    internal virtual void ThrowIfDiverged()
    {
    }

    /// <inheritdoc/>
    /// <remarks>Asked between tiles. Objects that the pass shares with its <c>Fitting</c> and changes (weights, curvature) are part of it.</remarks>
    public abstract void Persist(StateStream state);
}
