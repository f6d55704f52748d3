namespace Streaming.Storage;

/// <summary>The parts of one <see cref="Prefetcher"/> by where they lie in their sources. Guarded by its gate.</summary>
sealed class FetchedParts(Prefetcher owner)
{
    readonly Dictionary<ByteRangeSource, SortedList<long, FetchedPart>> bySource = [];

    /// <summary>Makes a planned part known, and the prefetcher to its source.</summary>
    public void Add(FetchedPart part)
    {
        ByteRangeSource source = part.Range.Source;
        if (!bySource.TryGetValue(source, out SortedList<long, FetchedPart>? parts))
        {
            bySource.Add(source, parts = []);
            source.Prefetcher = owner;
        }

        parts[part.Range.Start] = part;
    }

    /// <summary>Forgets a part.</summary>
    public void Remove(FetchedPart part) => bySource[part.Range.Source].Remove(part.Range.Start);

    /// <summary>Lets sources read for themselves again.</summary>
    public void LeaveSources()
    {
        foreach (ByteRangeSource source in bySource.Keys)
            source.Prefetcher = null;
    }

    /// <summary>The part in which bytes start; null where there is none.</summary>
    /// <param name="source">The source.</param>
    /// <param name="offset">Where they start.</param>
    /// <param name="length">How many are wanted.</param>
    /// <param name="count">How many of them lie in the part, or before the next one.</param>
    public FetchedPart? At(ByteRangeSource source, long offset, int length, out int count)
    {
        count = length;
        if (!bySource.TryGetValue(source, out SortedList<long, FetchedPart>? parts) || parts.Count == 0)
            return null;

        int index = IndexBefore(parts.Keys, offset);
        if (index >= 0 && parts.Values[index] is var part && offset < part.Range.Start + part.Range.Length)
        {
            count = (int)Math.Min(length, part.Range.Start + part.Range.Length - offset);
            return part;
        }

        if (index + 1 < parts.Count)
            count = (int)Math.Min(length, parts.Keys[index + 1] - offset);

        return null;
    }

    // The last start that is not behind the offset.
    static int IndexBefore(IList<long> starts, long offset)
    {
        int low = 0, high = starts.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (starts[middle] <= offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
