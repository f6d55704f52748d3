using Streaming.Parquet.Encodings;
using Streaming.Storage;

namespace Streaming.Parquet;

/// <content>
/// Columns of lists: rows are what the repetition levels say (parquet-format, README.md, "Nested Encoding"). A row's list may
/// go on in the next page, which the format allows where there are no indexes.
/// </content>
public sealed unsafe partial class ColumnReader
{
    /// <summary>Elements of the longest list that is read.</summary>
    public const int MaxVectorLength = 1 << 20;

    // Vectors are turned into columns a block at a time: of enough rows to fill cache lines of every column, and of many where
    // they are short.
    const int BlockRows = 16;
    const int BlockValues = 16 * 1024;
    const int MaxBlockValues = 256 * 1024;

    // Levels that are looked at at a time where rows have any length.
    const int PassedLevels = 512;

    NativeBuffer? block;

    // The length that the last rows were read with: whether the last of them ends there, the next level tells.
    int lengthBefore;

    // The length that rows were read with last, of which those that are passed over may be as well.
    int usualLength;

    /// <summary>Memory for the block of a reader whose vectors have this length.</summary>
    internal static long BlockBytes(long length) => length * RowsOfBlock(length) * sizeof(double);

    /// <summary>
    /// Reads the next rows of a vector column, whose lists must all have one length: element j of row r, as
    /// (float)((x - offsets[j]) * factors[j]), computed in double, goes to <c>destination[j * stride + r]</c>. Null elements become NaN.
    /// </summary>
    /// <param name="destination">Columns of elements; the last needs room for <paramref name="rows"/> only.</param>
    /// <param name="rows">No more than <see cref="RowsLeft"/>.</param>
    /// <param name="length">Elements of each list, 1 to <see cref="MaxVectorLength"/>.</param>
    /// <param name="stride">From the start of one column to that of the next; at least <paramref name="rows"/>.</param>
    /// <param name="offsets">Subtracted first, one per element; empty for zeros.</param>
    /// <param name="factors">Multiplied by then, one per element; empty for ones.</param>
    /// <exception cref="VectorLengthException">A row's list has another length, or a row has none.</exception>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void ReadVectors(
        Span<float> destination,
        int rows,
        int length,
        int stride,
        ReadOnlySpan<double> offsets = default,
        ReadOnlySpan<double> factors = default)
    {
        CheckVectors(destination.Length, rows, length, stride);
        if ((!offsets.IsEmpty && offsets.Length != length) || (!factors.IsEmpty && factors.Length != length))
            throw new ArgumentException($"Wanted {length} offsets and factors or none, found {offsets.Length} and {factors.Length}.");

        var asTheyAre = new Affine(0, 1);
        fixed (float* target = destination)
        {
            for (int row = 0, n; row < rows; row += n)
            {
                n = Math.Min(rows - row, RowsOfBlock(length));
                byte* content = RentBlock(n, length);

                // What fits into a float is one of doubles as well, and half the memory.
                if (column.Format.Kind is NumberKind.Float or NumberKind.Half or NumberKind.Boolean)
                {
                    ReadBlock(new FloatSink((float*)content, asTheyAre), n, length);
                    VectorColumns.Run((float*)content, n, length, target + row, stride, offsets, factors);
                }
                else
                {
                    ReadBlock(new DoubleSink((double*)content), n, length);
                    VectorColumns.Run((double*)content, n, length, target + row, stride, offsets, factors);
                }
            }
        }
    }

    /// <summary>Reads the next rows of a vector column likewise, as double and without a map.</summary>
    /// <param name="destination">Columns of elements; the last needs room for <paramref name="rows"/> only.</param>
    /// <param name="rows">No more than <see cref="RowsLeft"/>.</param>
    /// <param name="length">Elements of each list, 1 to <see cref="MaxVectorLength"/>.</param>
    /// <param name="stride">From the start of one column to that of the next; at least <paramref name="rows"/>.</param>
    /// <exception cref="VectorLengthException">A row's list has another length, or a row has none.</exception>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void ReadVectors(Span<double> destination, int rows, int length, int stride)
    {
        CheckVectors(destination.Length, rows, length, stride);
        fixed (double* target = destination)
        {
            for (int row = 0, n; row < rows; row += n)
            {
                n = Math.Min(rows - row, RowsOfBlock(length));
                byte* content = RentBlock(n, length);
                ReadBlock(new DoubleSink((double*)content), n, length);
                VectorColumns.Run((double*)content, n, length, target + row, stride);
            }
        }
    }

    /// <summary>Passes over the next rows of a vector column and says how many elements each has, nulls included; -1 for no list.</summary>
    /// <param name="lengths">One element per row; no longer than <see cref="RowsLeft"/>.</param>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void ReadVectorLengths(Span<int> lengths)
    {
        CheckRequest(lengths.Length, column.Kind == ColumnKind.Vector, "vectors");
        try
        {
            PassRows(lengths.Length, lengths);
        }
        catch (ParquetException e)
        {
            throw Fail(e);
        }
    }

    void CheckVectors(long room, int rows, int length, int stride)
    {
        CheckRequest(rows, column.Kind == ColumnKind.Vector, "vectors");
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxVectorLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, rows);
        if (rows > 0 && (length - 1L) * stride + rows > room)
            throw new ArgumentException($"Wanted room for {length} columns of {rows} rows, {stride} apart; found {room} elements.");
    }

    static int RowsOfBlock(long length) =>
        (int)Math.Max(BlockValues / length / BlockRows * BlockRows, Math.Clamp(MaxBlockValues / length, 1, BlockRows));

    byte* RentBlock(int rows, int length)
    {
        long bytes = (long)rows * length * sizeof(double);
        if (block is null || block.Length < bytes)
        {
            block?.Dispose();
            block = null;
            block = pool.Rent(bytes, "vectors");
        }

        return block.Pointer;
    }

    void ReadBlock<TSink>(TSink sink, int rows, int length)
        where TSink : struct, IRowSink
    {
        try
        {
            ulong* mask = stackalloc ulong[MaskRows / 64];
            int count = rows * length;
            for (int done = 0; done < count;)
            {
                if (pageValuesLeft == 0)
                    MoveWithinRow(length);

                values ??= decoder.Start(pages);
                int n = Math.Min(count - done, pageValuesLeft);
                if (!RowStarts.AreEvery(ref decoder.Repetitions, done, length, n))
                    throw FindOtherLength(length);

                for (int end = done + n; done < end;)
                {
                    int read = ReadWithLevels(ref sink, done, end - done, mask);
                    if (read < 0)
                        throw FindOtherLength(length);

                    done += read;
                }

                ConsumeValues(n);
            }

            // After the last row there is no next level to tell that it goes on.
            if (RowsLeft == rows && valuesLeft > 0)
                throw FindOtherLength(length);

            RowsLeft -= rows;
            lengthBefore = usualLength = length;
        }
        catch (ParquetException e)
        {
            throw Fail(e);
        }
    }

    void MoveWithinRow(int length)
    {
        if (valuesLeft == 0)
            throw FindOtherLength(length);

        MoveToDataPage();
    }

    // Passes over rows of any length, and over nothing of the row behind them. Where their lengths are asked for, it counts.
    void PassRows(long rows, Span<int> lengths)
    {
        uint* repetitions = stackalloc uint[PassedLevels];
        uint* definitions = stackalloc uint[PassedLevels];
        long row = -1;
        int length = 0;
        bool isAtEnd = rows == 0;
        while (!isAtEnd)
        {
            if (pageValuesLeft == 0)
            {
                if (valuesLeft == 0)
                    break;

                MoveToDataPage();
            }

            values ??= decoder.Start(pages);
            long likely = usualLength > 0 ? Math.Max(1, (rows - row - 1) * usualLength + 1) : PassedLevels;
            int n = (int)Math.Min(likely, Math.Min(pageValuesLeft, PassedLevels));
            HybridReader ahead = decoder.Repetitions;
            ahead.Read(repetitions, n);
            HybridReader definitionsAhead = decoder.Levels;
            definitionsAhead.Read(definitions, n);
            int present = 0;
            int k = 0;
            for (; k < n; k++)
            {
                HybridReader.CheckLevel(repetitions[k], 1);
                HybridReader.CheckLevel(definitions[k], decoder.PresentLevel);
                if (repetitions[k] == 0)
                {
                    isAtEnd = row + 1 == rows;
                    if (isAtEnd)
                        break;

                    row++;
                    length = 0;
                }
                else if (row < 0)
                {
                    throw lengthBefore > 0
                        ? FindOtherLength(lengthBefore)
                        : new ParquetException("the first repetition level is not 0: it starts in the middle of a row.");
                }

                AddElement(definitions[k], repetitions[k], row, ref length);
                present += definitions[k] == decoder.PresentLevel ? 1 : 0;
                if (!lengths.IsEmpty)
                    lengths[(int)row] = length;
            }

            decoder.Repetitions.Skip(k);
            decoder.Levels.Skip(k);
            values.Skip(present);
            ConsumeValues(k);
        }

        if (row + 1 < rows)
            throw new ParquetException($"the column chunk ends after {row + 1} of {rows} rows.");

        RowsLeft -= rows;
        lengthBefore = 0;
    }

    // What a level says of the list: an element more, or that it is empty or not there.
    void AddElement(uint definition, uint repetition, long row, ref int length)
    {
        bool isElement = definition >= column.ElementLevel;
        if (repetition != 0 && (!isElement || length <= 0))
            throw new ParquetException($"an element belongs to a list that is empty or null ({row} rows on).");

        if (!isElement)
            length = definition + 1 == column.ElementLevel ? 0 : -1;
        else if (++length > MaxVectorLength)
            throw ParquetException.Unsupported($"a list has more than {MaxVectorLength} elements.");
    }

    // Only now that something is wrong are the rows looked at one by one, from the first that may be meant.
    ParquetException FindOtherLength(int wanted)
    {
        string place = Place;
        long first = file.RowGroups[rowGroup].RowCount - RowsLeft;
        int back = lengthBefore > 0 ? 1 : 0;
        Dispose();
        using var scan = new ColumnReader(file, pool, rowGroup, column);
        scan.Skip(first - back);
        Span<int> found = stackalloc int[1];
        for (long row = first - back; scan.RowsLeft > 0 && row < first + RowsOfBlock(wanted); row++)
        {
            scan.ReadVectorLengths(found);
            int expected = row < first ? lengthBefore : wanted;
            if (found[0] != expected)
                return new VectorLengthException(place, row, expected, found[0] < 0 ? null : found[0]);
        }

        return new ParquetException("the repetition and the definition levels contradict each other.");
    }
}
