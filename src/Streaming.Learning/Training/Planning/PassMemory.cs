using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Storage;

namespace Streaming.Learning.Training.Planning;

/// <summary>Memory that a pass takes, by purpose, in bytes; and the two numbers that memory decides, on which no result depends.</summary>
/// <param name="OpenPartitions">Partitions that are read at once.</param>
/// <param name="Depth">Decoded tiles that may wait per partition; 0 in passes whose tiles are used where they are decoded.</param>
/// <param name="Readers">Windows of compressed bytes, pages and dictionaries of the open partitions.</param>
/// <param name="Tiles">Tiles that are being filled, wait or are being used.</param>
/// <param name="Shuffle">Tiles of the blocks in which rows are shuffled.</param>
/// <param name="States">What the estimator holds: sums of partitions, parameters.</param>
public sealed record PassMemory(int OpenPartitions, int Depth, long Readers, long Tiles, long Shuffle, long States)
{
    /// <summary>Parts of the columns that several workers decode at once in each partition.</summary>
    public int Parts { get; private init; } = 1;

    /// <summary>Decoded tiles that may wait per partition when memory allows: enough that decoding and learning overlap.</summary>
    const int PreferredDepth = 2;

    // A link of 10 Gbit/s delivers 75 MB in the 60 ms to a first byte; row groups that are being read take the rest.
    const long MostFetch = 256 * 1024 * 1024;
    const long LeastFetch = 1024 * 1024;

    /// <summary>Bytes that are fetched ahead of remote files; none where all are local.</summary>
    public long Fetch { get; private init; }

    /// <summary>Blocks of tiles that are being read from a cache or written to it; none where tiles are not cached.</summary>
    public long Cache { get; private init; }

    /// <summary>What is given back when the pass is over: all but the states.</summary>
    public long Working => Readers + Tiles + Shuffle + Fetch + Cache;

    /// <summary>All of it.</summary>
    public long Total => Working + States;

    /// <summary>The most working memory that the pass can make use of within a budget; if nothing fits, the least that it can do with.</summary>
    /// <param name="pass">What the pass wants.</param>
    /// <param name="source">What it reads.</param>
    /// <param name="reading">What reading takes.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="budget">Bytes, states left aside.</param>
    /// <param name="cache">Bytes that caching takes per open partition; where that does not fit there is no caching. 0 for none.</param>
    internal static PassMemory Fit(PassPlan pass, TileSource source, ReadingPlan reading, int workers, long budget, long cache = 0)
    {
        if (cache > 0)
        {
            int partitions = reading.Partitions.Count;
            long caching = BufferPool.RoundUp(cache) * (pass.Kind == PassKind.Sum ? SumExecution.OpenFor(partitions, workers) : partitions);
            PassMemory cached = FitLocal(pass, source, reading, workers, budget - caching) with { Cache = caching };
            if (cached.Working <= budget)
                return cached.WithFetch(reading, budget);
        }

        return FitLocal(pass, source, reading, workers, budget).WithFetch(reading, budget);
    }

    /// <summary>The memory for row groups that are read as they come, one by each worker.</summary>
    /// <param name="reading">What reading takes, a row group being a partition.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="tile">Bytes of a worker's tile.</param>
    /// <param name="budget">Bytes.</param>
    internal static PassMemory OfRowGroups(ReadingPlan reading, int workers, long tile, long budget)
    {
        int open = Math.Min(workers, reading.Partitions.Count);
        long readers = reading.Partitions.Select(p => p.Total).OrderDescending().Take(open).Sum();
        return new PassMemory(open, 0, readers, open * tile, 0, 0).WithFetch(reading, budget);
    }

    PassMemory WithFetch(ReadingPlan reading, long budget)
    {
        if (reading.RemoteBytes == 0)
            return this;

        // Half of what is left: pages may be larger than their writer is known for.
        long fetch = Math.Min(Math.Clamp(2 * reading.RemoteBytes, LeastFetch, MostFetch), (budget - Working) / 2);
        return fetch >= LeastFetch ? this with { Fetch = fetch } : this;
    }

    static PassMemory FitLocal(PassPlan pass, TileSource source, ReadingPlan reading, int workers, long budget)
    {
        int partitions = reading.Partitions.Count;
        long states = pass.StateBytes(partitions);
        PassMemory plan;
        if (pass.Kind == PassKind.Sum)
        {
            int open = SumExecution.OpenFor(partitions, workers);
            do
                plan = OfSum(pass, source, reading, open, workers, states);
            while (plan.Working > budget && --open > 0);

            PassMemory shared = OfShared(plan, pass, source, reading, workers);
            return shared.Working <= budget ? shared : plan;
        }

        int depth = PreferredDepth;
        do
            plan = OfAhead(pass, source, reading, workers, depth, states);
        while (plan.Working > budget && --depth > 0);

        return plan;
    }

    static PassMemory OfSum(PassPlan pass, TileSource source, ReadingPlan reading, int open, int workers, long states)
    {
        int busy = Math.Min(open, workers);
        long tiles = busy * (BytesOf(pass, source) + (pass.NeedsRowMajor ? BytesOf(source.Shape()) : 0));
        return new PassMemory(open, 0, ReadersOf(reading, open, busy), tiles, 0, states);
    }

    // With fewer partitions than workers, several workers decode the columns of one. Rows that are left out for their values, and
    // products, would make that depend on all columns; rows that are turned over want a tile of columns per worker.
    static PassMemory OfShared(PassMemory plan, PassPlan pass, TileSource source, ReadingPlan reading, int workers)
    {
        int partitions = reading.Partitions.Count;
        int parts = Math.Min((workers + partitions - 1) / partitions, source.ColumnCount);
        if (parts <= 1 || plan.OpenPartitions < partitions || source.Rules.Drops || pass.NeedsRowMajor || source.Columns.FeatureColumns.Any(c => !c.IsRead))
            return plan;

        return plan with
        {
            Parts = parts,
            Readers = plan.Readers + (parts - 1) * reading.Partitions.Sum(p => p.Passing),
            Tiles = SumExecution.TilesFor(partitions, workers, parts) * BytesOf(pass, source),
        };
    }

    static PassMemory OfAhead(PassPlan pass, TileSource source, ReadingPlan reading, int workers, int depth, long states)
    {
        int partitions = reading.Partitions.Count;
        long tile = BytesOf(pass, source);
        long tiles = AheadExecution.TilesFor(partitions, workers, depth) * tile + (pass.NeedsRowMajor ? workers * BytesOf(source.Shape()) : 0);
        long shuffle = pass.Kind == PassKind.Ordered ? OrderedExecution.HeldTilesFor(pass, source, partitions) * tile : 0;
        return new PassMemory(partitions, depth, ReadersOf(reading, partitions, workers), tiles, shuffle, states);
    }

    // Any partitions may be open at once, so those that take most count; pages are decompressed by as many threads as there are.
    static long ReadersOf(ReadingPlan reading, int open, int workers) =>
        reading.Partitions.Select(p => p.Held).OrderDescending().Take(open).Sum()
        + reading.Partitions.Select(p => p.Passing).OrderDescending().Take(workers).Sum();

    static long BytesOf(PassPlan pass, TileSource source) => BytesOf(PartitionReaders.ShapeFor(pass, source));

    static long BytesOf(BatchShape shape) => BufferPool.RoundUp(shape.Bytes);
}
