using System.Numerics;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Data;

/// <summary>
/// Quantiles of any number of values in fixed memory: the sketch of Karnin, Lang and Liberty, "Optimal quantile approximation in
/// streams" (FOCS 2016). Values stand in levels; one on level h counts 2^h. A level that is full is sorted, and every other value of it,
/// beginning with the first or the second by a coin, goes up a level, into what is sorted there. So what lies below any point keeps its weight but for one
/// value's, as often too much as too little.
/// <code>
/// level      3        2        1        0          capacity: k at the top, 2/3 of the level above at the others
///       [ k = 2048 ][ 1366 ][  911 ][  608 ] …     about 3 k values in all
/// </code>
/// Values that count once wait until there is a block of them, which is sorted at once; only levels with values of other weights are sorted later.
/// Weights are taken as sums of powers of two, eight digits of each, the rest by a coin: so they may be any positive numbers (Ivkin et
/// al., "Streaming quantiles algorithms with small space and update time", 2019). Coins come from <see cref="KeyedRandom"/>, so the
/// same values in the same order and merges give the same sketch. Up to k values nothing goes up a level, and all answers are exact.
/// </summary>
public sealed class QuantileSketch : IPersistent
{
    /// <summary>Values on the top level unless another number is asked for.</summary>
    public const int DefaultK = 2048;

    const double Shrink = 2.0 / 3;
    const int LeastCapacity = 8;
    const int WeightDigits = 8;

    // A block is a power of two and at most this share of k.
    const int BlockShare = 4;

    // Where blocks are sorted: one thread sorts one at a time.
    [ThreadStatic]
    static long[]? room;

    readonly int k;

    // Values that count once and are on no level yet, as keys.
    readonly long[] fresh;
    int freshCount;

    // From the lowest level on; the lowest counts 2^bottom.
    readonly List<SketchLevel> levels = [];

    // What a level holds, by how far it is below the top.
    readonly List<int> capacities = [];
    int bottom;
    int held;
    int capacity;
    long coins;
    double weight;
    double minimum = double.PositiveInfinity;
    double maximum = double.NegativeInfinity;
    bool hasWeights;
    bool isExact = true;

    /// <summary>Creates an empty sketch.</summary>
    /// <param name="k">Values on the top level, at least 8; the rank error falls as <see cref="RankErrorOf"/> says, memory is 26 k bytes.</param>
    public QuantileSketch(int k = DefaultK)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, LeastCapacity);
        this.k = k;
        fresh = new long[BlockLength(k)];
    }

    /// <summary>Weight of all values; their number where they have no weights.</summary>
    public double Weight => weight;

    /// <summary>Smallest value, exact; +∞ without values.</summary>
    public double Minimum => Math.Min(minimum, freshCount == 0 ? double.PositiveInfinity : SketchLevel.ValueOf(Fresh.Min()));

    /// <summary>Largest value, exact; -∞ without values.</summary>
    public double Maximum => Math.Max(maximum, freshCount == 0 ? double.NegativeInfinity : SketchLevel.ValueOf(Fresh.Max()));

    /// <summary>Whether nothing has been left out yet, so that all answers are exact.</summary>
    public bool IsExact => isExact;

    /// <summary>
    /// How far the rank of an answer is from the rank asked for, as a share of all values, in 99 of 100 cases at most: 2.296 / k^0.9021, as
    /// Apache DataSketches measured for this sketch. 0.24 % for k = 2048.
    /// </summary>
    public static double RankErrorOf(int k) => 2.296 / Math.Pow(k, 0.9021);

    /// <summary>Memory of a full sketch.</summary>
    public static long BytesFor(int k) => sizeof(double) * (3L * k + BlockLength(k));

    /// <summary>Adds values that count once each; NaN is no value.</summary>
    public void Add(ReadOnlySpan<double> values)
    {
        long added = 0;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
                continue;

            added++;
            AddFresh(SketchLevel.KeyOf(value));
        }

        weight += added;
    }

    /// <summary>Adds a value of a weight; one of weight 0 is none, and neither is NaN.</summary>
    /// <param name="value">The value.</param>
    /// <param name="valueWeight">Its weight: finite, at least 0.</param>
    public void Add(double value, double valueWeight)
    {
        if (double.IsNaN(value) || valueWeight == 0)
            return;

        hasWeights |= valueWeight != 1;
        weight += valueWeight;

        // Digits beyond the last that is taken are worth it or nothing, in proportion.
        int last = Math.ILogB(valueWeight) - WeightDigits + 1;
        double digits = Math.ScaleB(valueWeight, -last);
        ulong whole = (ulong)digits;
        if (digits > whole)
        {
            isExact = false;
            whole += NextCoin().NextDouble() < digits - whole ? 1UL : 0;
        }

        for (; whole > 0; whole >>= 1, last++)
        {
            if ((whole & 1) != 0)
                Put(last, value);
        }
    }

    /// <summary>Adds the values of another sketch of the same k.</summary>
    public void Merge(QuantileSketch other)
    {
        weight += other.weight;
        minimum = Math.Min(minimum, other.minimum);
        maximum = Math.Max(maximum, other.maximum);
        hasWeights |= other.hasWeights;
        isExact &= other.isExact;
        coins += other.coins;
        for (int level = 0; level < other.levels.Count; level++)
        {
            if (other.levels[level].Count == 0)
                continue;

            LevelOf(other.bottom + level).AddAll(other.levels[level]);
            held += other.levels[level].Count;
        }

        Compress();
        foreach (long key in other.Fresh)
            AddFresh(key);
    }

    /// <summary>
    /// The value below which a share of the weight lies; NaN without values. Between neighbouring values it is interpolated as numpy's
    /// default method does, unless values have weights: then it is the first value at which the share is reached.
    /// </summary>
    /// <param name="share">From 0, the smallest value, to 1, the largest.</param>
    public double Quantile(double share) => Quantiles([share])[0];

    /// <summary>The quantiles of several shares.</summary>
    public double[] Quantiles(ReadOnlySpan<double> shares)
    {
        (double[] values, double[] ends) = Sorted();
        var found = new double[shares.Length];
        for (int i = 0; i < found.Length; i++)
            found[i] = values.Length == 0 ? double.NaN : At(shares[i], values, ends);

        return found;
    }

    /// <summary>The share of the weight that lies at or below <paramref name="value"/>; NaN without values.</summary>
    public double Rank(double value)
    {
        (double[] values, double[] ends) = Sorted();
        int index = Array.BinarySearch(values, value);
        if (index >= 0)
        {
            while (index + 1 < values.Length && values[index + 1] == value)
                index++;
        }
        else
        {
            index = ~index - 1;
        }

        return values.Length == 0 ? double.NaN : index < 0 ? 0 : ends[index] / ends[^1];
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        int count = levels.Count;
        state.Value(ref count);
        state.Value(ref bottom);
        state.Value(ref coins);
        state.Value(ref weight);
        state.Value(ref minimum);
        state.Value(ref maximum);
        state.Value(ref hasWeights);
        state.Value(ref isExact);
        state.Value(ref freshCount);
        if (state.IsReading)
        {
            if ((uint)freshCount >= (uint)fresh.Length)
                throw new StateException($"wanted fewer than {fresh.Length} values in front of a sketch's levels, found {freshCount}.");

            levels.Clear();
            levels.AddRange(Enumerable.Range(0, count).Select(_ => new SketchLevel()));
        }

        state.Values(Fresh.AsSpan());
        foreach (SketchLevel level in levels)
            level.Persist(state);

        held = levels.Sum(l => l.Count);
        capacity = CapacityOf(levels.Count);
    }

    double At(double share, double[] values, double[] ends)
    {
        if (share <= 0)
            return Minimum;

        if (share >= 1)
            return Maximum;

        // A value of weight w that stands for w values of weight 1 has the places from its start to its end less one.
        double place = hasWeights ? share * ends[^1] : share * (ends[^1] - 1) + 1;
        int index = Array.BinarySearch(ends, place);
        index = index >= 0 ? index : Math.Min(~index, ends.Length - 1);
        double start = index > 0 ? ends[index - 1] : 0, into = place - start;
        return hasWeights || into >= 1 || index == 0 ? values[index] : values[index - 1] + into * (values[index] - values[index - 1]);
    }

    /// <summary>The values held in ascending order, and the weight up to and with each.</summary>
    (double[] Values, double[] Ends) Sorted()
    {
        var values = new double[held + freshCount];
        var ends = new double[values.Length];
        int next = 0;
        for (int level = 0; level < levels.Count; level++)
        {
            foreach (long key in levels[level].Keys)
                (values[next], ends[next++]) = (SketchLevel.ValueOf(key), Math.ScaleB(1, bottom + level));
        }

        foreach (long key in Fresh)
            (values[next], ends[next++]) = (SketchLevel.ValueOf(key), 1);

        Array.Sort(values, ends);
        for (int i = 1; i < ends.Length; i++)
            ends[i] += ends[i - 1];

        return (values, ends);
    }

    ArraySegment<long> Fresh => new(fresh, 0, freshCount);

    void AddFresh(long key)
    {
        fresh[freshCount++] = key;
        if (freshCount == fresh.Length)
            TakeFresh();
    }

    void TakeFresh()
    {
        if (room == null || room.Length < fresh.Length)
            room = new long[Math.Max(fresh.Length, BlockLength(DefaultK))];

        BlockSort.Sort(fresh, room);
        minimum = Math.Min(minimum, SketchLevel.ValueOf(fresh[0]));
        maximum = Math.Max(maximum, SketchLevel.ValueOf(fresh[^1]));
        LevelOf(0).AddRun(fresh);
        held += fresh.Length;
        freshCount = 0;
        Compress();
    }

    void Put(int exponent, double value)
    {
        minimum = Math.Min(minimum, value);
        maximum = Math.Max(maximum, value);
        LevelOf(exponent).Add(SketchLevel.KeyOf(value));
        if (++held > capacity)
            Compress();
    }

    SketchLevel LevelOf(int exponent)
    {
        int before = levels.Count;
        if (before == 0)
            bottom = exponent;

        while (exponent < bottom)
        {
            levels.Insert(0, new SketchLevel());
            bottom--;
        }

        while (exponent >= bottom + levels.Count)
            levels.Add(new SketchLevel());

        if (levels.Count != before)
            capacity = CapacityOf(levels.Count);

        return levels[exponent - bottom];
    }

    void Compress()
    {
        while (held > capacity)
        {
            int level = 0;
            while (levels[level].Count < CapacityAt(levels.Count - 1 - level))
                level++;

            isExact = false;
            SketchLevel above = LevelOf(bottom + level + 1);
            held -= levels[level].GoUp(above, (int)(NextCoin().NextUInt64() & 1));
        }
    }

    KeyedRandom NextCoin() => new(0, "quantile sketch", coins++);

    int CapacityOf(int count) => Enumerable.Range(0, count).Sum(CapacityAt);

    int CapacityAt(int depth)
    {
        while (capacities.Count <= depth)
            capacities.Add(Math.Max(LeastCapacity, (int)Math.Ceiling(k * Math.Pow(Shrink, capacities.Count))));

        return capacities[depth];
    }

    static int BlockLength(int k) => 1 << BitOperations.Log2((uint)k / BlockShare);
}
