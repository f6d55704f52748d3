using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Training;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary><c>streaming predict MODEL PATH... --output FILE.parquet</c>: writes a row of predictions per row of the data.</summary>
static class PredictCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> model = OptionKinds.Model();
        Argument<string[]> paths = OptionKinds.Paths();
        Option<string> output = OptionKinds.Output("--output", "FILE.parquet", "Where to write the predictions.");
        Option<string[]?> keep = OptionKinds.Columns("--keep", "COL,...", "Columns of the data to copy beside the predictions; a name with a comma in double quotes.");
        var data = new DataOptions();
        var run = new RunOptions();
        var results = new ResultOptions(console);
        var storage = new StorageOptions();
        var command = new CliCommand("predict", "Write a model's predictions, row by row, as Parquet.")
        {
            Examples = ["streaming predict late.model flights/ --output late.parquet --keep origin,destination"],
        };
        command.Arguments.Add(model);
        command.Arguments.Add(paths);
        command.Options.Add(output);
        command.Options.Add(keep);
        data.AddTo(command);
        run.AddTo(command);
        results.AddTo(command);
        storage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using FileStore store = storage.Open(parsed);
            var request = new Request(
                parsed.GetRequiredValue(model),
                parsed.GetRequiredValue(paths),
                data.Read(parsed, store),
                parsed.GetRequiredValue(output),
                [.. (parsed.GetValue(keep) ?? []).Distinct()]);
            results.Check(parsed, store, [request.Model, request.Output, .. request.Paths]);
            using BufferPool pool = run.OpenPool(parsed);
            Outcome outcome = await RunAsync(request, run.Workers(parsed), pool, console, cancellation).ConfigureAwait(false);
            results.Tell(parsed, store, () => ToJson(request, outcome), to => Write(to, request, outcome));
            return ExitCode.Done;
        });
        return command;
    }

    static async Task<Outcome> RunAsync(Request request, int workers, BufferPool pool, CommandConsole console, CancellationToken cancellation)
    {
        OutputFile.CheckWritable(request.Output, request.Rows.Store);
        Model model = SavedModel.Load(request.Model, request.Rows.Store);
        using Dataset dataset = Dataset.Open(request.Paths, request.Rows, pool);
        OutputFile.RefuseOthers(request.Output, "output", [request.Model, .. OutputFile.NamesOf(dataset)]);

        using AtomicFile file = request.Rows.Store.Create(request.Output);
        using var progress = new ProgressDisplay(console);
        long started = Stopwatch.GetTimestamp();
        var options = new PredictionOptions { Keep = request.Keep, Workers = workers, Progress = progress };
        long rows = await WriteAsync(model, dataset, file, options, request.Output, cancellation).ConfigureAwait(false);
        return new Outcome(model, rows, dataset.RowCount - rows, Stopwatch.GetElapsedTime(started), dataset.BytesRead, request.Rows.Store.FindFile(request.Output)!.Length);
    }

    static async Task<long> WriteAsync(
        Model model, Dataset dataset, AtomicFile file, PredictionOptions options, string path, CancellationToken cancellation)
    {
        long rows = await Predictor.PredictAsync(model, dataset, file.Stream, options, cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        try
        {
            file.Commit();
        }
        catch (IOException e)
        {
            throw new IOException($"The predictions can't be written to '{path}': {e.Message}", e);
        }

        return rows;
    }

    static JsonObject ToJson(Request request, Outcome outcome) => new()
    {
        ["model"] = request.Model,
        ["estimator"] = outcome.Model.Header.Estimator,
        ["rows"] = outcome.Rows,
        ["rows_filtered"] = outcome.RowsFiltered,
        ["output"] = request.Output,
        ["columns"] = JsonText.Array(ColumnsOf(request, outcome)),
        ["seconds"] = outcome.Elapsed.TotalSeconds,
        ["rows_per_second"] = outcome.Rows / outcome.Elapsed.TotalSeconds,
        ["bytes_read"] = outcome.BytesRead,
        ["bytes_written"] = outcome.BytesWritten,
        ["peak_rss_bytes"] = PeakMemory.Bytes(),
    };

    static void Write(CommandConsole console, Request request, Outcome outcome) => Tables.WriteFacts(console,
    [
        ("model", $"{request.Model} ({outcome.Model.Header.Estimator})"),
        ("output", $"{request.Output}: {Figures.Count(outcome.Rows, "row")}{Filtered(outcome)}, {Figures.Bytes(outcome.BytesWritten)}"),
        ("columns", string.Join(", ", ColumnsOf(request, outcome))),
        ("time", $"{Figures.Duration(outcome.Elapsed)}, {Figures.Rate(outcome.Rows / outcome.Elapsed.TotalSeconds)} rows/s"),
        ("read", Figures.Bytes(outcome.BytesRead)),
        ("peak memory", Figures.Bytes(PeakMemory.Bytes())),
    ]);

    static string Filtered(Outcome outcome) => outcome.RowsFiltered > 0 ? $" ({Figures.Count(outcome.RowsFiltered)} filtered)" : "";

    static IEnumerable<string> ColumnsOf(Request request, Outcome outcome) => [.. request.Keep, .. outcome.Model.Outputs.Select(o => o.Name)];

    sealed record Request(string Model, string[] Paths, DatasetOptions Rows, string Output, string[] Keep);

    sealed record Outcome(Model Model, long Rows, long RowsFiltered, TimeSpan Elapsed, long BytesRead, long BytesWritten);
}
