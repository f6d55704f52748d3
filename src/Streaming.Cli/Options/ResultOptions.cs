using System.CommandLine;
using System.Text.Json.Nodes;
using Streaming.Cli.Output;
using Streaming.Storage;

namespace Streaming.Cli.Options;

/// <summary>The options of every command that reads rows: in which form it tells its result, and where it keeps it.</summary>
/// <param name="console">Where it is told.</param>
sealed class ResultOptions(CommandConsole console)
{
    readonly Option<bool> json = OptionKinds.Json();
    readonly Option<string?> report = OptionKinds.Word("--report", "FILE", "Keep the result in this file, too, local or s3://, as --json tells it.");

    /// <summary>Offers the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(json);
        command.Options.Add(report);
    }

    /// <summary>Where the result is kept, or null.</summary>
    public string? Report(ParseResult parsed) => parsed.GetValue(report);

    /// <summary>Finds out before a run whether its report can be written.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="store">Where files are.</param>
    /// <param name="others">Files that the run reads or writes.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="ArgumentException">It is one of the others.</exception>
    public void Check(ParseResult parsed, FileStore store, IEnumerable<string> others)
    {
        if (parsed.GetValue(report) is not { } path)
            return;

        OutputFile.RefuseOthers(path, "report", others);
        OutputFile.CheckWritable(path, store);
    }

    /// <summary>Tells a result, and keeps it where that is wanted.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="store">Where files are.</param>
    /// <param name="toJson">The result for programs.</param>
    /// <param name="write">Tells it to people.</param>
    /// <exception cref="IOException">The report can't be written.</exception>
    public void Tell(ParseResult parsed, FileStore store, Func<JsonObject> toJson, Action<CommandConsole> write)
    {
        string? path = parsed.GetValue(report);
        bool isJson = parsed.GetValue(json);
        JsonObject? told = isJson || path != null ? toJson() : null;
        if (isJson)
            JsonText.Write(console.Out, told!);
        else
            write(console);

        if (path != null)
            Save(told!, path, store);
    }

    static void Save(JsonObject json, string path, FileStore store)
    {
        try
        {
            using AtomicFile file = store.Create(path);
            using (var text = new StreamWriter(file.Stream, leaveOpen: true))
                JsonText.Write(text, json);

            file.Commit();
        }
        catch (IOException e)
        {
            throw new IOException($"The report can't be saved as '{path}': {e.Message}", e);
        }
    }
}
