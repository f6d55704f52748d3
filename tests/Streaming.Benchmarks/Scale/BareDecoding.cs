using Streaming.Learning.Data;
using Streaming.Parquet;

namespace Streaming.Benchmarks.Scale;

/// <summary>
/// Decoding without a runtime: each thread takes the next row group and reads its columns side by side into one tile, with the readers that
/// training uses.
/// </summary>
static class BareDecoding
{
    const int TileRows = 1024;

    // Like that of the runtime's tiles: columns a power of two apart would evict each other from the cache.
    const int Stride = TileRows + 16;

    /// <summary>Decodes columns of a dataset of stored columns.</summary>
    /// <returns>Rows.</returns>
    public static long Run(Dataset data, IReadOnlyList<string> columns, int threads)
    {
        int next = -1;
        long rows = 0;
        Task[] workers = [.. Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            var tile = new float[columns.Count * Stride];
            while (Interlocked.Increment(ref next) is int g && g < data.RowGroups.Count)
                Interlocked.Add(ref rows, Read(data.RowGroups[g], columns, tile));
        }))];
        Task.WaitAll(workers);
        return rows;
    }

    static long Read(DatasetRowGroup group, IReadOnlyList<string> columns, float[] tile)
    {
        ParquetFile file = group.File.Parquet;
        ColumnReader[] readers = file.OpenColumns(group.Index, [.. columns.Select(c => file.FindColumn(c)!)]);
        while (readers[0].RowsLeft > 0)
        {
            int rows = (int)Math.Min(TileRows, readers[0].RowsLeft);
            for (int c = 0; c < readers.Length; c++)
                readers[c].Read(tile.AsSpan(c * Stride, rows));
        }

        foreach (ColumnReader reader in readers)
            reader.Dispose();

        return group.RowCount;
    }
}
