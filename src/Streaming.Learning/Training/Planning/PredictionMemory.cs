using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Storage;

namespace Streaming.Learning.Training.Planning;

/// <summary>How many threads predict within a memory budget, and what they take; the result depends on neither.</summary>
/// <param name="Workers">Threads.</param>
/// <param name="Fetch">Bytes that are fetched ahead of remote files.</param>
/// <param name="Waiting">Bytes of predictions, and of kept columns, that are being filled, wait or are being written, and of footers that Parquet.Net holds.</param>
/// <param name="IsKeptAhead">Whether the kept columns of a row group are read while those of the one before are being written.</param>
sealed record PredictionMemory(int Workers, long Fetch, long Waiting, bool IsKeptAhead)
{
    // A kept number with its null; of texts, which also take what they take in the file, the object.
    const long BytesPerKeptValue = 16;

    // What Parquet.Net (6.1.0) holds of a column chunk until the footer is written, and what that becomes there: 600 bytes to 1 KB, as measured.
    const long WrittenBytesPerChunk = 1024;

    // And of one of a file that columns are copied from, of all columns, until the file is closed: 330 bytes, and 900 of what Arrow writes, which has statistics and counts of pages.
    const long CopiedBytesPerChunk = 1024;

    /// <summary>The most threads that fit.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="keep">Columns that are kept.</param>
    /// <param name="runs">The row groups, as they are read together.</param>
    /// <param name="outputs">Values that are predicted for a row.</param>
    /// <param name="workers">Threads that may be used.</param>
    /// <exception cref="MemoryBudgetException">Not even one fits.</exception>
    public static PredictionMemory Fit(TileSource source, IReadOnlyList<string> keep, IReadOnlyList<PredictedRun> runs, int outputs, int workers)
    {
        Dataset dataset = source.Dataset;
        if (runs.Count == 0)
            return new PredictionMemory(1, 0, 0, false);

        ReadingPlan reading = ReadingPlan.Of(source, [.. runs.Select(r => r.Groups)], doubles: false);
        long tile = BufferPool.RoundUp(source.Shape().Bytes);
        long segment = runs.Max(r => r.SegmentBytes(outputs));
        long kept = keep.Count == 0 ? 0 : dataset.RowGroups.Max(g => keep.Sum(name => KeptBytes(g, name)));
        long footers = WrittenBytesPerChunk * (keep.Count + outputs) * runs.Sum(r => r.Segments)
            + CopiedBytesPerChunk * dataset.Files.Where(f => keep.Any(name => f.RequireColumn(name).Stored != null)).Sum(f => (long)f.Parquet.RowGroups.Count * f.Parquet.Columns.Count);
        long free = dataset.Pool.FreeBytes;
        long copying = dataset.RowGroups.Max(g => keep.Select(name => CopyBytes(g, name)).DefaultIfEmpty().Max());
        int copies = kept > 0 && dataset.Files.Any(f => f.Parquet.Source.IsFetched) ? 2 : 1;
        for (int w = Math.Min(workers, runs.Count); ;)
        {
            // Each worker fills one and has one waiting, and so has the run that they are ahead; the writer has one, and what that becomes in the file.
            long waiting = (2 * w + 3) * segment + copies * kept + footers;
            PassMemory pass = PassMemory.OfRowGroups(reading, w, tile, free - waiting - copying);
            if (pass.Working + waiting + copying <= free)
                return new PredictionMemory(w, pass.Fetch, waiting, copies > 1);

            if (w > 1)
                w--;
            else if (copies > 1)
                copies--;
            else
                throw Refuse(dataset.Pool, pass, waiting - footers, copying, footers, keep.Count > 0);
        }
    }

    static MemoryBudgetException Refuse(BufferPool pool, PassMemory pass, long waiting, long copying, long footers, bool isKeeping)
    {
        long least = pool.Limit - pool.FreeBytes + pass.Working + waiting + copying + footers;
        string size = footers > pass.Readers + copying + waiting ? "larger" : "smaller";
        string less = $"{(isKeeping ? "keep fewer columns, or " : "")}predict files with {size} row groups";
        return new MemoryBudgetException(string.Create(
            CultureInfo.InvariantCulture,
            $"Predicting needs {least:N0} bytes at least, the memory budget is {pool.Limit:N0}: the columns of a row group take {pass.Readers + copying:N0}, a tile {pass.Tiles:N0}, predictions that are being filled and written {waiting:N0}, the footers of the output, and for copying of the data, {footers:N0}, those of the data for reading {pool.ReservedBytes:N0}. Give at least {least:N0} bytes (--memory), or {less} (streaming convert --row-group-size)."));
    }

    static long CopyBytes(DatasetRowGroup group, string name) =>
        group.File.RequireColumn(name).Stored is { } stored ? group.File.Parquet.EstimateCopyBytes(group.Index, stored) : 0;

    static long KeptBytes(DatasetRowGroup group, string name) =>
        BytesPerKeptValue * group.RowCount
        + (group.File.RequireColumn(name).Stored is { } stored ? 2 * group.File.Parquet.RowGroups[group.Index].Chunks[stored.Index].UncompressedBytes : 0);
}
