using System.CommandLine;
using System.CommandLine.Parsing;

namespace Streaming.Cli.Commands;

/// <summary>A command that shows in its help how it is used.</summary>
sealed class CliCommand(string name, string description) : Command(name, description)
{
    /// <summary>Command lines, ready to be typed.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>The words that lead to a command: <c>streaming fit sgd-classifier</c>.</summary>
    public static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : result.Command.Name;
}
