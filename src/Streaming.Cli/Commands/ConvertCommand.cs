using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Streaming.Cli.Conversion;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary><c>streaming convert IN... --output FOLDER</c>: writes CSV or Parquet anew as Parquet that is good to train from.</summary>
static class ConvertCommand
{
    static readonly Dictionary<string, CompressionCodec> Codecs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["zstd"] = CompressionCodec.Zstd,
        ["snappy"] = CompressionCodec.Snappy,
        ["lz4_raw"] = CompressionCodec.Lz4Raw,
        ["gzip"] = CompressionCodec.Gzip,
        ["none"] = CompressionCodec.Uncompressed,
    };

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string[]> paths = OptionKinds.Paths();
        paths.HelpName = "IN";
        paths.Description = "CSV files with a header (plain or gzip), Parquet files, folders of them, or globs ('data/*.csv.gz').";
        Option<string> output = OptionKinds.Output("--output", "FOLDER", "Where to write one Parquet file per file.");
        Option<int?> rowGroupSize = OptionKinds.Count(
            "--row-group-size", $"Rows per row group, fewer where lists have {RewriteOptions.MaxElements} elements, or texts {RewriteOptions.MaxTextBytes >> 20} MiB. [default: {ConversionOptions.DefaultRows}, less where there are more than 64 columns]");
        Option<bool> float32 = new("--float32") { Description = "Write numbers of double precision in single precision." };
        Option<string?> codec = OptionKinds.Word("--codec", string.Join('|', Codecs.Keys), "Compression of the pages. [default: zstd]");
        Option<string?> delimiter = OptionKinds.Word(
            "--delimiter", "CHAR", "What separates the fields of CSV; 'tab' is one. [default: found out: , ; tab or |]");
        Option<string[]?> types = OptionKinds.Columns(
            "--types",
            "COL=TYPE,...",
            $"Types of CSV columns: {string.Join(", ", TypeNames)}. [default: guessed from the first {CsvSchema.SampleRows} rows of each file]");
        Option<string[]?> exclude = OptionKinds.Columns("--exclude", "PAT,...", "Columns that are left out: names or patterns; a name with a comma in double quotes.");
        Option<bool> json = new("--json") { Description = "Write the result as one JSON object." };
        var storage = new StorageOptions();
        var command = new CliCommand("convert", "Write CSV or Parquet anew as Parquet that is good to train from.")
        {
            Examples =
            [
                "streaming convert flights-2001.csv.gz --output flights/",
                "streaming convert logs/ --output data/ --types zip=text,count=float64 --float32 --row-group-size 65536",
            ],
        };
        command.Arguments.Add(paths);
        foreach (Option option in new Option[] { output, rowGroupSize, float32, codec, delimiter, types, exclude, json })
            command.Options.Add(option);

        storage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using FileStore store = storage.Open(parsed);
            var options = new ConversionOptions(
                parsed.GetValue(rowGroupSize),
                CodecOf(parsed.GetValue(codec)),
                parsed.GetValue(float32),
                new ExcludedColumns(parsed.GetValue(exclude) ?? []));
            var request = new Request(
                parsed.GetRequiredValue(paths),
                parsed.GetRequiredValue(output),
                options,
                DelimiterOf(parsed.GetValue(delimiter)),
                TypesOf(parsed.GetValue(types) ?? []));
            Outcome outcome = await RunAsync(request, store, console, cancellation).ConfigureAwait(false);
            if (parsed.GetValue(json))
                JsonText.Write(console.Out, ToJson(request, outcome));
            else
                Write(console, request, outcome);

            return ExitCode.Done;
        });
        return command;
    }

    static IEnumerable<string> TypeNames => Enum.GetNames<CsvType>().Select(n => n.ToLowerInvariant());

    static async Task<Outcome> RunAsync(Request request, FileStore store, CommandConsole console, CancellationToken cancellation)
    {
        if (store.FindFile(request.Folder) != null)
            throw new ArgumentException($"Option output: wanted a folder, found '{request.Folder}', which is none.");

        IReadOnlyList<ConversionFile> files = ConversionFile.Resolve(store, request.Paths, request.Folder);
        long started = Stopwatch.GetTimestamp();
        ILookup<bool, StoredFile> inputs = files.Select(f => f.Input).ToLookup(FileKind.IsParquet);
        CsvSchema schema = CsvSchema.Sample(inputs[false], request.Delimiter, request.Types, request.Options.Float32, cancellation);
        using var pool = new BufferPool();
        if (!request.Options.Exclude.AreNone)
            request.Options.Exclude.Check([.. schema.Columns, .. inputs[true].SelectMany(f => ColumnsOf(f, pool))]);

        using var progress = new ProgressDisplay(console);
        var converter = new Converter(store, request.Options, schema, request.Delimiter, pool, progress);
        IReadOnlyList<ConvertedFile> converted = await converter.RunAsync(files, cancellation).ConfigureAwait(false);
        return new Outcome(converted, schema, Stopwatch.GetElapsedTime(started));
    }

    static IReadOnlyList<string> ColumnsOf(StoredFile stored, BufferPool pool)
    {
        using ParquetFile file = ParquetFile.Open(stored.Open(), pool);
        return [.. file.Columns.Select(c => c.Name)];
    }

    static CompressionCodec CodecOf(string? name) =>
        name == null ? CompressionCodec.Zstd
        : Codecs.TryGetValue(name, out CompressionCodec codec) ? codec
        : throw new ArgumentException($"Option codec: wanted one of {string.Join(", ", Codecs.Keys)}, found '{name}'.");

    static char? DelimiterOf(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        [var c] when char.IsAscii(c) && c is not ('"' or '\r' or '\n') => c,
        _ => throw new ArgumentException($"Option delimiter: wanted one ASCII character or 'tab', found '{text}'."),
    };

    static Dictionary<string, CsvType> TypesOf(string[] pairs)
    {
        var types = new Dictionary<string, CsvType>(StringComparer.Ordinal);
        foreach (string pair in pairs)
        {
            // The name of a column may hold the sign, that of a type does not.
            int sign = pair.LastIndexOf('=');
            string type = pair[(sign + 1)..];
            if (sign <= 0 || !TypeNames.Contains(type))
                throw new ArgumentException($"Option types: wanted COL=TYPE with a type of {string.Join(", ", TypeNames)}, found '{pair}'.");

            types[pair[..sign]] = Enum.Parse<CsvType>(type, ignoreCase: true);
        }

        return types;
    }

    static JsonObject ToJson(Request request, Outcome outcome) => new()
    {
        ["output"] = request.Folder,
        ["rows"] = outcome.Rows,
        ["columns"] = new JsonArray(
        [
            .. outcome.Columns.Select(c => new JsonObject { ["name"] = c.Name, ["type"] = c.Type, ["from"] = c.Origin, ["files"] = c.Files }),
        ]),
        ["files"] = new JsonArray(
        [
            .. outcome.Files.Select(f => new JsonObject
            {
                ["input"] = f.File.Input.Name,
                ["format"] = f.Format,
                ["output"] = f.File.Output,
                ["rows"] = f.Rows,
                ["row_groups"] = f.RowGroups,
                ["bytes_read"] = f.BytesRead,
                ["bytes_written"] = f.BytesWritten,
            }),
        ]),
        ["seconds"] = outcome.Elapsed.TotalSeconds,
        ["rows_per_second"] = outcome.Rows / outcome.Elapsed.TotalSeconds,
        ["bytes_read"] = outcome.Files.Sum(f => f.BytesRead),
        ["bytes_written"] = outcome.Files.Sum(f => f.BytesWritten),
        ["peak_rss_bytes"] = PeakMemory.Bytes(),
    };

    static void Write(CommandConsole console, Request request, Outcome outcome)
    {
        string size = Figures.Bytes(outcome.Files.Sum(f => f.BytesWritten));
        Tables.WriteFacts(console,
        [
            ("output", $"{request.Folder}: {Figures.Count(outcome.Files.Count, "file")}, {Figures.Count(outcome.Rows, "row")}, {size}"),
            ("time", $"{Figures.Duration(outcome.Elapsed)}, {Figures.Rate(outcome.Rows / outcome.Elapsed.TotalSeconds)} rows/s"),
            ("read", Figures.Bytes(outcome.Files.Sum(f => f.BytesRead))),
            ("peak memory", Figures.Bytes(PeakMemory.Bytes())),
        ]);
        int files = outcome.Files.Count;
        List<IReadOnlyList<string>> rows =
        [
            .. outcome.Columns.Select(c => (string[])[c.Files < files ? $"{c.Name} ({c.Files} of {files} files)" : c.Name, c.Type, c.Origin]),
        ];
        Tables.Write(console, Figures.Count(rows.Count, "column"), ["column", "type", "from"], rows, areNumbers: false);
    }

    sealed record Request(
        string[] Paths, string Folder, ConversionOptions Options, char? Delimiter, IReadOnlyDictionary<string, CsvType> Types);

    sealed record Outcome(IReadOnlyList<ConvertedFile> Files, CsvSchema Schema, TimeSpan Elapsed)
    {
        public long Rows => Files.Sum(f => f.Rows);

        /// <summary>
        /// The columns of all new files, in the order in which they first appear: types, where these are from, files that have them.
        /// </summary>
        public IEnumerable<(string Name, string Type, string Origin, int Files)> Columns =>
            from file in Files
            from column in file.Columns
            group (column.Type, Origin: OriginOf(file, column.Name)) by column.Name into same
            select (same.Key, Listed(same.Select(c => c.Type)), Listed(same.Select(c => c.Origin)), same.Count());

        static string Listed(IEnumerable<string> values) => string.Join(" | ", values.Distinct());

        string OriginOf(ConvertedFile file, string column) => file.Format == "parquet" ? "the file"
            : Schema.IsGiven(column) ? "--types"
            : $"a sample of {Figures.Count(CsvSchema.SampleRows)} rows";
    }
}
