using Streaming.Parquet.Compression;
using Streaming.Parquet.Pages;

namespace Streaming.Parquet;

/// <summary>What reading columns of a row group asks of storage.</summary>
/// <param name="Count">Requests.</param>
/// <param name="Bytes">Bytes, with those that lie between chunks which are fetched together.</param>
public readonly record struct ReadRequests(long Count, long Bytes)
{
    /// <summary>Both.</summary>
    public static ReadRequests operator +(ReadRequests a, ReadRequests b) => new(a.Count + b.Count, a.Bytes + b.Bytes);

    /// <summary>
    /// What reading columns side by side asks for: exact for chunks that are fetched together or whole, about right for larger ones, as the
    /// footer does not tell where their pages end.
    /// </summary>
    internal static ReadRequests Of(ParquetFile file, int rowGroup, IReadOnlyList<ParquetColumn> columns)
    {
        IReadOnlyList<ColumnChunkInfo> chunks = file.RowGroups[rowGroup].Chunks;
        ReadRequests sum = default;
        var joined = new HashSet<int>();
        foreach ((ChunkRange range, List<int> members) in ChunkRange.Join(file, rowGroup, columns))
        {
            sum += new ReadRequests(1, range.Length);
            joined.UnionWith(members);
        }

        for (int i = 0; i < columns.Count; i++)
        {
            if (!joined.Contains(i))
                sum += OfChunk(file, chunks[columns[i].Index]);
        }

        return sum;
    }

    static ReadRequests OfChunk(ParquetFile file, ColumnChunkInfo chunk)
    {
        long bytes = Math.Max(0, chunk.CompressedBytes);
        PageCodec codec = PageCodec.Of(chunk.Codec);
        double ratio = chunk.UncompressedBytes > 0 ? (double)bytes / chunk.UncompressedBytes : 1;
        long page = (long)Math.Min(bytes, ratio * file.UsualPageBytes);
        return new ReadRequests(ChunkWindow.RequestsFor(bytes, page, codec.CanStream, codec.CanStream || codec.IsStored), bytes);
    }
}
