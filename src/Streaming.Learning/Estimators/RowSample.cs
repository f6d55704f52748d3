using System.Runtime.CompilerServices;
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
/// for as many as the chance that it was taken with stands for. The sample does not depend on how rows are cut into tiles and partitions;
/// it holds up to half as many rows more than are wanted before it drops those that are not among the lowest.
/// </summary>
sealed class RowSample : IPersistent
{
    const double NumbersPerUnit = 18446744073709551616.0;

    readonly int features;
    readonly int uniform;
    readonly int far;
    readonly ClusterCenters? centers;
    readonly ulong key;
    readonly NumberedRows rows;
    ulong uniformBound = ulong.MaxValue;
    double farBound = double.PositiveInfinity;

    /// <summary>Creates an empty sample.</summary>
    /// <param name="features">Features.</param>
    /// <param name="uniform">Rows to take at equal chances.</param>
    /// <param name="far">Rows to take by weight and squared distance.</param>
    /// <param name="most">Most rows that can come.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="round">Number of the sample among those of a run.</param>
    /// <param name="centers">What distance is meant from; null: from where the tiles have their zero, which is near the data.</param>
    public RowSample(int features, int uniform, int far, long most, long seed, int round = 0, ClusterCenters? centers = null)
    {
        this.features = features;
        this.uniform = uniform;
        this.far = far;
        this.centers = centers;
        key = new KeyedRandom(seed, "row sample", round).NextUInt64();
        rows = new NumberedRows(features, (int)Math.Min(MostHeld(uniform + far), most));
    }

    /// <summary>Memory of a sample, if <paramref name="most"/> rows can come: those it holds, and what it sorts them by.</summary>
    public static long BytesFor(int features, int wanted, long most) =>
        NumberedRows.BytesFor(Math.Min(MostHeld(wanted), most), features) + (sizeof(ulong) + sizeof(int)) * Math.Min(MostHeld(wanted), most);

    /// <summary>Picks the rows of a tile that may be among the sample. Changes nothing here, so tiles can be picked from side by side.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="distances">Finds squared distances.</param>
    /// <param name="picked">Receives the rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pick(RowBatch tile, TileDistances distances, NumberedRows picked)
    {
        picked.Clear();
        ReadOnlySpan<float> squared = far > 0 ? distances.Find(tile, centers) : default;
        for (int i = 0; i < tile.RowCount; i++)
        {
            ulong number = KeyedRandom.Mix(key ^ (ulong)tile.RowIndex(i));
            double weight = tile.WeightOf(i);
            double distance = far > 0 ? weight * squared[i] : 0;
            if (weight > 0 && (number <= uniformBound || number / distance <= farBound))
                picked.Add(tile, i, number, distance);
        }
    }

    /// <summary>Takes picked rows in.</summary>
    public void Take(NumberedRows picked)
    {
        if (rows.Count + picked.Count > MostHeld(uniform + far))
        {
            SetBounds();
            rows.Keep(i => rows.Numbers[i] <= uniformBound || rows.Numbers[i] / rows.Distances[i] <= farBound);
        }

        rows.Add(picked);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref uniformBound);
        state.Value(ref farBound);
        rows.Persist(state);
    }

    /// <summary>The sampled rows, in the order of their random numbers, with the weight of the rows that they stand for.</summary>
    public SampledRows ToRows(Workers workers)
    {
        SetBounds();
        int[] order = [.. Enumerable.Range(0, rows.Count).Where(i => rows.Numbers[i] < uniformBound || rows.Numbers[i] / rows.Distances[i] < farBound)];
        Array.Sort([.. order.Select(i => rows.Numbers[i])], order);
        var sampled = new SampledRows(order.Length, features, workers);
        for (int i = 0; i < order.Length; i++)
        {
            int row = order[i];
            double chance = Math.Max(
                uniformBound == ulong.MaxValue ? 1 : uniformBound / NumbersPerUnit,
                rows.Distances[row] > 0 ? farBound * rows.Distances[row] / NumbersPerUnit : 0);
            sampled.Set(i, rows.Values(row), rows.Weights[row] / Math.Min(chance, 1));
        }

        return sampled;
    }

    static long MostHeld(int wanted) => 3L * wanted / 2;

    // How many rows there will be is not known, as some are held out or filtered. So the bounds start above all numbers, and come down
    // to the first that is not among the lowest.
    void SetBounds()
    {
        if (uniform == 0)
            uniformBound = 0;
        else if (rows.Count > uniform)
            uniformBound = Selection.Ranked<ulong>(rows.Numbers.ToArray(), uniform);

        if (far == 0)
        {
            farBound = 0;
            return;
        }

        if (rows.Count <= far)
            return;

        var keys = new double[rows.Count];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = rows.Numbers[i] / rows.Distances[i];

        farBound = Selection.Ranked<double>(keys, far);
    }
}
