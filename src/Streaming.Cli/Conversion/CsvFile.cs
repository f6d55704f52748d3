using System.IO.Compression;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using Streaming.Learning.Data;
using Streaming.Storage;

namespace Streaming.Cli.Conversion;

/// <summary>A CSV file with a header, read once from its first record to its last; compressed by gzip or not.</summary>
sealed class CsvFile : IDisposable
{
    // An unclosed quote would otherwise take the rest of the file for one field.
    const int MaxRecordBytes = 64 * 1024 * 1024;

    readonly string path;
    readonly EndNotingStream file;
    readonly bool isGzip;
    readonly CsvReader reader;

    CsvFile(string path, EndNotingStream file, bool isGzip, CsvReader reader)
    {
        this.path = path;
        this.file = file;
        this.isGzip = isGzip;
        this.reader = reader;
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; private set; } = [];

    /// <summary>What separates fields.</summary>
    public char Delimiter => reader.Separator;

    /// <summary>Bytes of the file that have been read.</summary>
    public long BytesRead => file.Position;

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="stored">The file.</param>
    /// <param name="delimiter">What separates fields; null to find out among comma, semicolon, tab and bar.</param>
    /// <exception cref="DatasetException">It has no proper header.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static CsvFile Open(StoredFile stored, char? delimiter)
    {
        var file = new EndNotingStream(stored.OpenRead());
        try
        {
            bool isGzip = FileKind.IsGzip(stored);
            Stream content = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
            var options = CsvReaderOptions.Default with
            {
                Separator = delimiter,

                // Read here: its bytes tell whether it is UTF-8, which its texts do not.
                HasHeader = false,

                // Where there is one column, such a line is a row without a value.
                SkipEmptyLines = false,
                OnMalformedRecord = record => throw Malformed(stored.Name, record),
                MaxRecordSize = MaxRecordBytes,
                TrackLineNumbers = true,
            };
            var csv = new CsvFile(stored.Name, file, isGzip, CsvReader.Create(content, options, leaveOpen: false));
            csv.ReadHeader();
            return csv;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Moves to the next record. An empty line is none, unless there is but one column.</summary>
    /// <exception cref="DatasetException">It is no proper record.</exception>
    public bool Read()
    {
        if (!MoveNext(skipsEmptyLines: Columns.Count > 1))
            return isGzip && !file.HasMetEnd ? throw Trailing() : false;

        return reader.FieldCount == Columns.Count ? true : throw Ragged();
    }

    /// <summary>The text of a field, in UTF-8; empty for no value. Valid until the next record is read.</summary>
    public ReadOnlySpan<byte> Field(int column) => reader.GetSpan(column);

    /// <summary>The text of a field that is known to be one; likewise.</summary>
    /// <exception cref="DatasetException">It is not UTF-8.</exception>
    public ReadOnlySpan<byte> Text(int column)
    {
        ReadOnlySpan<byte> text = reader.GetSpan(column);
        return Utf8.IsValid(text) ? text : throw NotUtf8(Place(column), text);
    }

    /// <summary>Where a field of the current record is, for messages.</summary>
    public string Place(int column) => $"'{path}', line {reader.LineNumber}, column '{Columns[column]}'";

    /// <summary>The text of a field as a message shows it.</summary>
    public string Quoted(int column)
    {
        string text = Encoding.UTF8.GetString(reader.GetSpan(column));
        return $"'{(text.Length > 60 ? text[..60] + "..." : text)}'";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        reader.Dispose();
        file.Dispose();
    }

    void ReadHeader()
    {
        if (!MoveNext(skipsEmptyLines: true))
            throw new DatasetException($"'{path}': wanted a header with the names of the columns, found nothing.");

        var names = new string[reader.FieldCount];
        for (int c = 0; c < names.Length; c++)
        {
            ReadOnlySpan<byte> text = reader.GetSpan(c);
            names[c] = Utf8.IsValid(text)
                ? Encoding.UTF8.GetString(text)
                : throw NotUtf8($"'{path}', line {reader.LineNumber}, name of column {c + 1} of {names.Length}", text);
        }

        Columns = names;
        CheckHeader();
    }

    void CheckHeader()
    {
        for (int c = 0; c < Columns.Count; c++)
        {
            if (string.IsNullOrWhiteSpace(Columns[c]))
                throw new DatasetException($"'{path}', line 1: wanted a name for every column, found none for column {c + 1} of {Columns.Count}; does the file have a header?");
        }

        if (Columns.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new DatasetException($"'{path}', line 1: wanted different names of columns, found '{twice.Key}' {twice.Count()} times.");
    }

    bool MoveNext(bool skipsEmptyLines)
    {
        try
        {
            do
            {
                if (!reader.Read())
                    return false;
            }
            while (skipsEmptyLines && reader.RawRecord.IsEmpty);

            return true;
        }
        catch (Exception e) when (IsOfTheData(e))
        {
            throw Fault(e);
        }
    }

    DatasetException Ragged()
    {
        int found = reader.FieldCount;
        string which = found < Columns.Count
            ? $"none for column '{Columns[found]}'"
            : $"{Quoted(Columns.Count)} behind that of column '{Columns[^1]}'";
        return new DatasetException(
            $"'{path}', line {reader.LineNumber}: wanted {Columns.Count} fields as in the header, separated by {(Delimiter == '\t' ? "tabs" : $"'{Delimiter}'")}, found {found}: {which}. "
            + "A field that holds what separates fields must stand in quotes; --delimiter sets what that is.");
    }

    static DatasetException NotUtf8(string place, ReadOnlySpan<byte> text) => new(
        $"{place}: wanted text in UTF-8, found the bytes {Convert.ToHexString(text[..Math.Min(text.Length, 40)])}; convert the file to UTF-8 first.");

    DatasetException Trailing() => new(
        $"'{path}': wanted data of gzip up to the end of the file, found other bytes behind them, which nothing tells how to read. "
        + "If they are of no use, write the file anew: gzip -dc FILE | gzip > NEW.");

    static DatasetException Malformed(string path, CsvMalformedRecord record)
    {
        string found = record.Reason switch
        {
            CsvMalformedReason.StrayQuote => "one inside a field that does not begin with one",
            CsvMalformedReason.TextAfterClosingQuote => "text behind the closing one",
            _ => "a field whose closing one is missing",
        };
        return new DatasetException(
            $"'{path}', line {record.LineNumber}: wanted quotes around whole fields, doubled inside them, found {found}.");
    }

    // A record beyond all bounds, and broken gzip around the text.
    static bool IsOfTheData(Exception e) => e is CsvFormatException or InvalidDataException or DecoderFallbackException;

    DatasetException Fault(Exception e) => e switch
    {
        CsvFormatException { LineNumber: > 0 } format => new DatasetException($"'{path}', line {format.LineNumber}: {e.Message}"),
        InvalidDataException => new DatasetException($"'{path}': wanted whole data of gzip, found it broken or cut short ({e.Message.TrimEnd('.')})."),
        _ => new DatasetException($"'{path}': {e.Message}"),
    };
}
