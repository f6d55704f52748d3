using System.CommandLine;
using Streaming.Cli.Options;
using Streaming.Cli.Output;

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
        Option<bool> json = new("--json") { Description = "Write the result as one JSON object." };
        var command = new CliCommand("inspect", "Show what Parquet files or a model hold.")
        {
            Examples = ["streaming inspect flights/", "streaming inspect late.model --json"],
        };
        command.Arguments.Add(paths);
        command.Options.Add(json);
        command.SetAction((parsed, cancellation) =>
        {
            Inspect(parsed.GetRequiredValue(paths), parsed.GetValue(json), console, cancellation);
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
}
