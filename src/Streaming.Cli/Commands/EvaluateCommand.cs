using System.CommandLine;
using System.Text.Json.Nodes;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Training;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary><c>streaming evaluate MODEL PATH...</c>: scores a model on data.</summary>
static class EvaluateCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> model = OptionKinds.Model();
        Argument<string[]> paths = OptionKinds.Paths();
        Option<string?> target = OptionKinds.Word("--target", "COL", "Column with the true values. [default: the one that the model has learned]");
        Option<string?> weight = OptionKinds.Word("--weight", "COL", "Column with a weight per row. [default: each row weighs 1]");
        var data = new DataOptions();
        var run = new RunOptions();
        var results = new ResultOptions(console);
        var storage = new StorageOptions();
        var command = new CliCommand("evaluate", "Score a model on data.")
        {
            Examples = ["streaming evaluate late.model flights/"],
        };
        command.Arguments.Add(model);
        command.Arguments.Add(paths);
        command.Options.Add(target);
        command.Options.Add(weight);
        data.AddTo(command);
        run.AddTo(command);
        results.AddTo(command);
        storage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using FileStore store = storage.Open(parsed);
            string path = parsed.GetRequiredValue(model);
            Model loaded = SavedModel.Load(path, store);
            var options = new EvaluationOptions { Target = parsed.GetValue(target), Weight = parsed.GetValue(weight), Workers = run.Workers(parsed) };
            results.Check(parsed, store, [path, .. parsed.GetRequiredValue(paths)]);
            using BufferPool pool = run.OpenPool(parsed);
            EvaluationResult result = await RunAsync(
                loaded, parsed.GetRequiredValue(paths), data.Read(parsed, store), options, pool, console, cancellation).ConfigureAwait(false);
            results.Tell(parsed, store, () => ToJson(path, loaded, options, result), to => Write(to, path, loaded, options, result));
            return ExitCode.Done;
        });
        return command;
    }

    static async Task<EvaluationResult> RunAsync(
        Model model,
        string[] paths,
        DatasetOptions rows,
        EvaluationOptions options,
        BufferPool pool,
        CommandConsole console,
        CancellationToken cancellation)
    {
        using Dataset dataset = Dataset.Open(paths, rows, pool);
        using var progress = new ProgressDisplay(console);
        return await Evaluator.EvaluateAsync(model, dataset, options with { Progress = progress }, cancellation).ConfigureAwait(false);
    }

    static JsonObject ToJson(string path, Model model, EvaluationOptions options, EvaluationResult result)
    {
        var json = new JsonObject { ["model"] = path, ["estimator"] = model.Header.Estimator };
        if (TargetOf(model, options) is { } target)
            json["target"] = target;

        json["rows"] = result.Rows;
        json["rows_rejected"] = result.RowsRejected;
        json["rejected"] = RowReport.ToJson(result.Rejected);
        json["rows_filtered"] = result.RowsFiltered;
        json["seconds"] = result.Elapsed.TotalSeconds;
        json["rows_per_second"] = result.Rows / result.Elapsed.TotalSeconds;
        json["bytes_read"] = result.BytesRead;
        json["peak_rss_bytes"] = PeakMemory.Bytes();
        json["metrics"] = MetricReport.ToJson(result.Metrics);
        MetricReport.AddTo(json, result.Tables);
        return json;
    }

    static void Write(CommandConsole console, string path, Model model, EvaluationOptions options, EvaluationResult result)
    {
        List<(string, string)> facts = [("model", $"{path} ({model.Header.Estimator})")];
        if (TargetOf(model, options) is { } target)
            facts.Add(("target", target));

        facts.Add(("time", $"{Figures.Duration(result.Elapsed)}, {Figures.Rate(result.Rows / result.Elapsed.TotalSeconds)} rows/s"));
        facts.Add(("read", Figures.Bytes(result.BytesRead)));
        facts.Add(("peak memory", Figures.Bytes(PeakMemory.Bytes())));
        Tables.WriteFacts(console, facts);
        MetricReport.Write(console, $"Scores on {Figures.Count(result.Rows, "row")}{RowReport.LeftOut(result.RowsFiltered, result.Rejected)}", result.Metrics);
        MetricReport.Write(console, result.Tables);
    }

    static string? TargetOf(Model model, EvaluationOptions options) => options.Target ?? model.Header.Target?.Name;
}
