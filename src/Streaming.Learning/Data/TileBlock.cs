using System.Runtime.ExceptionServices;
using Streaming.Learning.Data.Caching;

namespace Streaming.Learning.Data;

/// <summary>
/// Tiles of a partition whose rows have been picked, all from one row group, and whose columns are decoded in parts, by several threads.
/// Made once and used again.
/// </summary>
/// <param name="batchSize">Most rows per tile.</param>
/// <param name="parts">Parts that the columns are cut into.</param>
sealed class TileBlock(int batchSize, int parts)
{
    /// <summary>Tiles that are filled at a time: enough that handing out work costs little, few enough that they stay in the cache.</summary>
    public const int MostTiles = 4;

    readonly List<PickedRun> runs = [];
    readonly int[] picked = new int[MostTiles * batchSize];
    readonly Failure?[] failures = new Failure?[parts];
    int pickedCount;
    int partsLeft;

    /// <summary>The tiles that are full once the columns are decoded, or the last of their partition.</summary>
    public List<RowBatch> Tiles { get; } = new(MostTiles);

    /// <summary>Number of runs of rows.</summary>
    public int RunCount => runs.Count;

    /// <summary>Empties the block.</summary>
    public void Clear()
    {
        runs.Clear();
        Tiles.Clear();
        failures.AsSpan().Clear();
        pickedCount = 0;
        partsLeft = parts;
    }

    /// <summary>Adds a run whose first wanted row becomes the row <paramref name="start"/> of a tile.</summary>
    public void Add(RowBatch tile, int start, RowRun run)
    {
        runs.Add(new PickedRun(tile, start, run.Skip, run.FirstRow, run.Count, run.PickedFrom, pickedCount, run.Picked.Length));
        run.Picked.CopyTo(picked.AsSpan(pickedCount));
        pickedCount += run.Picked.Length;
    }

    /// <summary>Decodes some of the columns; the rest may be decoded at the same time.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="part">Their number among the parts.</param>
    /// <returns>Whether this was the last part.</returns>
    /// <exception cref="DatasetException">It was the last, and a value is not allowed: the first such row, and its first such column.</exception>
    public bool Decode(ITileColumns columns, int part)
    {
        int at = 0;
        try
        {
            for (; at < runs.Count; at++)
            {
                PickedRun run = runs[at];
                columns.Read(run.Tile, run.Start, run.Of(picked));
            }
        }
        catch (Exception e)
        {
            // Thrown by whoever is last, so that what is said does not depend on who was first.
            failures[part] = new Failure(at, columns.FailedRow, ExceptionDispatchInfo.Capture(e));
        }

        if (Interlocked.Decrement(ref partsLeft) > 0)
            return false;

        failures.Where(f => f != null).OrderBy(f => f!.Run).ThenBy(f => f!.Row).FirstOrDefault()?.Error.Throw();
        return true;
    }

    /// <summary>Writes all runs down; their columns are decoded.</summary>
    public void Record(TileRecorder recorder, TileColumns columns)
    {
        foreach (PickedRun run in runs)
        {
            RowRun rows = run.Of(picked);
            recorder.Add(run.Tile, run.Start, rows.Wanted, rows, columns);
        }
    }

    readonly record struct PickedRun(
        RowBatch Tile, int Start, long Skip, long FirstRow, int Count, int PickedFrom, int PickedStart, int PickedCount)
    {
        public RowRun Of(int[] picked) => new()
        {
            Skip = Skip,
            FirstRow = FirstRow,
            Count = Count,
            Picked = picked.AsSpan(PickedStart, PickedCount),
            PickedFrom = PickedFrom,
        };
    }

    /// <summary>Why a part could not be decoded.</summary>
    /// <param name="Run">The run of rows.</param>
    /// <param name="Row">The wanted row whose value is not allowed; -1 where the column can't be read at all.</param>
    /// <param name="Error">What to throw.</param>
    sealed record Failure(int Run, int Row, ExceptionDispatchInfo Error);
}
