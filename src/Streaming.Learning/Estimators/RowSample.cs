using System.Runtime.InteropServices;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// A sample of the rows, spread over the whole data: every row has a random number that depends on the seed and the row's position
/// only, and those with the lowest numbers are taken. Rows can also be taken with a chance by their weight and squared distance from
/// a point or centres, with the number divided by that (priority sampling; Duffield, Lund, Thorup 2007): few rows far away decide where centres must stand, and a
/// uniform sample misses them (Bachem, Lucic, Krause, "Scalable k-means clustering via lightweight coresets", 2018). Each row counts
/// for as many as the chance that it was taken with stands for. The sample does not depend on how rows are cut into tiles and partitions, and
/// no state holds more than twice as many rows as are wanted.
/// </summary>
sealed unsafe class RowSample : ISum<RowSample>
{
    const double NumbersPerUnit = 18446744073709551616.0;

    readonly int features;
    readonly int uniform;
    readonly int far;
    readonly ClusterCenters? centers;
    readonly ulong key;
    readonly List<ulong> numbers = [];
    readonly List<double> distances = [];
    readonly List<float> values = [];
    readonly List<double> weights = [];
    readonly float[] origin;
    ulong uniformBound = ulong.MaxValue;
    double farBound = double.PositiveInfinity;
    AlignedBlock<float>? tileDistances;
    AlignedBlock<int>? labels;

    /// <summary>Creates an empty sample.</summary>
    /// <param name="features">Features.</param>
    /// <param name="uniform">Rows to take at equal chances.</param>
    /// <param name="far">Rows to take by weight and squared distance.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="round">Number of the sample among those of a run.</param>
    /// <param name="centers">What distance is meant from; null: from where the tiles have their zero, which is near the data.</param>
    public RowSample(int features, int uniform, int far, long seed, int round = 0, ClusterCenters? centers = null)
    {
        this.features = features;
        this.uniform = uniform;
        this.far = far;
        this.centers = centers;
        key = new KeyedRandom(seed, "row sample", round).NextUInt64();
        origin = new float[features];
    }

    /// <summary>Memory of a sample that may see <paramref name="rows"/> rows; lists grow by doubling.</summary>
    public static long BytesFor(int features, int wanted, long rows) =>
        3 * Math.Min(2L * wanted, rows) * (sizeof(ulong) + 2 * sizeof(double) + sizeof(float) * (long)features) / 2;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        if (far > 0)
            Measure(tile);

        for (int i = 0; i < tile.RowCount; i++)
        {
            ulong number = KeyedRandom.Mix(key ^ (ulong)tile.RowIndex(i));
            double weight = tile.WeightOf(i);
            double distance = far > 0 ? weight * tileDistances!.Pointer[i] : 0;
            if (weight == 0 || (number > uniformBound && !(number / distance <= farBound)))
                continue;

            numbers.Add(number);
            distances.Add(distance);
            weights.Add(weight);
            for (int j = 0; j < features; j++)
                values.Add(tile.Features[(long)j * tile.Stride + i]);

            if (numbers.Count >= 2 * (uniform + far + 1))
                KeepLowest();
        }
    }

    /// <inheritdoc/>
    public void Merge(RowSample other)
    {
        numbers.AddRange(other.numbers);
        distances.AddRange(other.distances);
        weights.AddRange(other.weights);
        values.AddRange(other.values);
        if (numbers.Count >= 2 * (uniform + far + 1))
            KeepLowest();
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref uniformBound);
        state.Value(ref farBound);
        state.List(numbers);
        state.List(distances);
        state.List(values);
        state.List(weights);
    }

    /// <summary>The sampled rows, in the order of their random numbers, with the weight of the rows that they stand for.</summary>
    public SampledRows ToRows()
    {
        SetBounds();
        int[] order = [.. Enumerable.Range(0, numbers.Count).Where(IsBelow)];
        Array.Sort([.. order.Select(i => numbers[i])], order);
        var rows = new SampledRows(order.Length, features);
        for (int i = 0; i < order.Length; i++)
        {
            int row = order[i];
            double chance = Math.Max(
                uniformBound == ulong.MaxValue ? 1 : uniformBound / NumbersPerUnit,
                distances[row] > 0 ? farBound * distances[row] / NumbersPerUnit : 0);
            rows.Set(i, CollectionsMarshal.AsSpan(values).Slice(row * features, features), weights[row] / Math.Min(chance, 1));
        }

        return rows;
    }

    bool IsBelow(int row) => numbers[row] < uniformBound || numbers[row] / distances[row] < farBound;

    // Squared distances of a tile's rows.
    void Measure(RowBatch tile)
    {
        int padded = (tile.RowCount + NearestKernel.Rows - 1) / NearestKernel.Rows * NearestKernel.Rows;
        if (tileDistances == null || tileDistances.Length < padded)
        {
            tileDistances = new AlignedBlock<float>(padded);
            labels = new AlignedBlock<int>(padded);
        }

        if (centers == null)
        {
            fixed (float* zero = origin)
                DistanceKernel.Find(tile.Features, tile.Stride, features, tile.RowCount, zero, tileDistances.Pointer);

            return;
        }

        centers.Assign(tile.Features, tile.Stride, tile.RowCount, labels!.Pointer);
        for (int i = 0; i < tile.RowCount; i++)
        {
            ReadOnlySpan<double> center = centers[labels.Pointer[i]];
            double square = 0;
            for (int j = 0; j < features; j++)
            {
                double difference = tile.Features[(long)j * tile.Stride + i] - center[j];
                square += difference * difference;
            }

            tileDistances.Pointer[i] = (float)square;
        }
    }

    // How many rows there will be is not known, as some are held out or filtered. So the bounds start above all numbers, and come down
    // to the first that is not among the lowest.
    void SetBounds()
    {
        ulong[] sorted = [.. numbers];
        Array.Sort(sorted);
        if (sorted.Length > uniform)
            uniformBound = uniform == 0 ? 0 : sorted[uniform];

        double[] keys = far == 0 ? [] : [.. numbers.Select((n, i) => n / distances[i])];
        Array.Sort(keys);
        if (far == 0 || keys.Length > far)
            farBound = far == 0 ? 0 : keys[far];
    }

    void KeepLowest()
    {
        SetBounds();
        int kept = 0;
        for (int i = 0; i < numbers.Count; i++)
        {
            if (numbers[i] > uniformBound && !(numbers[i] / distances[i] <= farBound))
                continue;

            numbers[kept] = numbers[i];
            distances[kept] = distances[i];
            weights[kept] = weights[i];
            CollectionsMarshal.AsSpan(values).Slice(i * features, features).CopyTo(CollectionsMarshal.AsSpan(values)[(kept * features)..]);
            kept++;
        }

        numbers.RemoveRange(kept, numbers.Count - kept);
        distances.RemoveRange(kept, distances.Count - kept);
        weights.RemoveRange(kept, weights.Count - kept);
        values.RemoveRange(kept * features, values.Count - kept * features);
    }
}
