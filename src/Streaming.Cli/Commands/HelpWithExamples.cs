using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Streaming.Cli.Commands;

/// <summary>The usual help, and below it the examples of the command.</summary>
sealed class HelpWithExamples : SynchronousCommandLineAction
{
    readonly HelpAction help = new();

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is CliCommand { Examples.Count: > 0 } command)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(command.Examples.Count == 1 ? "Example:" : "Examples:");
            foreach (string example in command.Examples)
                output.WriteLine("  " + example);

            output.WriteLine();
        }

        return code;
    }
}
