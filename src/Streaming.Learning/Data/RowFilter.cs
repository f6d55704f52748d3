using Streaming.Learning.Numerics;

namespace Streaming.Learning.Data;

/// <summary>Which rows of a dataset a pass sees.</summary>
public enum RowShare
{
    /// <summary>All rows.</summary>
    All,

    /// <summary>The rows that are not held out.</summary>
    Training,

    /// <summary>The held-out rows.</summary>
    Holdout,
}

/// <summary>
/// Holds rows out for scoring by a hash of their position in the dataset: the same rows in every pass and at any worker count.
/// </summary>
/// <param name="Share">Which side of the split is kept.</param>
/// <param name="HoldoutFraction">Share of rows held out, in [0, 1).</param>
/// <param name="Seed">Seed of the split.</param>
public sealed record RowFilter(RowShare Share, double HoldoutFraction, long Seed)
{
    readonly ulong key = new KeyedRandom(Seed, "holdout").NextUInt64();
    readonly ulong threshold = (ulong)(HoldoutFraction * (1UL << 53)) << 11;

    /// <summary>Keeps every row.</summary>
    public static RowFilter None { get; } = new(RowShare.All, 0, 0);

    /// <summary>Whether the filter can leave rows out at all.</summary>
    public bool IsActive => Share != RowShare.All && HoldoutFraction > 0;

    /// <summary>Whether the row at a position of the dataset is kept.</summary>
    public bool Keeps(long row)
    {
        bool heldOut = KeyedRandom.Mix(key ^ (ulong)row * 0x9E3779B97F4A7C15) < threshold;
        return heldOut == (Share == RowShare.Holdout);
    }
}
