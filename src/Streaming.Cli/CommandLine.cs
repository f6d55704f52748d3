using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Reflection;
using Streaming.Cli.Commands;
using Streaming.Cli.Options;
using Streaming.Cli.Output;

namespace Streaming.Cli;

/// <summary>The <c>streaming</c> command: from arguments to an exit code.</summary>
static class CommandLine
{
    // Column patterns and paths may begin with '@'; they must not be read as response files.
    static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs the command.</summary>
    /// <param name="args">Its arguments, without its name.</param>
    /// <param name="console">Where it writes.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The exit code, one of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandConsole console, CancellationToken cancellation = default)
    {
        try
        {
            ParseResult parsed = Root(console).Parse(args, Parsing);
            if (parsed.Action is ParseErrorAction || parsed.Action == null)
                return ReportUsage(console, parsed);

            FlagWords.Check(args, parsed);

            // Exceptions, signals and termination are handled here and in StopSignals, in one way for all commands.
            var invocation = new InvocationConfiguration
            {
                Output = console.Out,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return Failure.Report(console.Error, e, cancellation);
        }
    }

    static CliCommand Root(CommandConsole console)
    {
        var root = new CliCommand("streaming", "Trains models out of core from Parquet.")
        {
            Examples =
            [
                "streaming inspect flights/",
                "streaming fit sgd-classifier flights/ --target late --exclude delay,origin,destination --standardize --holdout 0.2 --model late.model",
                "streaming evaluate late.model flights-2002/",
                "streaming predict late.model flights-2002/ --output late.parquet --keep origin,destination",
            ],
        };
        root.Subcommands.Add(FitCommand.Create(console));
        root.Subcommands.Add(SweepCommand.Create(console));
        root.Subcommands.Add(PlanCommand.Create(console));
        root.Subcommands.Add(PredictCommand.Create(console));
        root.Subcommands.Add(EvaluateCommand.Create(console));
        root.Subcommands.Add(InspectCommand.Create(console));
        root.Subcommands.Add(DescribeCommand.Create(console));
        root.Subcommands.Add(ExportCommand.Create(console));
        root.Subcommands.Add(ConvertCommand.Create(console));
        root.Options.Add(new HelpOption { Action = new HelpWithExamples() });
        root.Options.Add(new VersionOption { Action = new PrintVersion() });
        return root;
    }

    static int ReportUsage(CommandConsole console, ParseResult parsed)
    {
        string path = CliCommand.PathOf(parsed.CommandResult);
        Command command = parsed.CommandResult.Command;

        // Where a word that names a subcommand is missing or wrong, everything behind it is an error as well; only the first one helps.
        string message = command.Subcommands.Count == 0
            ? string.Join(' ', parsed.Errors.Select(MessageOf))
            : $"Wanted '{path}' and one of {string.Join(", ", command.Subcommands.Select(c => c.Name))}; found "
                + (parsed.UnmatchedTokens is [var first, ..] ? $"'{first}'." : "nothing.");
        Failure.WriteLine(console.Error, message);
        console.Error.WriteLine($"See '{path} --help'.");
        return ExitCode.Usage;
    }

    // The parser's own words would name no values.
    static string MessageOf(ParseError error) => error.SymbolResult is OptionResult { Implicit: false, Tokens.Count: 0, Option: var option }
        ? $"Option {option.Name.TrimStart('-')}: wanted {option.HelpName}, found nothing behind it."
        : error.Message;

    sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            string version = typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            parseResult.InvocationConfiguration.Output.WriteLine($"streaming {version}");
            return ExitCode.Done;
        }
    }
}
