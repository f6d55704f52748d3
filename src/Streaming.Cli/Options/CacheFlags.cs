using System.CommandLine;
using Streaming.Learning.Training;

namespace Streaming.Cli.Options;

/// <summary>The options of <c>fit</c> that keep decoded tiles for the passes that come after the first.</summary>
sealed class CacheFlags
{
    const string Auto = "auto";

    readonly Option<string?> folder = OptionKinds.Word(
        "--cache",
        "FOLDER|auto",
        "Keep decoded tiles on a local disk for later passes, and later runs over the same data with the same options; auto: in the user's cache folder, if the plan says that it pays.");

    readonly Option<long?> size = OptionKinds.Size(
        "--cache-size", "Most bytes that cached tiles may take in that folder: 50GB, 2TiB. [default: a tenth of what is free on its disk]");

    /// <summary>Offers the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(folder);
        command.Options.Add(size);
    }

    /// <summary>Where tiles are kept; null for nowhere.</summary>
    /// <exception cref="ArgumentException">A size is given, and no folder.</exception>
    public CacheOptions? Read(ParseResult parsed)
    {
        long? most = parsed.GetValue(size);
        if (parsed.GetValue(folder) is not { } path)
            return most == null ? null : throw new ArgumentException("Option cache-size: wanted the folder of the cache beside it (--cache FOLDER|auto), found none.");

        CacheOptions options = path == Auto ? CacheOptions.Auto : new CacheOptions(path);
        return options with { MostBytes = most };
    }
}
