using System.CommandLine;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary><c>streaming inspect PATH|MODEL</c>: what Parquet files hold, or what a model is; told apart by content.</summary>
static class InspectCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string[]> paths = OptionKinds.Paths();
        paths.HelpName = "PATH|MODEL";
        paths.Description = "Parquet files, folders of them or globs; or one model.";
        Option<bool> stats = new("--stats") { Description = "Read the values too: nulls, minimum, maximum and sum of every column." };
        var run = new RunOptions();
        var storage = new StorageOptions();
        var command = new CliCommand("inspect", "Show what Parquet files or a model hold.")
        {
            Examples = ["streaming inspect flights/", "streaming inspect flights/ --stats", "streaming inspect late.model --json"],
        };
        command.Arguments.Add(paths);
        command.Options.Add(stats);
        run.AddTo(command);
        storage.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            using FileStore store = storage.Open(parsed);
            using BufferPool pool = run.OpenPool(parsed);
            string[] wanted = parsed.GetRequiredValue(paths);
            if (parsed.GetValue(stats))
                WriteStatistics(wanted, store, run.Workers(parsed), pool, run.Json(parsed), console, cancellation);
            else
                Inspect(wanted, store, run.Json(parsed), console, cancellation);

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    static void Inspect(string[] paths, FileStore store, bool json, CommandConsole console, CancellationToken cancellation)
    {
        if (paths is [var path] && store.FindFile(path) is { } file && FileContent.IsModel(file))
        {
            var model = new ModelReport(path, SavedModel.Load(path, store), store);
            if (json)
                JsonText.Write(console.Out, model.ToJson());
            else
                model.Write(console);

            return;
        }

        ParquetSummary summary = ParquetSummary.Of(store.Find(paths), cancellation);
        if (json)
            JsonText.Write(console.Out, ParquetReport.ToJson(summary));
        else
            ParquetReport.Write(console, summary);
    }

    static void WriteStatistics(
        string[] paths, FileStore store, int workers, BufferPool pool, bool json, CommandConsole console, CancellationToken cancellation)
    {
        if (paths is [var path] && store.FindFile(path) is { } file && FileContent.IsModel(file))
            throw new ArgumentException($"Option stats: wanted Parquet files, found '{path}', which is a model.");

        StatisticsSummary summary;
        using (var progress = new ProgressDisplay(console))
            summary = new StatisticsScan(workers, pool, progress).Run(store.Find(paths), cancellation);

        if (json)
            JsonText.Write(console.Out, StatisticsReport.ToJson(summary));
        else
            StatisticsReport.Write(console, summary);
    }
}
