using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Passes;

/// <summary>
/// Several learners on the same tiles in the same order. They know nothing of each other, so several workers can learn one tile, a
/// learner each; those that can learn in lanes (<see cref="OrderedPass.InLanes"/>) are one part of the work. What several would do alike before they learn
/// is done once (<see cref="OrderedPass.PrepareTogether"/>). One whose numbers run away learns no further; the others go on.
/// </summary>
sealed class JointOrderedPass : OrderedPass
{
    readonly OrderedPass[] passes;
    readonly bool[] hasDiverged;
    readonly Part[] parts;
    readonly OrderedPass[] preparing;
    bool goesOn;

    /// <summary>Joins passes.</summary>
    public JointOrderedPass(OrderedPass[] passes)
        : base(passes[0].Purpose)
    {
        this.passes = passes;
        hasDiverged = new bool[passes.Length];
        OrderedPass[][] together = [.. passes.Where(p => p.PreparationKey != null).GroupBy(p => p.PreparationKey).Select(group => group.ToArray())];
        preparing = [.. together.Select(group => group[0])];
        foreach (OrderedPass[] group in together)
            group[0].PrepareTogether(group);

        parts =
        [
            .. Enumerable.Range(0, passes.Length)
                .GroupBy(i => passes[i].LaneKey ?? i)
                .SelectMany(group => group.Chunk(passes[group.First()].Lanes))
                .Select(members => new Part(members, members.Length > 1 ? passes[members[0]].InLanes([.. members.Select(i => passes[i])]) : null)),
        ];
    }

    /// <inheritdoc/>
    public override bool NeedsRowMajor => passes[0].NeedsRowMajor;

    /// <inheritdoc/>
    public override bool NeedsDoubles => passes[0].NeedsDoubles;

    /// <inheritdoc/>
    public override bool WantsShuffledRows => passes[0].WantsShuffledRows;

    /// <inheritdoc/>
    public override (string Name, double Value)? Progress => JointPass.BestOf(passes);

    internal override int Parts => parts.Length;

    /// <summary>Whether a learner's numbers have run away.</summary>
    public bool HasDiverged(int learner) => hasDiverged[learner];

    /// <inheritdoc/>
    public override void Learn(RowBatch tile)
    {
        for (int row = 0; row < tile.RowCount;)
        {
            row = Prepare(tile, row);
            for (int part = 0; part < parts.Length; part++)
                Learn(tile, part);
        }
    }

    internal override int Prepare(RowBatch tile, int first)
    {
        // All that prepare have taken the same rows, and end at the same one.
        goesOn = first > 0;
        int end = tile.RowCount;
        foreach (OrderedPass pass in preparing)
            end = pass.Prepare(tile, first);

        return end;
    }

    internal override void Learn(RowBatch tile, int part)
    {
        (int[] members, Action<RowBatch>? inLanes) = parts[part];

        // Who prepares nothing has learned all of the tile the first time.
        if (goesOn && passes[members[0]].PreparationKey == null)
            return;

        // A lane whose numbers ran away goes on with them; nobody asks for what it learns.
        inLanes?.Invoke(tile);
        foreach (int member in members)
        {
            if (!hasDiverged[member])
                hasDiverged[member] = RunsAway(passes[member], inLanes == null ? tile : null);
        }
    }

    /// <inheritdoc/>
    public override void Persist(StateStream state)
    {
        state.Values(hasDiverged.AsSpan());
        foreach (OrderedPass pass in passes)
            pass.Persist(state);
    }

    // Whether a pass runs away in learning a tile; null: in what it has learned.
    static bool RunsAway(OrderedPass pass, RowBatch? tile)
    {
        try
        {
            if (tile != null)
                pass.Learn(tile, 0);
            else
                pass.ThrowIfDiverged();

            return false;
        }
        catch (DivergenceException)
        {
            return true;
        }
    }

    sealed record Part(int[] Members, Action<RowBatch>? InLanes);
}
