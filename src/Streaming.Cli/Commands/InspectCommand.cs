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
        var command = new CliCommand("inspect", "Show what Parquet files or a model hold.")
        {
            Examples = ["streaming inspect flights/", "streaming inspect flights/ --stats", "streaming inspect late.model --json"],
        };
        command.Arguments.Add(paths);
        command.Options.Add(stats);
        run.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            using BufferPool pool = run.OpenPool(parsed);
            string[] wanted = parsed.GetRequiredValue(paths);
            if (parsed.GetValue(stats))
                WriteStatistics(wanted, run.Workers(parsed), pool, run.Json(parsed), console, cancellation);
            else
                Inspect(wanted, run.Json(parsed), console, cancellation);

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    static void Inspect(string[] paths, bool json, CommandConsole console, CancellationToken cancellation)
    {
        if (paths is [var path] && File.Exists(path) && FileContent.IsModel(path))
        {
            var model = new ModelReport(path, SavedModel.Load(path));
            if (json)
                JsonText.Write(console.Out, model.ToJson());
            else
                model.Write(console);

            return;
        }

        ParquetSummary summary = ParquetSummary.Of(paths, cancellation);
        if (json)
            JsonText.Write(console.Out, ParquetReport.ToJson(summary));
        else
            ParquetReport.Write(console, summary);
    }

    static void WriteStatistics(string[] paths, int workers, BufferPool pool, bool json, CommandConsole console, CancellationToken cancellation)
    {
        if (paths is [var path] && File.Exists(path) && FileContent.IsModel(path))
            throw new ArgumentException($"Option stats: wanted Parquet files, found '{path}', which is a model.");

        StatisticsSummary summary;
        using (var progress = new ProgressDisplay(console))
            summary = new StatisticsScan(workers, pool, progress).Run(paths, cancellation);

        if (json)
            JsonText.Write(console.Out, StatisticsReport.ToJson(summary));
        else
            StatisticsReport.Write(console, summary);
    }
}
