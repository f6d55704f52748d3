using System.CommandLine;
using Streaming.Learning.Training;
using Streaming.Storage;

namespace Streaming.Cli.Options;

/// <summary>The options of <c>fit</c> that write a run down and take it up again.</summary>
sealed class CheckpointFlags
{
    readonly Option<string?> folder = OptionKinds.Word(
        "--checkpoint", "FOLDER", "Write down now and then how far the run is, so that it can be resumed; what is written is removed when the model is saved.");

    readonly Option<CheckpointInterval?> every = new("--checkpoint-every")
    {
        HelpName = "TIME|ROWS",
        Description = "How often: a time (30s, 5m, 1h) or a number of rows (1000000, 10M). [default: 60s]",
        CustomParser = result =>
        {
            string text = result.Tokens.Single().Value;
            if (IntervalText.Parse(text) is { } interval)
                return interval;

            result.AddError($"Option checkpoint-every: wanted a time such as 30s or 5m, or a number of rows such as 1000000 or 10M, found '{text}'.");
            return null;
        },
    };

    readonly Option<bool> resume = new("--resume")
    {
        Description = "Go on from the newest checkpoint in the folder; data and options must be as they were, but for --workers and --memory.",
    };

    /// <summary>Offers the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(folder);
        command.Options.Add(every);
        command.Options.Add(resume);
    }

    /// <summary>Where and when the run is written down; null for nowhere.</summary>
    /// <exception cref="ArgumentException">An option is given that wants a folder, and no folder.</exception>
    public CheckpointOptions? Read(ParseResult parsed, FileStore store)
    {
        CheckpointInterval? interval = parsed.GetValue(every);
        if (parsed.GetValue(folder) is not { } path)
        {
            string? alone = parsed.GetValue(resume) ? "resume" : interval != null ? "checkpoint-every" : null;
            return alone == null ? null : throw new ArgumentException($"Option {alone}: wanted the folder of the checkpoints beside it (--checkpoint FOLDER), found none.");
        }

        var options = new CheckpointOptions(path) { Store = store, Resume = parsed.GetValue(resume) };
        return interval == null ? options : options with { Every = interval };
    }
}
