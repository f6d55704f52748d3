using System.Text;
using Streaming.Parquet;

namespace Streaming.Cli.Commands;

/// <summary>What the footers of all files say about one column. Files may disagree; then all that they say is listed.</summary>
sealed class ColumnSummary(string name)
{
    readonly SortedSet<CompressionCodec> codecs = [];
    readonly SortedSet<Streaming.Parquet.Encoding> encodings = [];
    readonly List<string> types = [];
    readonly List<string> kinds = [];
    bool areNullsCounted = true;
    bool isRangeKnown = true;

    /// <summary>The column's path in the schema.</summary>
    public string Name => name;

    /// <summary>Its type: INT32, STRING.</summary>
    public string Type => string.Join(" | ", types);

    /// <summary>What it is good for: number, boolean, text, unsupported.</summary>
    public string Kind => string.Join(" | ", kinds);

    /// <summary>What numbers of dates and times stand for.</summary>
    public CommonUnit Unit { get; } = new();

    /// <summary>Why it can't be read, or null.</summary>
    public string? UnsupportedReason { get; private set; }

    /// <summary>Whether a file allows nulls in it.</summary>
    public bool IsNullable { get; private set; }

    /// <summary>Files that have it.</summary>
    public int Files { get; private set; }

    /// <summary>Stored bytes.</summary>
    public long CompressedBytes { get; private set; }

    /// <summary>Bytes after decompression.</summary>
    public long UncompressedBytes { get; private set; }

    /// <summary>Nulls, where every writer counted them.</summary>
    public long? Nulls => areNullsCounted ? nulls : null;

    /// <summary>Smallest and largest value of a number, where every writer noted them and they are of one unit.</summary>
    public (double Min, double Max)? Range => isRangeKnown && !Unit.IsMixed && min <= max ? (min, max) : null;

    /// <summary>Codecs by the names that the specification has: ZSTD, LZ4_RAW.</summary>
    public IEnumerable<string> Codecs => codecs.Select(c => SpecificationName(c.ToString()));

    /// <summary>Encodings by the names that the specification has: PLAIN, RLE_DICTIONARY.</summary>
    public IEnumerable<string> Encodings => encodings.Select(e => SpecificationName(e.ToString()));

    long nulls;
    double min = double.PositiveInfinity;
    double max = double.NegativeInfinity;

    /// <summary>Adds what one file says.</summary>
    public void Add(ParquetFile file, ParquetColumn column)
    {
        Files++;
        AddOnce(types, column.TypeName);
        AddOnce(kinds, column.Kind.ToString().ToLowerInvariant());
        UnsupportedReason ??= column.UnsupportedReason;
        IsNullable |= column.MaxDefinitionLevel > 0;
        Func<double, double> convert = Unit.Add(column);
        foreach (RowGroupInfo group in file.RowGroups)
            Add(group.Chunks[column.Index], convert);
    }

    void Add(ColumnChunkInfo chunk, Func<double, double> convert)
    {
        codecs.Add(chunk.Codec);
        encodings.UnionWith(chunk.Encodings);
        CompressedBytes += chunk.CompressedBytes;
        UncompressedBytes += chunk.UncompressedBytes;
        nulls += chunk.NullCount ?? 0;
        areNullsCounted &= chunk.NullCount != null;
        if (chunk is { Min: { } low, Max: { } high })
        {
            min = Math.Min(min, convert(low));
            max = Math.Max(max, convert(high));
        }
        else if (chunk.NullCount != chunk.ValueCount)
        {
            // A chunk of nulls has no range and changes none; one that did not note its range leaves the whole unknown.
            isRangeKnown = false;
        }
    }

    static void AddOnce(List<string> list, string value)
    {
        if (!list.Contains(value))
            list.Add(value);
    }

    static string SpecificationName(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('_');

            text.Append(char.ToUpperInvariant(c));
        }

        return text.ToString();
    }
}
