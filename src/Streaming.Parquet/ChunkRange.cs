using Streaming.Parquet.Format;

namespace Streaming.Parquet;

/// <summary>The bytes of a column chunk, or of several that are fetched at once.</summary>
/// <param name="Start">Where in the file they start.</param>
/// <param name="End">Where they end.</param>
readonly record struct ChunkRange(long Start, long End)
{
    // A request costs about what it takes to read some hundred kilobytes more; what lies between two chunks is read in vain.
    const int MostJoinedChunk = 256 * 1024;
    const int MostGap = 64 * 1024;
    const int MostJoined = 2 * 1024 * 1024;

    // A part of a row group's bytes above which what lies between its chunks is hardly worth leaving out.
    const double MostOfRowGroup = 0.9;

    // Writers before PARQUET-816 left the dictionary page's header out of the chunk's size.
    const int ForgottenHeaderBytes = 100;

    /// <summary>Number of bytes.</summary>
    public int Length => checked((int)(End - Start));

    /// <summary>The bytes of a chunk; null where the footer places it where it can't be.</summary>
    public static ChunkRange? Of(ParquetFile file, ChunkMetadata chunk)
    {
        // Magic and footer stand around the chunks.
        if (chunk.CompressedBytes < 0 || chunk.Start < 4 || chunk.CompressedBytes > file.Length - chunk.Start)
            return null;

        long end = chunk.Start + chunk.CompressedBytes;
        bool mayHaveMore = file.CreatedBy?.StartsWith("parquet-mr", StringComparison.Ordinal) == true;
        return new ChunkRange(chunk.Start, mayHaveMore ? Math.Min(end + ForgottenHeaderBytes, file.Length) : end);
    }

    /// <summary>Whether the chunks of columns are nearly all of a row group.</summary>
    public static bool AreMost(ParquetFile file, int rowGroup, IReadOnlyList<ParquetColumn> columns)
    {
        RowGroupInfo group = file.RowGroups[rowGroup];
        IReadOnlyList<ColumnChunkInfo> chunks = group.Chunks;

        // As doubles: a broken footer may state any size.
        return columns.Sum(c => (double)chunks[c.Index].Metadata.CompressedBytes) >= MostOfRowGroup * group.CompressedBytes;
    }

    /// <summary>Finds chunks that are so small and lie so close together that they are better fetched at once.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">The columns that are read side by side.</param>
    /// <returns>Pieces of the file, and the places in <paramref name="columns"/> of those whose chunks they hold: two or more.</returns>
    public static List<(ChunkRange Range, List<int> Members)> Join(ParquetFile file, int rowGroup, IReadOnlyList<ParquetColumn> columns)
    {
        IReadOnlyList<ColumnChunkInfo> chunks = file.RowGroups[rowGroup].Chunks;
        var small = new List<(ChunkRange Range, int Member)>();
        for (int i = 0; i < columns.Count; i++)
        {
            ChunkMetadata chunk = chunks[columns[i].Index].Metadata;
            if (chunk.IsPresent && Of(file, chunk) is { } range && range.End - range.Start is > 0 and <= MostJoinedChunk)
                small.Add((range, i));
        }

        small.Sort((a, b) => a.Range.Start != b.Range.Start ? a.Range.Start.CompareTo(b.Range.Start) : a.Member.CompareTo(b.Member));
        var joined = new List<(ChunkRange Range, List<int> Members)>();
        foreach ((ChunkRange range, int member) in small)
        {
            if (joined.Count > 0 && joined[^1].Range is var last && range.Start - last.End <= MostGap && range.End - last.Start <= MostJoined)
            {
                joined[^1].Members.Add(member);
                joined[^1] = joined[^1] with { Range = new ChunkRange(last.Start, Math.Max(last.End, range.End)) };
            }
            else
            {
                joined.Add((range, [member]));
            }
        }

        joined.RemoveAll(j => j.Members.Count == 1);
        return joined;
    }
}
