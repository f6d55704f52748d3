using Parquet;
using Parquet.Schema;
using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>A column of text, or of bytes that the file does not call text.</summary>
sealed class RewriteTexts(ParquetFile file, ParquetColumn source, TableColumn target, int capacity) : RewriteColumn(file, source, target)
{
    const int BlockRows = 4096;

    readonly bool isText = source.Format.Kind == NumberKind.Text;
    readonly string?[] texts = source.Format.Kind == NumberKind.Text ? new string?[capacity] : [];
    readonly byte[]?[] bytes = source.Format.Kind == NumberKind.Text ? [] : new byte[]?[capacity];
    readonly int[] codes = new int[BlockRows];

    // One for each row group in the making, so that it holds no more than that and a dictionary.
    ValueMap map = new();
    ColumnReader? reader;

    public override void Open(int rowGroup)
    {
        Dispose();
        reader = File.OpenColumn(rowGroup, Source);
    }

    public override void Read(int first, int rows)
    {
        for (int done = 0; done < rows;)
        {
            int n = Math.Min(BlockRows, rows - done);
            reader!.ReadCategories(codes.AsSpan(0, n), map);
            for (int i = 0; i < n; i++)
            {
                if (isText)
                    texts[first + done + i] = codes[i] < 0 ? null : map.Text(codes[i]);
                else
                    bytes[first + done + i] = codes[i] < 0 ? null : map.Bytes(codes[i]);
            }

            done += n;
        }
    }

    public override TableValues Take(int rows)
    {
        map = new ValueMap();
        return isText
            ? TableValues.OfText(new ArraySegment<string?>(texts, 0, rows))
            : new ByteRows(new ArraySegment<byte[]?>(bytes, 0, rows));
    }

    public override void Dispose()
    {
        reader?.Dispose();
        reader = null;
    }

    // A value's code is its place in a list. Values of a dictionary come once, others each time.
    sealed class ValueMap : CategoryMap
    {
        readonly List<byte[]> values = [];
        readonly List<string?> texts = [];

        public override int Map(ReadOnlySpan<byte> utf8)
        {
            values.Add(utf8.ToArray());
            texts.Add(null);
            return values.Count - 1;
        }

        public byte[] Bytes(int code) => values[code];

        public string Text(int code) => texts[code] ??= System.Text.Encoding.UTF8.GetString(values[code]);
    }

    sealed class ByteRows(IReadOnlyList<byte[]?> values) : TableValues
    {
        public override int Count => values.Count;

        internal override Task WriteAsync(ParquetRowGroupWriter writer, DataField field, CancellationToken cancellation) =>
            writer.WriteAsync(field, (IReadOnlyCollection<byte[]>)values);
    }
}
