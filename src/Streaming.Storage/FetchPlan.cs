namespace Streaming.Storage;

/// <summary>What is fetched ahead of a group of ranges.</summary>
/// <param name="Ranges">Those that are known beforehand, in the order of use.</param>
/// <param name="Rest">
/// Gives those that show only once the first have arrived, in the order of use; null where there are none. It may read, and so wait: it is asked on
/// a thread of its own. Where it fails nothing more is fetched ahead: whoever reads meets the same fault, and knows what it was for.
/// </param>
public sealed record FetchPlan(IReadOnlyList<FetchRange> Ranges, Func<IReadOnlyList<FetchRange>>? Rest = null);
