using System.CommandLine;
using System.CommandLine.Parsing;

namespace Streaming.Cli.Options;

/// <summary>
/// Words behind options that are on or off. Such an option takes the word behind it only where that is <c>true</c> or <c>false</c>, so that
/// <c>--json PATH</c> reads as an option and a path; what is neither one of the two nor a path was meant for the option.
/// </summary>
static class FlagWords
{
    /// <summary>Refuses a word that was meant for an option and is no value of it.</summary>
    /// <param name="args">The arguments as they were given.</param>
    /// <param name="parsed">What they were taken for.</param>
    /// <exception cref="ArgumentException">There is such a word: names the option, what was wanted and what was found.</exception>
    public static void Check(IReadOnlyList<string> args, ParseResult parsed)
    {
        for (int i = 0; i + 1 < parsed.Tokens.Count; i++)
        {
            (Token option, Token word) = (parsed.Tokens[i], parsed.Tokens[i + 1]);
            if (!IsFlag(parsed, option) || word.Type != TokenType.Argument || bool.TryParse(word.Value, out _))
                continue;

            if (args.Contains($"{option.Value}={word.Value}") || args.Contains($"{option.Value}:{word.Value}") || !MayBePath(word.Value))
            {
                throw new ArgumentException(
                    $"Option {option.Value.TrimStart('-')}: wanted true, false, or nothing, which is true; found '{word.Value}'.");
            }
        }
    }

    static bool IsFlag(ParseResult parsed, Token token) =>
        token.Type == TokenType.Option && parsed.CommandResult.Command.Options.Any(o => o.Name == token.Value && o.ValueType == typeof(bool));

    static bool MayBePath(string word) => Path.Exists(word) || word.AsSpan().ContainsAny('*', '?') || word.Contains("://", StringComparison.Ordinal);
}
