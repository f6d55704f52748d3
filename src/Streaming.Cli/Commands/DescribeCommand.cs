using System.CommandLine;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Training;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary><c>streaming describe PATH...</c>: summary statistics of the columns, and their correlations.</summary>
static class DescribeCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string[]> paths = OptionKinds.Paths();
        Option<string[]?> features = OptionKinds.Columns("--features", "PAT,...", "Columns to describe: names or patterns (*, ?); a name with a comma in double quotes. [default: all that hold numbers]");
        Option<string[]?> exclude = OptionKinds.Columns("--exclude", "PAT,...", "Columns to leave out: names or patterns.");
        Option<string?> weight = OptionKinds.Word("--weight", "COL", "Column with a weight per row. [default: each row weighs 1]");
        Option<bool> correlations = new("--correlations")
        {
            Description = "Correlations of all pairs of columns too, over the rows in which all of them have values; a second pass.",
        };
        var data = new DataOptions();
        var run = new RunOptions();
        var results = new ResultOptions(console);
        var storage = new StorageOptions();
        var command = new CliCommand("describe", "Summary statistics of columns: mean, deviation, quantiles, correlations.")
        {
            Examples = ["streaming describe flights/", "streaming describe flights/ --features distance,delay --where \"delay < 600\" --correlations"],
        };
        command.Arguments.Add(paths);
        foreach (Option option in new Option[] { features, exclude, weight, correlations })
            command.Options.Add(option);

        data.AddTo(command);
        run.AddTo(command);
        results.AddTo(command);
        storage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using FileStore store = storage.Open(parsed);
            var options = new DescriptionOptions
            {
                Features = parsed.GetValue(features) ?? [],
                Exclude = parsed.GetValue(exclude) ?? [],
                Weight = parsed.GetValue(weight),
                Correlations = parsed.GetValue(correlations),
                Workers = run.Workers(parsed),
            };
            results.Check(parsed, store, parsed.GetRequiredValue(paths));
            using BufferPool pool = run.OpenPool(parsed);
            DatasetDescription description;
            using (Dataset dataset = Dataset.Open(parsed.GetRequiredValue(paths), data.Read(parsed, store), pool))
            using (var progress = new ProgressDisplay(console))
                description = await Describer.DescribeAsync(dataset, options with { Progress = progress }, cancellation).ConfigureAwait(false);

            results.Tell(parsed, store, () => DescriptionReport.ToJson(description), to => DescriptionReport.Write(to, description));
            return ExitCode.Done;
        });
        return command;
    }
}
