using System.Runtime.InteropServices;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>
/// A uniform sample of the rows, spread over the whole data: every row has a random number that depends on the seed and the row's
/// position only, and those with the lowest numbers are taken. So the sample does not depend on how rows are cut into tiles and
/// partitions, and every state holds only about its share of it.
/// </summary>
sealed unsafe class RowSample : ISum<RowSample>
{
    // Rows may be held out or rejected: twice as many as wanted are collected, so that half of them may be missing.
    const double Reserve = 2;

    readonly int features;
    readonly int wanted;
    readonly ulong key;
    readonly ulong bound;
    readonly List<ulong> numbers = [];
    readonly List<float> values = [];
    readonly List<double> weights = [];

    /// <summary>Creates an empty sample.</summary>
    /// <param name="features">Features.</param>
    /// <param name="wanted">Most rows in the sample.</param>
    /// <param name="rowCount">Rows in the data.</param>
    /// <param name="seed">Seed.</param>
    public RowSample(int features, int wanted, long rowCount, long seed)
    {
        this.features = features;
        this.wanted = wanted;
        key = new KeyedRandom(seed, "row sample").NextUInt64();
        double share = Reserve * wanted / rowCount;
        bound = share < 1 ? (ulong)(share * Math.Pow(2, 64)) : ulong.MaxValue;
    }

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
        }
    }

    /// <inheritdoc/>
    public void Merge(RowSample other)
    {
        numbers.AddRange(other.numbers);
        weights.AddRange(other.weights);
        values.AddRange(other.values);
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
