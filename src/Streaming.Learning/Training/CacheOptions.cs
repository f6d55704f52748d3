using Streaming.Learning.Training.Caching;

namespace Streaming.Learning.Training;

/// <summary>
/// Where the tiles that a pass has decoded are kept for the passes that come after it, and for later runs over the same data with the same options. The model
/// does not depend on it; the files may be deleted at any time.
/// </summary>
/// <param name="Folder">A folder on a local disk, which several runs may share; made when it is missing.</param>
public sealed record CacheOptions(string Folder)
{
    /// <summary>Tiles in the user's folder for such things (<c>$XDG_CACHE_HOME/streaming/tiles</c>, <c>~/.cache/streaming/tiles</c>), where the plan says that it pays.</summary>
    public static CacheOptions Auto => new(CacheFolder.DefaultPath) { OnlyIfItPays = true };

    /// <summary>Whether nothing is cached where decoding is likely to be as fast. Default: false, whatever is read twice is cached.</summary>
    public bool OnlyIfItPays { get; init; }

    /// <summary>Most bytes that cached tiles may take in the folder, older ones included; these go first. Default: a tenth of what is free on its disk.</summary>
    public long? MostBytes { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(Folder))
            throw new ArgumentException("Option cache: wanted a folder or auto, found nothing.");

        if (Folder.StartsWith("s3://", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"Option cache: wanted a folder on a local disk, which is faster than S3, found '{Folder}'.");

        if (MostBytes < 1)
            throw new ArgumentException($"Option cache-size: wanted at least one byte, found {MostBytes}.");
    }
}
