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

    NativeBuffer? block;

    // The length that the last rows were read with: whether the last of them ends there, the next level tells.
    int lengthBefore;

    // The length that rows were read with last, of which those that are passed over may be as well.
    int usualLength;

    /// <summary>Memory for the block of a reader whose vectors have this length.</summary>
    internal static long BlockBytes(long length) => length * RowsOfBlock(length) * sizeof(double);

    /// <summary>
    /// Reads the next rows of a vector column, whose lists must all have one length: element j of row r, as
    /// (float)((x - offsets[j]) * factors[j]), computed in double, goes to <c>destination[j * stride + r]</c>. Null elements, and all
    /// elements of rows that are null themselves, become NaN.
    /// </summary>
    /// <param name="destination">Columns of elements; the last needs room for <paramref name="rows"/> only.</param>
    /// <param name="rows">No more than <see cref="RowsLeft"/>.</param>
    /// <param name="length">Elements of each list, 1 to <see cref="MaxVectorLength"/>.</param>
    /// <param name="stride">From the start of one column to that of the next; at least <paramref name="rows"/>.</param>
    /// <param name="offsets">Subtracted first, one per element; empty for zeros.</param>
    /// <param name="factors">Multiplied by then, one per element; empty for ones.</param>
    /// <param name="picked">
    /// Where not all rows are wanted: the numbers of those that are, ascending, from that of the next row on. Lists between them may have
    /// any length.
    /// </param>
    /// <exception cref="VectorLengthException">A row's list has another length.</exception>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void ReadVectors(
        Span<float> destination,
        int rows,
        int length,
        int stride,
        ReadOnlySpan<double> offsets = default,
        ReadOnlySpan<double> factors = default,
        ReadOnlySpan<int> picked = default)
    {
        CheckVectors(destination.Length, rows, length, stride, picked);
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
                    for (int done = 0, stretch; done < n; done += stretch)
                    {
                        stretch = MoveToStretch(picked, row + done, n - done);
                        ReadBlock(new FloatSink((float*)content + (long)done * length, asTheyAre), stretch, length);
                    }

                    VectorColumns.Run((float*)content, n, length, target + row, stride, offsets, factors);
                }
                else
                {
                    ReadDoubles((double*)content, row, n, length, picked);
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
    /// <param name="picked">
    /// Where not all rows are wanted: the numbers of those that are, ascending, from that of the next row on. Lists between them may have
    /// any length.
    /// </param>
    /// <exception cref="VectorLengthException">A row's list has another length.</exception>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void ReadVectors(Span<double> destination, int rows, int length, int stride, ReadOnlySpan<int> picked = default)
    {
        CheckVectors(destination.Length, rows, length, stride, picked);
        fixed (double* target = destination)
        {
            for (int row = 0, n; row < rows; row += n)
            {
                n = Math.Min(rows - row, RowsOfBlock(length));
                byte* content = RentBlock(n, length);
                ReadDoubles((double*)content, row, n, length, picked);
                VectorColumns.Run((double*)content, n, length, target + row, stride);
            }
        }
    }

    void ReadDoubles(double* content, int row, int rows, int length, ReadOnlySpan<int> picked)
    {
        for (int done = 0, stretch; done < rows; done += stretch)
        {
            stretch = MoveToStretch(picked, row + done, rows - done);
            ReadBlock(new DoubleSink(content + (long)done * length), stretch, length);
        }
    }

    // Passes over what stands before a wanted row; gives how many that are wanted follow each other there.
    int MoveToStretch(ReadOnlySpan<int> picked, int row, int most)
    {
        if (picked.IsEmpty)
            return most;

        if (row > 0 && picked[row] - picked[row - 1] > 1)
            Skip(picked[row] - picked[row - 1] - 1);

        int n = 1;
        while (n < most && picked[row + n] - picked[row] == n)
            n++;

        return n;
    }

    void CheckVectors(long room, int rows, int length, int stride, ReadOnlySpan<int> picked)
    {
        if (!picked.IsEmpty && picked.Length != rows)
            throw new ArgumentException($"Wanted {rows} rows, found the numbers of {picked.Length}.");

        for (int i = 1; i < picked.Length; i++)
        {
            if (picked[i] <= picked[i - 1])
                throw new ArgumentException($"Wanted the numbers of rows in ascending order, found {picked[i]} after {picked[i - 1]}.");
        }

        int last = picked.IsEmpty ? rows : checked(picked[^1] - picked[0] + 1);
        CheckRequest(last, column.Kind == ColumnKind.Vector, "vectors");
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

    // Rows without a list are rare: only where the levels are not those of lists alone are rows looked at one by one, up to the next such row.
    void ReadBlock<TSink>(TSink sink, int rows, int length)
        where TSink : struct, IRowSink
    {
        try
        {
            ulong* mask = stackalloc ulong[MaskRows / 64];
            int count = rows * length;
            bool isRowByRow = false, isLastNull = false;
            for (int done = 0; done < count;)
            {
                if (pageValuesLeft == 0)
                    MoveWithinRow(length);

                values ??= decoder.Start(pages);
                isLastNull = isRowByRow && done % length == 0 && IsNullNext();
                if (isLastNull)
                {
                    PassNull();
                    sink.Fill(done, length);
                    done += length;
                    isRowByRow = false;
                    continue;
                }

                int n = Math.Min(isRowByRow ? length - done % length : count - done, pageValuesLeft);
                int read = ReadLists(ref sink, done, n, length, mask);
                if (read < n && isRowByRow)
                    throw FindOtherLength(length);

                isRowByRow |= read < n;
                done += read;
            }

            // After the last row there is no next level to tell that it goes on.
            if (RowsLeft == rows && valuesLeft > 0)
                throw FindOtherLength(length);

            RowsLeft -= rows;
            usualLength = length;
            lengthBefore = isLastNull ? 0 : length;
        }
        catch (ParquetException e)
        {
            throw Fail(e);
        }
    }

    // Reads elements of lists that all have one length; gives how many there were before the levels told of something else.
    int ReadLists<TSink>(ref TSink sink, int done, int count, int length, ulong* mask)
        where TSink : struct, IRowSink
    {
        HybridReader repetitions = decoder.Repetitions;
        int read = 0;
        if (RowStarts.AreEvery(ref decoder.Repetitions, done, length, count))
        {
            HybridReader levels = decoder.Levels;
            for (int n; read < count; read += n)
            {
                levels = decoder.Levels;
                n = ReadWithLevels(ref sink, done + read, count - read, mask);
                if (n < 0)
                    break;
            }

            if (read < count)
                decoder.Levels = levels;
        }

        if (read < count)
        {
            decoder.Repetitions = repetitions;
            decoder.Repetitions.Skip(read);
        }

        ConsumeValues(read);
        return read;
    }

    bool IsNullNext()
    {
        (HybridReader repetitions, HybridReader levels) = (decoder.Repetitions, decoder.Levels);
        uint repetition, level;
        repetitions.Read(&repetition, 1);
        levels.Read(&level, 1);
        return repetition == 0 && level + 1 < column.ElementLevel;
    }

    void PassNull()
    {
        decoder.Repetitions.Skip(1);
        decoder.Levels.Skip(1);
        ConsumeValues(1);
    }

    void MoveWithinRow(int length)
    {
        if (valuesLeft == 0)
            throw FindOtherLength(length);

        MoveToDataPage();
    }
}
