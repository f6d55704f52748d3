using Streaming.Parquet.Format;

namespace Streaming.Parquet;

/// <summary>
/// The column chunks of a file's row groups, kept packed. The row group that was asked for last is kept as objects until the collector comes by:
/// with ten thousand files those would be most of the memory. Safe for use by several threads.
/// </summary>
/// <param name="columns">The file's columns.</param>
/// <param name="packed">The chunks, as many in a row group as there are columns.</param>
/// <param name="areBoundsDoubtful">Whether the writer of the file is known to note wrong bounds of some columns.</param>
sealed class FooterChunks(IReadOnlyList<ParquetColumn> columns, PackedChunks packed, bool areBoundsDoubtful)
{
    readonly WeakReference<Described?> last = new(null);

    /// <summary>Memory that this takes.</summary>
    public long Bytes => packed.Bytes;

    /// <summary>The chunks of a row group, in the order of the columns.</summary>
    public IReadOnlyList<ColumnChunkInfo> Of(int rowGroup)
    {
        if (last.TryGetTarget(out Described? known) && known.RowGroup == rowGroup)
            return known.Chunks;

        IReadOnlyList<ColumnChunkInfo> chunks = [.. packed.Read(rowGroup).Select((c, i) => new ColumnChunkInfo(columns[i], c, areBoundsDoubtful))];
        last.SetTarget(new Described(rowGroup, chunks));
        return chunks;
    }

    sealed record Described(int RowGroup, IReadOnlyList<ColumnChunkInfo> Chunks);
}
