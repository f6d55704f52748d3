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
        var results = new ResultOptions(console);
        var storage = new StorageOptions();
        var command = new CliCommand("inspect", "Show what Parquet files or a model hold.")
        {
            Examples = ["streaming inspect flights/", "streaming inspect flights/ --stats", "streaming inspect late.model --json"],
        };
        command.Arguments.Add(paths);
        command.Options.Add(stats);
        run.AddTo(command);
        results.AddTo(command);
        storage.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            using FileStore store = storage.Open(parsed);
            using BufferPool pool = run.OpenPool(parsed);
            string[] wanted = parsed.GetRequiredValue(paths);
            results.Check(parsed, store, wanted);
            if (parsed.GetValue(stats))
            {
                StatisticsSummary summary = Scan(wanted, store, run.Workers(parsed), pool, console, cancellation);
                results.Tell(parsed, store, () => StatisticsReport.ToJson(summary), to => StatisticsReport.Write(to, summary));
            }
            else if (IsModel(wanted, store))
            {
                var model = new ModelReport(wanted[0], SavedModel.Load(wanted[0], store), store);
                results.Tell(parsed, store, model.ToJson, model.Write);
            }
            else
            {
                ParquetSummary summary = ParquetSummary.Of(store.Find(wanted), cancellation);
                results.Tell(parsed, store, () => ParquetReport.ToJson(summary), to => ParquetReport.Write(to, summary));
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    static bool IsModel(string[] paths, FileStore store) => paths is [var path] && store.FindFile(path) is { } file && FileContent.IsModel(file);

    static StatisticsSummary Scan(
        string[] paths, FileStore store, int workers, BufferPool pool, CommandConsole console, CancellationToken cancellation)
    {
        if (IsModel(paths, store))
            throw new ArgumentException($"Option stats: wanted Parquet files, found '{paths[0]}', which is a model.");

        using var progress = new ProgressDisplay(console);
        return new StatisticsScan(workers, pool, progress).Run(store.Find(paths), cancellation);
    }
}
