namespace Streaming.Storage;

/// <summary>Bytes that are fetched by one request.</summary>
/// <param name="Source">Where from.</param>
/// <param name="Start">Where they start.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Step">Ranges of the same step are read side by side; those of later steps afterwards.</param>
/// <param name="Wanted">The pieces of it that will be read, from where to where in the source; what lies between is fetched in vain.</param>
public sealed record FetchRange(ByteRangeSource Source, long Start, int Length, int Step, IReadOnlyList<(long Start, long End)> Wanted)
{
    /// <summary>For <see cref="Times"/>: read again and again, so that it stays until its reader has moved on.</summary>
    public const int UntilPassed = int.MaxValue;

    /// <summary>How often it is read. What is not read as often stays until its reader has moved on.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Bytes that will be read.</summary>
    public long WantedBytes => WantedIn(Start, Length);

    /// <summary>Bytes of a piece that will be read.</summary>
    public long WantedIn(long start, long length)
    {
        long sum = 0;
        for (int i = 0; i < Wanted.Count; i++)
            sum += Math.Max(0, Math.Min(Wanted[i].End, start + length) - Math.Max(Wanted[i].Start, start));

        return sum;
    }
}
