using System.Runtime.InteropServices;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// A uniform sample of the rows, spread over the whole data: every row has a random number that depends on the seed and the row's
/// position only, and those with the lowest numbers are taken. So the sample does not depend on how rows are cut into tiles and
/// partitions, and no state holds more than twice as many rows as are wanted.
/// </summary>
sealed unsafe class RowSample : ISum<RowSample>
{
    readonly int features;
    readonly int wanted;
    readonly ulong key;
    ulong bound = ulong.MaxValue;
    readonly List<ulong> numbers = [];
    readonly List<float> values = [];
    readonly List<double> weights = [];

    /// <summary>Creates an empty sample.</summary>
    /// <param name="features">Features.</param>
    /// <param name="wanted">Most rows in the sample.</param>
    /// <param name="seed">Seed.</param>
    public RowSample(int features, int wanted, long seed)
    {
        this.features = features;
        this.wanted = wanted;
        key = new KeyedRandom(seed, "row sample").NextUInt64();
    }

    /// <summary>Memory of a sample that may see <paramref name="rows"/> rows; lists grow by doubling.</summary>
    public static long BytesFor(int features, int wanted, long rows) =>
        3 * Math.Min(2L * wanted, rows) * (sizeof(ulong) + sizeof(double) + sizeof(float) * (long)features) / 2;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        for (int i = 0; i < tile.RowCount; i++)
        {
            ulong number = KeyedRandom.Mix(key ^ (ulong)tile.RowIndex(i));
            if (number > bound || tile.WeightOf(i) == 0)
                continue;

            numbers.Add(number);
            weights.Add(tile.WeightOf(i));
            for (int j = 0; j < features; j++)
                values.Add(tile.Features[(long)j * tile.Stride + i]);

            if (numbers.Count >= 2 * wanted)
                KeepLowest();
        }
    }

    // How many rows there will be is not known, as some are held out or filtered. So the bound starts above all numbers, and comes down
    // to the highest that can still be among the lowest.
    void KeepLowest()
    {
        ulong[] sorted = [.. numbers];
        Array.Sort(sorted);
        bound = sorted[wanted - 1];
        int kept = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (numbers[i] > bound)
                continue;

            numbers[kept] = numbers[i];
            weights[kept] = weights[i];
            CollectionsMarshal.AsSpan(values).Slice(i * features, features).CopyTo(CollectionsMarshal.AsSpan(values)[(kept * features)..]);
            kept++;
        }

        numbers.RemoveRange(kept, numbers.Count - kept);
        weights.RemoveRange(kept, weights.Count - kept);
        values.RemoveRange(kept * features, values.Count - kept * features);
    }

    /// <inheritdoc/>
    public void Merge(RowSample other)
    {
        numbers.AddRange(other.numbers);
        weights.AddRange(other.weights);
        values.AddRange(other.values);
        if (numbers.Count >= 2 * wanted)
            KeepLowest();
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref bound);
        state.List(numbers);
        state.List(values);
        state.List(weights);
    }

    /// <summary>The sampled rows, in the order of their random numbers.</summary>
    public SampledRows ToRows()
    {
        int[] order = [.. Enumerable.Range(0, numbers.Count)];
        Array.Sort([.. numbers], order);
        int count = Math.Min(wanted, order.Length);
        var rows = new SampledRows(count, features);
        for (int i = 0; i < count; i++)
            rows.Set(i, CollectionsMarshal.AsSpan(values).Slice(order[i] * features, features), weights[order[i]]);

        return rows;
    }
}
