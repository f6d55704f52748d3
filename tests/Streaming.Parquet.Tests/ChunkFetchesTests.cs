using Streaming.Storage;

namespace Streaming.Parquet.Tests;

/// <summary>What is fetched ahead is all that is read, in few requests where memory allows, and in the order of use.</summary>
public sealed class ChunkFetchesTests : IDisposable
{
    const int Columns = 6;

    readonly DuckDb duck = new();

    public void Dispose() => duck.Dispose();

    [Theory]
    [InlineData(64L << 20, 1)] // All of it is less than one request may be.
    [InlineData(2L << 20, 18)] // Six columns of 400 kB, in pieces of a twelfth of the memory.
    [InlineData(0, 24)]
    public void PlanFetches_CoversEveryChunkOnce(long memory, int requests)
    {
        using ParquetFile file = Write();
        IReadOnlyList<FetchRange> ranges = file.PlanFetches(0, file.Columns, memory);
        Assert.Equal(requests, ranges.Count);
        Assert.Equal(file.RowGroups[0].CompressedBytes, ranges.Sum(r => r.WantedBytes));
        Assert.Equal(ranges.Sum(r => (long)r.Length), ranges.SelectMany(r => Enumerable.Range((int)r.Start, r.Length)).Distinct().Count());
        Assert.True(ranges.Zip(ranges.Skip(1)).All(p => p.First.Step <= p.Second.Step));

        // The first pieces of all columns come before the second of any.
        if (memory < 64 << 20)
            Assert.Equal(Columns, ranges.Count(r => r.Step == 0));
    }

    [Fact]
    public void PlanFetches_LeavesWideGapsOut()
    {
        using ParquetFile file = Write();
        IReadOnlyList<FetchRange> ranges = file.PlanFetches(0, [file.Columns[5], file.Columns[0], file.Columns[1]], 64 << 20);
        Assert.Equal(2, ranges.Count);
        Assert.Equal(ranges.Sum(r => (long)r.Length), ranges.Sum(r => r.WantedBytes));
    }

    ParquetFile Write()
    {
        string columns = string.Join(", ", Enumerable.Range(0, Columns).Select(c => $"((i * 7919 + {c}) % 100003 / 7.0)::DOUBLE AS c{c}"));
        string path = duck.Write($"SELECT {columns} FROM range(50000) t(i)", "COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1");
        return DuckDb.Open(path, new BufferPool());
    }
}
