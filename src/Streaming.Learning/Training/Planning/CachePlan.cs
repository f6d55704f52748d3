namespace Streaming.Learning.Training.Planning;

/// <summary>Whether a run caches the tiles of its passes of learning, and why; from the footers alone.</summary>
/// <param name="Folder">Where the tiles would be.</param>
/// <param name="IsUsed">Whether they are cached.</param>
/// <param name="Reason">Why, or why not.</param>
/// <param name="Bytes">Most bytes that they come to; columns of few values take a quarter or less of that.</param>
/// <param name="MostBytes">Bytes that they may take, with what is in the folder already; partitions beyond that are decoded in every pass.</param>
/// <param name="Passes">Passes that read the same tiles, at least.</param>
/// <param name="Decoding">About how long one thread takes to read and decode them once.</param>
/// <param name="Reading">About how long it takes to read them from the cache.</param>
public sealed record CachePlan(
    string Folder, bool IsUsed, string Reason, long Bytes, long MostBytes, int Passes, TimeSpan Decoding, TimeSpan Reading);
