using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>
/// A column of text, or of bytes that the file does not call text. Rows that were read while there was room for fewer wait for the next row group.
/// </summary>
sealed class RewriteTexts(ParquetFile file, ParquetColumn source, TableColumn target, RowGroupRoom room) : RewriteColumn(file, source, target)
{
    // So few that those that wait take little memory, however long they are.
    const int BlockRows = 64;

    readonly ReadOnlyMemory<byte>?[] values = new ReadOnlyMemory<byte>?[room.Rows];
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

            return values[row]?.Length ?? 0;
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
        var some = new ArraySegment<ReadOnlyMemory<byte>?>(values, 0, rows);
        return Source.Format.Kind == NumberKind.Text ? TableValues.OfUtf8(some) : TableValues.OfBytes(some);
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
            values[held + i] = codes[i] < 0 ? default(ReadOnlyMemory<byte>?) : map.Values[codes[i]];

        held += rows;
    }

    void DropTaken()
    {
        if (taken == 0)
            return;

        values.AsSpan(taken, held - taken).CopyTo(values);
        held -= taken;
        taken = 0;
    }

    // A value's code is its place in a list. Values of a dictionary come once, others each time.
    sealed class ValueMap : CategoryMap
    {
        public List<byte[]> Values { get; } = [];

        public override int Map(ReadOnlySpan<byte> utf8)
        {
            Values.Add(utf8.ToArray());
            return Values.Count - 1;
        }
    }
}
