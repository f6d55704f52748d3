using Streaming.Learning.Data;
using Streaming.Storage;

namespace Streaming.Cli.Conversion;

/// <summary>
/// The types of CSV columns: those that the user gave, and for the others a guess from the first rows of all files, so that a column is
/// of one type everywhere.
/// </summary>
sealed class CsvSchema
{
    /// <summary>Rows of each file that are looked at.</summary>
    public const int SampleRows = 10_000;

    readonly IReadOnlyDictionary<string, CsvType> given;
    readonly bool float32;
    readonly Dictionary<string, CsvTypeGuess> guesses = new(StringComparer.Ordinal);

    CsvSchema(IReadOnlyDictionary<string, CsvType> given, bool float32)
    {
        this.given = given;
        this.float32 = float32;
    }

    /// <summary>Looks at the first rows of files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="delimiter">What separates fields; null to find out.</param>
    /// <param name="given">Types that the user gave, by column.</param>
    /// <param name="float32">Whether guesses of double precision become single precision.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="DatasetException">A file is no proper CSV, or a type is given for a column that no file has.</exception>
    public static CsvSchema Sample(
        IEnumerable<StoredFile> files, char? delimiter, IReadOnlyDictionary<string, CsvType> given, bool float32, CancellationToken cancellation)
    {
        var schema = new CsvSchema(given, float32);
        foreach (StoredFile stored in files)
        {
            cancellation.ThrowIfCancellationRequested();
            using CsvFile file = CsvFile.Open(stored, delimiter);
            schema.Add(file);
        }

        if (given.Keys.FirstOrDefault(c => !schema.guesses.ContainsKey(c)) is { } missing)
        {
            throw new DatasetException(
                $"Option types: no CSV file has a column '{missing}'"
                + (schema.guesses.Count == 0 ? "; there is no CSV file." : $"; there are {string.Join(", ", schema.guesses.Keys.Take(20).Select(n => $"'{n}'"))}."));
        }

        return schema;
    }

    /// <summary>Whether the user gave a column's type.</summary>
    public bool IsGiven(string column) => given.ContainsKey(column);

    /// <summary>The columns of all files.</summary>
    public IEnumerable<string> Columns => guesses.Keys;

    /// <summary>A builder of the column that stands at a place of a file.</summary>
    public CsvColumn Build(string column, int index, int capacity, TextBlocks texts)
    {
        CsvType guess = guesses[column].Type;
        if (given.TryGetValue(column, out CsvType type))
        {
            // Times may have a zone, if all have one.
            type = type == CsvType.Timestamp && guess == CsvType.TimestampTz ? guess : type;
            return CsvColumn.Of(column, index, type, "given by --types", capacity, texts);
        }

        type = guess;
        return CsvColumn.Of(column, index, float32 && type == CsvType.Float64 ? CsvType.Float32 : type, $"guessed from the first {SampleRows:N0} rows", capacity, texts);
    }

    void Add(CsvFile file)
    {
        CsvTypeGuess[] columns = [.. file.Columns.Select(GuessOf)];
        for (int row = 0; row < SampleRows && file.Read(); row++)
        {
            for (int c = 0; c < columns.Length; c++)
                columns[c].Add(file.Field(c));
        }
    }

    CsvTypeGuess GuessOf(string column)
    {
        if (!guesses.TryGetValue(column, out CsvTypeGuess? guess))
            guesses.Add(column, guess = new CsvTypeGuess());

        return guess;
    }
}
