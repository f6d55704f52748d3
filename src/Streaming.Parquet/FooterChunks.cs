using Streaming.Parquet.Format;

namespace Streaming.Parquet;

/// <summary>
/// The column chunks of a file's row groups, kept as the bytes that describe them: objects would take several times as much, and a
/// large dataset has millions. The row group that was asked for last is kept as objects until the collector comes by: with ten thousand files
/// those would be most of the memory. Safe for use by several threads.
/// </summary>
sealed class FooterChunks
{
    readonly IReadOnlyList<ParquetColumn> columns;
    readonly byte[] descriptions;
    readonly int[] ends;
    readonly WeakReference<Described?> last = new(null);

    /// <summary>Keeps what a footer says of row groups.</summary>
    /// <param name="columns">The file's columns.</param>
    /// <param name="footer">The footer.</param>
    /// <param name="rowGroups">The row groups, as they were read from it.</param>
    public FooterChunks(IReadOnlyList<ParquetColumn> columns, ReadOnlySpan<byte> footer, IReadOnlyList<RowGroupMetadata> rowGroups)
    {
        this.columns = columns;
        descriptions = new byte[rowGroups.Sum(g => g.Length)];
        ends = new int[rowGroups.Count];
        int end = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            footer.Slice(rowGroups[i].Start, rowGroups[i].Length).CopyTo(descriptions.AsSpan(end));
            ends[i] = end += rowGroups[i].Length;
        }
    }

    /// <summary>Memory that this takes.</summary>
    public long Bytes => descriptions.Length + sizeof(int) * (long)ends.Length;

    /// <summary>The chunks of a row group, in the order of the columns.</summary>
    public IReadOnlyList<ColumnChunkInfo> Of(int rowGroup)
    {
        if (last.TryGetTarget(out Described? known) && known.RowGroup == rowGroup)
            return known.Chunks;

        RowGroupMetadata group = FooterReader.ReadRowGroup(descriptions.AsSpan(rowGroup == 0 ? 0 : ends[rowGroup - 1]));
        IReadOnlyList<ColumnChunkInfo> chunks = [.. group.Chunks.Select((c, i) => new ColumnChunkInfo(columns[i], c))];
        last.SetTarget(new Described(rowGroup, chunks));
        return chunks;
    }

    sealed record Described(int RowGroup, IReadOnlyList<ColumnChunkInfo> Chunks);
}
