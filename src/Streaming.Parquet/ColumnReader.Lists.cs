using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <content>
/// Rows of columns of lists one by one: how long they are is what the levels say (parquet-format, README.md, "Nested Encoding").
/// </content>
public sealed unsafe partial class ColumnReader
{
    // Levels that are looked at at a time.
    const int PassedLevels = 512;

    // Elements so far of the list whose entries are read; -1 where it is null.
    int entryLength;

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

    /// <summary>
    /// Reads on in a vector column as it is stored, list by list of any length: entries, one for each element and one for each list that is
    /// empty or null. Stops after any of them; not to be mixed with other ways to read on.
    /// </summary>
    /// <param name="rows">Rows that may begin; with 0 what is left of the row at hand is read. How many began.</param>
    /// <param name="definitions">Definition levels of the entries.</param>
    /// <param name="repetitions">Repetition levels, as many: 0 where a row begins, otherwise 1.</param>
    /// <param name="numbers">Those elements that are there, one after another; has room for as many.</param>
    /// <param name="present">How many these are.</param>
    /// <returns>Entries read; 0 where the row at hand is over and no other may begin.</returns>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    internal int ReadEntries(ref int rows, Span<int> definitions, Span<int> repetitions, Span<double> numbers, out int present)
    {
        CheckRequest(rows, column.Kind == ColumnKind.Vector, "vectors");
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions.Length, definitions.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(numbers.Length, definitions.Length);
        try
        {
            int most = rows;
            rows = present = 0;
            if (valuesLeft == 0)
                return most == 0 ? 0 : throw new ParquetException($"the column chunk ends {RowsLeft} rows early.");

            if (pageValuesLeft == 0)
                MoveToDataPage();

            values ??= decoder.Start(pages);
            int n = Math.Min(pageValuesLeft, definitions.Length);
            fixed (int* definition = definitions)
            fixed (int* repetition = repetitions)
            fixed (double* number = numbers)
            {
                HybridReader repetitionsAhead = decoder.Repetitions;
                HybridReader definitionsAhead = decoder.Levels;
                repetitionsAhead.Read((uint*)repetition, n);
                definitionsAhead.Read((uint*)definition, n);
                n = CountEntries((uint*)definition, (uint*)repetition, n, most, ref rows, ref present);
                decoder.Repetitions.Skip(n);
                decoder.Levels.Skip(n);
                values.Read(number, present);
            }

            ConsumeValues(n);
            RowsLeft -= rows;
            return n;
        }
        catch (ParquetException e)
        {
            throw Fail(e);
        }
    }

    // Entries up to the first row that may not begin.
    int CountEntries(uint* definitions, uint* repetitions, int count, int mostRows, ref int rows, ref int present)
    {
        for (int k = 0; k < count; k++)
        {
            HybridReader.CheckLevel(repetitions[k], 1);
            HybridReader.CheckLevel(definitions[k], decoder.PresentLevel);
            if (repetitions[k] == 0)
            {
                if (RowsLeft == rows)
                    throw new ParquetException("the column chunk has more rows than the row group.");

                if (rows == mostRows)
                    return k;

                rows++;
                entryLength = 0;
            }
            else if (rows == 0 && RowsLeft == file.RowGroups[rowGroup].RowCount)
            {
                throw new ParquetException("the first repetition level is not 0: it starts in the middle of a row.");
            }

            AddElement(definitions[k], repetitions[k], rows, ref entryLength);
            present += definitions[k] == decoder.PresentLevel ? 1 : 0;
        }

        return count;
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
            if (found[0] >= 0 && found[0] != expected)
                return new VectorLengthException(place, row, expected, found[0]);
        }

        return new ParquetException("the repetition and the definition levels contradict each other.");
    }
}
