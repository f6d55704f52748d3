using System.Diagnostics;
using Streaming.Learning.Training;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Cli.Conversion;

/// <summary>How to convert.</summary>
/// <param name="RowGroupSize">Rows of a row group; null for as many as fit.</param>
/// <param name="Codec">Compression of the pages.</param>
/// <param name="Float32">Whether numbers of double precision become ones of single precision.</param>
/// <param name="Exclude">Columns that are left out.</param>
sealed record ConversionOptions(int? RowGroupSize, CompressionCodec Codec, bool Float32, ExcludedColumns Exclude)
{
    /// <summary>
    /// Rows of a row group, unless there are many columns: enough for dictionaries and compression, few enough for many workers.
    /// </summary>
    public const int DefaultRows = 131_072;

    /// <summary>Values of a row group, where the user said nothing: they are held in memory.</summary>
    const int MaxValues = 1 << 23;

    /// <summary>Rows of a row group of so many columns.</summary>
    public int RowsOf(int columns) => RowGroupSize ?? Math.Clamp(MaxValues / Math.Max(1, columns), 1024, DefaultRows);
}

/// <summary>A file that was converted.</summary>
/// <param name="File">What was read and written.</param>
/// <param name="Format">What it was: csv or parquet.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="RowGroups">Row groups of the new file.</param>
/// <param name="BytesRead">Its length.</param>
/// <param name="BytesWritten">Length of the new file.</param>
/// <param name="Columns">Name and type of each column of the new file.</param>
sealed record ConvertedFile(
    ConversionFile File,
    string Format,
    long Rows,
    int RowGroups,
    long BytesRead,
    long BytesWritten,
    IReadOnlyList<(string Name, string Type)> Columns);

/// <summary>Writes files anew as Parquet, one after the other, each aside and renamed when it is whole.</summary>
sealed class Converter(
    FileStore store, ConversionOptions options, CsvSchema schema, char? delimiter, BufferPool pool, IProgress<TrainingProgress> progress)
{
    readonly long started = Stopwatch.GetTimestamp();
    long rowsBefore;
    long bytesBefore;
    long bytesInAll;

    /// <summary>Converts files.</summary>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public async Task<IReadOnlyList<ConvertedFile>> RunAsync(IReadOnlyList<ConversionFile> files, CancellationToken cancellation)
    {
        bytesInAll = files.Sum(f => f.Input.Length);
        var converted = new List<ConvertedFile>();
        foreach (ConversionFile file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<string> made = store.CreateFolder(file.Output[..^Path.GetFileName(file.Output).Length]);
            try
            {
                converted.Add(await ConvertAsync(file, cancellation).ConfigureAwait(false));
            }
            catch
            {
                // An empty folder would look like a result.
                foreach (string folder in made)
                    store.DeleteIfEmpty(folder);

                throw;
            }

            rowsBefore += converted[^1].Rows;
            bytesBefore += converted[^1].BytesRead;
        }

        return converted;
    }

    async Task<ConvertedFile> ConvertAsync(ConversionFile file, CancellationToken cancellation)
    {
        bool isParquet = FileKind.IsParquet(file.Input);
        long rows;
        using (AtomicFile output = store.Create(file.Output))
        {
            Task<long> conversion = isParquet
                ? FromParquetAsync(file.Input, output.Stream, cancellation)
                : FromCsvAsync(file.Input, output.Stream, cancellation);
            rows = await conversion.ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            output.Commit();
        }

        return Describe(file, isParquet ? "parquet" : "csv", rows);
    }

    async Task<long> FromParquetAsync(StoredFile input, Stream output, CancellationToken cancellation)
    {
        using ParquetFile file = ParquetFile.Open(input.Open(), pool);
        IReadOnlyList<ParquetColumn> columns = options.Exclude.RemoveFrom(file.Name, file.Columns, c => c.Name);
        var rewrite = new RewriteOptions(options.RowsOf(columns.Count), options.Codec, options.Float32);
        await ParquetRewriter.RunAsync(file, columns, output, rewrite, rows => Report(rows, file.Source.BytesRead), cancellation)
            .ConfigureAwait(false);
        return file.RowCount;
    }

    async Task<long> FromCsvAsync(StoredFile input, Stream output, CancellationToken cancellation)
    {
        using CsvFile file = CsvFile.Open(input, delimiter);
        IReadOnlyList<(int Index, string Name)> left = options.Exclude.RemoveFrom(input.Name, file.Columns.Index(), c => c.Item);
        int capacity = options.RowsOf(left.Count);
        var texts = new TextBlocks();
        CsvColumn[] columns = [.. left.Select(c => schema.Build(c.Name, c.Index, capacity, texts))];
        TableWriter writer = await TableWriter.CreateAsync(output, [.. columns.Select(c => c.Target)], options.Codec, cancellation)
            .ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            long done = 0;
            while (Fill(file, columns, capacity, cancellation) is > 0 and var rows)
            {
                await writer.WriteRowGroupAsync(rows, [.. columns.Select(c => c.Take(rows))], cancellation).ConfigureAwait(false);
                texts.Clear();
                done += rows;
                Report(done, file.BytesRead);
            }

            return done;
        }
    }

    static int Fill(CsvFile file, CsvColumn[] columns, int capacity, CancellationToken cancellation)
    {
        int row = 0;
        long textBytes = 0;
        for (; row < capacity && textBytes < RewriteOptions.MaxTextBytes && file.Read(); row++)
        {
            if (row % 1024 == 0)
                cancellation.ThrowIfCancellationRequested();

            foreach (CsvColumn column in columns)
                textBytes += column.Read(file, row);
        }

        return row;
    }

    // The new file is read as a trainer would, which says what its columns are and that no row is missing.
    ConvertedFile Describe(ConversionFile file, string format, long rows)
    {
        using ParquetFile written = ParquetFile.Open(store.FindFile(file.Output)!.Open(), pool);
        if (written.RowCount != rows)
            throw new ParquetException($"'{file.Output}' should have {rows} rows and has {written.RowCount}.");

        return new ConvertedFile(
            file,
            format,
            rows,
            written.RowGroups.Count,
            file.Input.Length,
            written.Length,
            [.. written.Columns.Select(c => (c.Name, c.TypeName))]);
    }

    // The rows of a CSV file are known at its end only; until then their number follows from the bytes that are left.
    void Report(long rowsOfFile, long bytesOfFile)
    {
        long rows = rowsBefore + rowsOfFile;
        long bytes = bytesBefore + bytesOfFile;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        long expected = bytes > 0 ? (long)(rows * ((double)bytesInAll / bytes)) : rows;
        progress.Report(new TrainingProgress("converting", 1, rows, Math.Max(rows, expected), bytes, elapsed, elapsed, null));
    }
}
