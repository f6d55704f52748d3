namespace Streaming.Parquet;

/// <content>Columns of lists, which may be of any length here.</content>
public sealed partial class ColumnStatistics
{
    // Elements that are read at a time, unless one row has more.
    const int BlockElements = 64 * 1024;

    /// <summary>Rows of a column of lists; 0 for others.</summary>
    public long ListCount { get; private set; }

    /// <summary>Of them, those without a list.</summary>
    public long NullListCount { get; private set; }

    /// <summary>Of them, those with an empty one.</summary>
    public long EmptyListCount { get; private set; }

    // One reader says how long the lists are, the other reads those that follow each other and are as long.
    void AddVectors(ParquetFile file, int rowGroup, ParquetColumn column, ColumnReader reader, CancellationToken cancellation)
    {
        using ColumnReader lengthReader = file.OpenColumn(rowGroup, column);
        var lanes = new Lanes();
        var lengths = new int[(int)Math.Min(reader.RowsLeft, BlockRows)];
        double[] block = [];
        ListCount = reader.RowsLeft;
        Count = 0;
        while (lengthReader.RowsLeft > 0)
        {
            Span<int> next = lengths.AsSpan(0, (int)Math.Min(lengthReader.RowsLeft, lengths.Length));
            lengthReader.ReadVectorLengths(next);
            while (!next.IsEmpty)
            {
                cancellation.ThrowIfCancellationRequested();
                int length = next[0];
                int alike = next.IndexOfAnyExcept(length);
                int rows = Math.Min(alike < 0 ? next.Length : alike, Math.Max(1, BlockElements / Math.Max(1, length)));
                next = next[rows..];
                if (length > 0)
                {
                    AddVectors(ref lanes, reader, rows, length, ref block);
                    continue;
                }

                reader.Skip(rows);
                NullListCount += length < 0 ? rows : 0;
                EmptyListCount += length == 0 ? rows : 0;
            }
        }

        Take(lanes);
    }

    void AddVectors(ref Lanes lanes, ColumnReader reader, int rows, int length, ref double[] block)
    {
        int count = rows * length;
        int room = (count + Lanes.Count - 1) / Lanes.Count * Lanes.Count;
        if (block.Length < room)
            block = new double[room];

        reader.ReadVectors(block.AsSpan(0, count), rows, length, rows);
        block.AsSpan(count, room - count).Fill(double.NaN);
        lanes.Add(block.AsSpan(0, room));
        lanes.NanCount -= room - count;
        Count += count;
    }
}
