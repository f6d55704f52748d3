using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Streaming.Learning.Data;

namespace Streaming.Cli.Options;

/// <summary>Kinds of options and arguments, each read and refused in the same words by every command.</summary>
static class OptionKinds
{
    /// <summary>Files, folders and globs, on disk or in S3.</summary>
    public static Argument<string[]> Paths() => new("PATH")
    {
        Description = "Parquet files, folders of them, or globs ('data/**/*.parquet'), on disk or in S3 (s3://bucket/data); read in the order of their names.",
        Arity = ArgumentArity.OneOrMore,
        Validators = { RefuseOptions },
    };

    /// <summary>A saved model.</summary>
    public static Argument<string> Model() => new("MODEL")
    {
        Description = "A model that 'streaming fit' has saved.",
        Validators = { RefuseOptions },
    };

    /// <summary>One word: a column, a file.</summary>
    public static Option<string?> Word(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description, Validators = { RefuseEmpty } };

    /// <summary>The file or folder that a command is there to write, which must be given.</summary>
    public static Option<string> Output(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description, Required = true, Validators = { RefuseEmpty } };

    /// <summary>Columns, as <see cref="ColumnList"/> has them; the option may be repeated. Null when it is not given.</summary>
    public static Option<string[]?> Columns(string name, string helpName, string description) => new(name)
    {
        HelpName = helpName,
        Description = description,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var columns = new List<string>();
            foreach (string text in result.Tokens.Select(t => t.Value))
            {
                if (ColumnList.TrySplit(text, out string[] names))
                    columns.AddRange(names);
                else
                    result.AddError($"Option {name.TrimStart('-')}: wanted {helpName}, none of them empty, a name with a comma in double quotes; found '{text}'.");
            }

            return [.. columns];
        },
    };

    /// <summary>A whole number of at least 1; null when it is not given.</summary>
    public static Option<int?> Count(string name, string description) => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = result => int.TryParse(TextOf(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= 1
            ? value
            : Refuse<int>(result, name, $"a whole number from 1 to {int.MaxValue}"),
    };

    /// <summary>A whole number; null when it is not given.</summary>
    public static Option<long?> Whole(string name, string description) => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = result => long.TryParse(TextOf(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : Refuse<long>(result, name, "a whole number"),
    };

    /// <summary>A share, at least 0 and below 1; null when it is not given.</summary>
    public static Option<double?> Fraction(string name, string description) => new(name)
    {
        HelpName = "FRACTION",
        Description = description,
        CustomParser = result => double.TryParse(TextOf(result), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and < 1
            ? value
            : Refuse<double>(result, name, "a fraction of at least 0 and below 1"),
    };

    /// <summary>One of the names of an enumeration, in lower case with lines between words; null when it is not given.</summary>
    /// <param name="name">Name of the option.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="others">Values that other options have.</param>
    public static Option<T?> Choice<T>(string name, string description, params ReadOnlySpan<T> others)
        where T : struct, Enum
    {
        T[] values = [.. Enum.GetValues<T>().Except(others.ToArray())];
        string[] names = [.. values.Select(v => v.ToString()).Select(n => string.Concat(n.Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{c}" : $"{c}")).ToLowerInvariant())];
        return new(name)
        {
            HelpName = string.Join('|', names),
            Description = description,
            CustomParser = result => Array.IndexOf(names, TextOf(result).Replace('-', '_')) is >= 0 and int i
                ? values[i]
                : Refuse<T>(result, name, $"{string.Join(", ", names[..^1])} or {names[^1]}"),
        };
    }

    /// <summary>An amount of memory in bytes; null when it is not given.</summary>
    public static Option<long?> Size(string name, string description) => new(name)
    {
        HelpName = "SIZE",
        Description = description,
        CustomParser = result => ByteSize.TryParse(TextOf(result), out long bytes)
            ? bytes
            : Refuse<long>(result, name, "a size such as 512MB or 2GiB"),
    };

    /// <summary>Whether the result is to be JSON.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Write the result as one JSON object." };

    // The parser takes an option that it does not know for an argument; a misspelt option must not become a path.
    static void RefuseOptions(ArgumentResult result)
    {
        foreach (Token token in result.Tokens.Where(t => t.Value is ['-', _, ..]))
            result.AddError($"There is no option '{token.Value}' here (a path of that name is written './{token.Value}').");
    }

    // What a variable of the shell gives that is not set.
    static void RefuseEmpty(OptionResult result)
    {
        if (result.Tokens is [{ Value: "" }])
            result.AddError($"Option {result.Option.Name.TrimStart('-')}: wanted {result.Option.HelpName}, found ''.");
    }

    static string TextOf(ArgumentResult result) => result.Tokens.Single().Value;

    static T? Refuse<T>(ArgumentResult result, string name, string wanted)
        where T : struct
    {
        result.AddError($"Option {name.TrimStart('-')}: wanted {wanted}, found '{TextOf(result)}'.");
        return null;
    }
}
