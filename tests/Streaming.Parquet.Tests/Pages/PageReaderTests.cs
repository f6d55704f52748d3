using Streaming.Parquet.Compression;
using Streaming.Parquet.Format;
using Streaming.Parquet.Pages;
using Streaming.Storage;

namespace Streaming.Parquet.Tests.Pages;

public sealed class PageReaderTests : IDisposable
{
    readonly DuckDb duck = new();

    [Theory]
    [InlineData(0)]
    [InlineData(3_000_000_000)]
    [InlineData(5_000_000_000)]
    [InlineData(7_000_000_000_000)]
    public void MoveNext_AnywhereInALargeFile_FindsThePages(long shift)
    {
        string path = duck.Write("SELECT (i % 1000)::DOUBLE AS a FROM range(50000) t(i)", "COMPRESSION snappy");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        ChunkMetadata chunk = file.RowGroups[0].Chunks[0].Metadata;
        using var source = new ShiftedSource(File.ReadAllBytes(path), shift);
        using (var pages = new PageReader(source, pool, PageCodec.Of(chunk.Codec), shift + chunk.Start, shift + chunk.Start + chunk.CompressedBytes))
        {
            pages.MoveNext();
            Assert.Equal((PageType.Dictionary, 1000, 0), (pages.Header.Type, pages.Header.ValueCount, pages.PageNumber));
            Assert.Equal(8000, pages.Load().Length);
            pages.MoveNext();
            Assert.Equal((PageType.Data, 50000, 1), (pages.Header.Type, pages.Header.ValueCount, pages.PageNumber));
            var e = Assert.Throws<ParquetException>(pages.MoveNext);
            Assert.Equal("the column chunk ends where a page should begin.", e.Message);
        }

        Assert.Equal(0, pool.RentedBytes);
    }

    public void Dispose() => duck.Dispose();

    /// <summary>A file behind any number of bytes that are not there.</summary>
    sealed class ShiftedSource(byte[] bytes, long shift) : ByteRangeSource("shifted", shift + bytes.Length)
    {
        public override IDisposable Hold(bool isReadThrough = false) => Stream.Null;

        protected override void ReadCore(long offset, Span<byte> destination) =>
            bytes.AsSpan((int)(offset - shift), destination.Length).CopyTo(destination);
    }
}
