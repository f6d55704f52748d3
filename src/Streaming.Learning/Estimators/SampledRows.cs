using System.Runtime.CompilerServices;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Rows in memory, as column-major tiles that stay in the cache while k-means compares them with centres. Work on all rows is cut into a fixed number of parts, which
/// workers share.
/// </summary>
sealed unsafe class SampledRows : IPersistent
{
    /// <summary>Parts that work on all rows is cut into.</summary>
    public const int Parts = 8;

    const int TileRows = 512;
    const int Stride = TileRows + 16;

    // Adding a row to its sums takes as long as comparing it with about so many centres; its distance to one point as long as with this many.
    const int SumCost = 24;
    const int DistanceCost = 3;

    // Moving a row from sum to sum takes as long as adding so many.
    const int MoveCost = 4;

    readonly AlignedBlock<float>[] tiles;
    readonly AlignedBlock<double> weights;
    readonly AlignedBlock<int> labels;
    readonly AlignedBlock<float> distances;
    readonly long[] summed = new long[Parts];
    readonly int features;
    readonly Workers workers;

    /// <summary>Creates rows of zeros that weigh nothing.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="features">Features.</param>
    /// <param name="workers">Share the work on all rows.</param>
    public SampledRows(int count, int features, Workers workers)
    {
        Count = count;
        this.features = features;
        this.workers = workers;
        tiles = new AlignedBlock<float>[(count + TileRows - 1) / TileRows];
        for (int t = 0; t < tiles.Length; t++)
            tiles[t] = new AlignedBlock<float>(checked(Stride * features));

        weights = new AlignedBlock<double>(tiles.Length * TileRows);
        labels = new AlignedBlock<int>(tiles.Length * TileRows);
        distances = new AlignedBlock<float>(Parts * TileRows);
    }

    /// <summary>Memory of that many rows.</summary>
    public static long BytesFor(long count, int features) =>
        (count + TileRows) * (sizeof(float) * (long)features + sizeof(double) + sizeof(int)) + Parts * TileRows * sizeof(float);

    /// <summary>Memory of <see cref="NewGroups"/>.</summary>
    public static long GroupBytesFor(long count, int groups, int features) => SampleGroups.BytesFor(count + TileRows, Parts, TileRows, groups, features);

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>Multiplications so far, about: what stands for time where no clock may.</summary>
    public long Work { get; private set; }

    /// <summary>Weight per row.</summary>
    public ReadOnlySpan<double> Weights => weights.Span[..Count];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Set(int row, ReadOnlySpan<float> values, double weight)
    {
        float* tile = tiles[row / TileRows].Pointer + row % TileRows;
        for (int j = 0; j < features; j++)
            tile[(long)j * Stride] = values[j];

        weights.Span[row] = weight;
    }

    public void Get(int row, Span<float> values)
    {
        float* tile = tiles[row / TileRows].Pointer + row % TileRows;
        for (int j = 0; j < features; j++)
            values[j] = tile[(long)j * Stride];
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        foreach (AlignedBlock<float> tile in tiles)
            state.Values(tile.Span);

        state.Values(weights.Span);
    }

    /// <summary>Room for the sums of rows by nearest centre.</summary>
    /// <param name="groups">Most centres.</param>
    public SampleGroups NewGroups(int groups) => new(tiles.Length * TileRows, Parts, TileRows, groups, features);

    /// <summary>Sums the rows by their nearest centres.</summary>
    /// <param name="centers">The centres.</param>
    /// <param name="groups">The sums of other centres, or none; receives those of these.</param>
    public void Sum(ClusterCenters centers, SampleGroups groups)
    {
        workers.Share(Parts, part =>
        {
            int moved = 0, rowsOfPart = 0;
            for (int t = FirstTile(part); t < FirstTile(part + 1); t++)
            {
                int first = t * TileRows, rows = RowsOf(t);
                centers.Assign(tiles[t].Pointer, Stride, rows, labels.Pointer + first);
                moved += groups.CountMoved(first, labels.Pointer + first, rows);
                rowsOfPart += rows;
            }

            bool isAfresh = MoveCost * moved > rowsOfPart;
            if (isAfresh)
                groups.Clear(part);

            for (int t = FirstTile(part); t < FirstTile(part + 1); t++)
            {
                int first = t * TileRows;
                if (isAfresh)
                    groups.Add(part, tiles[t].Pointer, Stride, RowsOf(t), weights.Pointer + first, first, labels.Pointer + first);
                else
                    groups.Move(part, tiles[t].Pointer, Stride, RowsOf(t), weights.Pointer + first, first, labels.Pointer + first);
            }

            summed[part] = isAfresh ? rowsOfPart : MoveCost * moved;
        });
        Work += ((long)Count * centers.Count + SumCost * summed.Sum()) * features;
    }

    /// <summary>Squared distances of all rows to their nearest centres.</summary>
    /// <param name="centers">The centres.</param>
    /// <param name="closest">Receives them; <see cref="NewDistances"/>.</param>
    public void FindClosest(ClusterCenters centers, AlignedBlock<float> closest)
    {
        Work += (long)Count * (centers.Count + SumCost) * features;
        ForTiles((part, tile, rows, row) => centers.AssignWithDistances(tile, Stride, rows, labels.Pointer + row, closest.Pointer + row));
    }

    /// <summary>Lowers the squared distance of every row that is nearer to a point.</summary>
    public void TakeCloser(float[] point, AlignedBlock<float> closest)
    {
        Work += (long)Count * DistanceCost * features;
        ForTiles((part, tile, rows, row) => DistanceKernel.TakeCloser(FindDistances(part, tile, rows, point), closest.Pointer + row, rows));
    }

    /// <summary>What <see cref="TakeCloser"/> would leave of the inertia, Σ weight · squared distance, for each of several points.</summary>
    public double[] InertiasWith(float[][] points, AlignedBlock<float> closest)
    {
        Work += (long)Count * DistanceCost * features * points.Length;
        var inertias = new double[Parts * points.Length];
        ForTiles((part, tile, rows, row) =>
        {
            // A tile stays in the cache for all points.
            for (int p = 0; p < points.Length; p++)
            {
                inertias[part * points.Length + p] += DistanceKernel.SumOfCloser(
                    FindDistances(part, tile, rows, points[p]), closest.Pointer + row, weights.Pointer + row, rows);
            }
        });
        return Total(inertias);
    }

    /// <summary>
    /// What the inertia would gain if a centre went and its rows took the next nearest, for every centre: how useful each is.
    /// </summary>
    public double[] Usefulness(ClusterCenters centers)
    {
        Work += (long)Count * (centers.Count + DistanceCost) * features;
        var useful = new double[Parts * centers.Count];
        ForTiles((part, tile, rows, row) =>
        {
            int* nearest = labels.Pointer + row;
            float* margins = DistancesOf(part);
            centers.AssignWithMargins(tile, Stride, rows, nearest, margins);
            Span<double> ofPart = useful.AsSpan(part * centers.Count, centers.Count);
            for (int i = 0; i < rows; i++)
                ofPart[nearest[i]] += weights.Pointer[row + i] * margins[i];
        });
        return Total(useful);
    }

    /// <summary>Room for a squared distance per row; all are infinite.</summary>
    public AlignedBlock<float> NewDistances()
    {
        var all = new AlignedBlock<float>(tiles.Length * TileRows);
        all.Span.Fill(float.PositiveInfinity);
        return all;
    }

    float* DistancesOf(int part) => distances.Pointer + part * TileRows;

    float* FindDistances(int part, float* tile, int rows, float[] point)
    {
        float* found = DistancesOf(part);
        fixed (float* p = point)
            DistanceKernel.Find(tile, Stride, features, rows, p, found);

        return found;
    }

    // The sums of all parts, from those of one after the other.
    static double[] Total(double[] ofParts)
    {
        var total = new double[ofParts.Length / Parts];
        for (int i = 0; i < ofParts.Length; i++)
            total[i % total.Length] += ofParts[i];

        return total;
    }

    // A part is a run of tiles.
    int FirstTile(int part) => tiles.Length * part / Parts;

    int RowsOf(int tile) => Math.Min(TileRows, Count - tile * TileRows);

    void ForTiles(TileWork work) => workers.Share(Parts, part =>
    {
        for (int t = FirstTile(part); t < FirstTile(part + 1); t++)
            work(part, tiles[t].Pointer, RowsOf(t), t * TileRows);
    });

    delegate void TileWork(int part, float* tile, int rows, int firstRow);
}
