namespace Streaming.Learning.Data.Encodings;

/// <summary>Reads the wanted rows of a raw column through its encoding into a tile. For one thread.</summary>
sealed class EncodedColumn
{
    readonly ColumnEncoder encoder;
    readonly NumberCodes? numberCodes;
    readonly int batchSize;
    int[] codes = [];
    double[] values = [];

    /// <summary>Prepares to read a column.</summary>
    /// <param name="encoding">How its values become features.</param>
    /// <param name="batchSize">Most rows of a run.</param>
    public EncodedColumn(RawEncoding encoding, int batchSize)
    {
        this.batchSize = batchSize;
        encoder = encoding.NewEncoder();
        numberCodes = encoder is CategoryEncoder categories ? new NumberCodes(categories.Map) : null;
    }

    /// <summary>Reads a run of rows.</summary>
    /// <param name="cursor">Stands at the first row of the run.</param>
    /// <param name="stored">The column in the file that is open.</param>
    /// <param name="run">The rows.</param>
    /// <param name="features">Receives the features of the wanted ones.</param>
    /// <param name="refused">The category that is an error, where a row is told; null for a missing value.</param>
    /// <returns>The first wanted row whose category is an error; -1 for none.</returns>
    public int Read(ColumnCursor cursor, DatasetColumn stored, RowRun run, FeatureWriter features, out string? refused)
    {
        refused = null;
        if (encoder is NumberEncoder numeric)
        {
            Span<double> numbers = RoomFor(ref values, run.Count);
            cursor.Read(numbers);
            numeric.Encode(CloseUp(numbers, run), stored, features);
            return -1;
        }

        var categories = (CategoryEncoder)encoder;
        Span<int> found = RoomFor(ref codes, run.Count);
        if (CategoryEncoding.AreTexts(stored))
            cursor.ReadCategories(found, categories.Map);
        else
            ReadNumbers(cursor, found);

        found = CloseUp(found, run);
        int row = categories.Encode(found, features);
        if (row >= 0)
            refused = categories.CategoryOf(found[row]);

        return row;
    }

    /// <summary>Whether a wanted row of the last run has no value.</summary>
    public bool WasMissing(int row) => encoder is NumberEncoder ? double.IsNaN(values[row]) : codes[row] == -1;

    void ReadNumbers(ColumnCursor cursor, Span<int> found)
    {
        Span<double> numbers = RoomFor(ref values, found.Length);
        cursor.Read(numbers);
        for (int i = 0; i < found.Length; i++)
            found[i] = numberCodes!.Of(numbers[i]);
    }

    Span<T> RoomFor<T>(ref T[] buffer, int rows)
    {
        if (buffer.Length < rows)
            buffer = new T[Math.Max(rows, batchSize)];

        return buffer.AsSpan(0, rows);
    }

    static Span<T> CloseUp<T>(Span<T> rows, RowRun run)
    {
        if (run.IsWhole)
            return rows;

        for (int i = 0; i < run.Wanted; i++)
            rows[i] = rows[run.PlaceOf(i)];

        return rows[..run.Wanted];
    }
}
