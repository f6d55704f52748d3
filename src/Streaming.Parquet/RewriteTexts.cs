using Parquet;
using Parquet.Schema;
using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>
/// A column of text, or of bytes that the file does not call text. Rows that were read while there was room for fewer wait for the next row group.
/// </summary>
sealed class RewriteTexts(ParquetFile file, ParquetColumn source, TableColumn target, RowGroupRoom room) : RewriteColumn(file, source, target)
{
    // So few that those that wait take little memory, however long they are.
    const int BlockRows = 64;

    readonly bool isText = source.Format.Kind == NumberKind.Text;
    readonly string?[] texts = source.Format.Kind == NumberKind.Text ? new string?[room.Rows] : [];
    readonly byte[]?[] bytes = source.Format.Kind == NumberKind.Text ? [] : new byte[]?[room.Rows];
    readonly int[] lengths = new int[room.Rows];
    readonly int[] codes = new int[BlockRows];

    // One for each row group in the making, so that it holds no more than that and a dictionary.
    ValueMap map = new();
    ColumnReader? reader;
    int held;
    int taken;

    public override void Open(int rowGroup)
    {
        Dispose();
        reader = File.OpenColumn(rowGroup, Source);
    }

    public override int Fit(int wanted)
    {
        DropTaken();
        return room.Add(wanted, row =>
        {
            if (row == held)
                ReadBlock(Math.Min(BlockRows, wanted - held));

            return lengths[row];
        });
    }

    public override void Read(int first, int rows)
    {
        // They are there already.
    }

    public override TableValues Take(int rows)
    {
        taken = rows;
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

    void ReadBlock(int rows)
    {
        reader!.ReadCategories(codes.AsSpan(0, rows), map);
        for (int i = 0; i < rows; i++)
        {
            if (isText)
                texts[held + i] = codes[i] < 0 ? null : map.Text(codes[i]);
            else
                bytes[held + i] = codes[i] < 0 ? null : map.Bytes(codes[i]);

            lengths[held + i] = codes[i] < 0 ? 0 : map.Bytes(codes[i]).Length;
        }

        held += rows;
    }

    void DropTaken()
    {
        if (taken == 0)
            return;

        Move(texts);
        Move(bytes);
        Move(lengths);
        held -= taken;
        taken = 0;

        void Move<T>(T[] values)
        {
            if (values.Length > 0)
                values.AsSpan(taken, held - taken).CopyTo(values);
        }
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

        public override TableValues Select(ReadOnlyMemory<int> rows) => new ByteRows(Array.ConvertAll(rows.ToArray(), row => values[row]));

        internal override Task WriteAsync(ParquetRowGroupWriter writer, DataField field, CancellationToken cancellation) =>
            writer.WriteAsync(field, (IReadOnlyCollection<byte[]>)values);
    }
}
