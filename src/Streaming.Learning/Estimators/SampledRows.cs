using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>Rows in memory, as column-major tiles that stay in the cache while k-means compares them with centres.</summary>
sealed unsafe class SampledRows : IPersistent
{
    const int TileRows = 512;
    const int Stride = TileRows + 16;

    readonly AlignedBlock<float>[] tiles;
    readonly AlignedBlock<double> weights;
    readonly AlignedBlock<int> labels;
    readonly int features;

    /// <summary>Creates rows of zeros that weigh nothing.</summary>
    public SampledRows(int count, int features)
    {
        Count = count;
        this.features = features;
        tiles = new AlignedBlock<float>[(count + TileRows - 1) / TileRows];
        for (int t = 0; t < tiles.Length; t++)
            tiles[t] = new AlignedBlock<float>(checked(Stride * features));

        weights = new AlignedBlock<double>(tiles.Length * TileRows);
        labels = new AlignedBlock<int>(TileRows);
    }

    /// <summary>Memory of that many rows.</summary>
    public static long BytesFor(long count, int features) => (count + TileRows) * (sizeof(float) * (long)features + sizeof(double));

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>Weight per row.</summary>
    public ReadOnlySpan<double> Weights => weights.Span[..Count];

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

    /// <summary>Sums the rows by their nearest centres.</summary>
    public void Sum(ClusterCenters centers, GroupSums sums)
    {
        sums.Clear();
        for (int t = 0; t < tiles.Length; t++)
        {
            int rows = Math.Min(TileRows, Count - t * TileRows);
            centers.Assign(tiles[t].Pointer, Stride, rows, labels.Pointer);
            sums.Add(tiles[t].Pointer, Stride, rows, weights.Pointer + t * TileRows, labels.Pointer);
        }
    }

    /// <summary>Squared distances of all rows to a point; <paramref name="distances"/> has room for a multiple of 512 rows.</summary>
    public void Distances(ReadOnlySpan<float> point, Span<float> distances)
    {
        fixed (float* p = point, d = distances)
        {
            for (int t = 0; t < tiles.Length; t++)
                DistanceKernel.Find(tiles[t].Pointer, Stride, features, Math.Min(TileRows, Count - t * TileRows), p, d + t * TileRows);
        }
    }

    /// <summary>
    /// What the inertia would gain in squared distance if a centre went and its rows took the next nearest, for every centre: how useful each is.
    /// </summary>
    public double[] Usefulness(ClusterCenters centers)
    {
        var useful = new double[centers.Count];
        var point = new float[features];
        float* distances = stackalloc float[TileRows], first = stackalloc float[TileRows], second = stackalloc float[TileRows];
        fixed (float* p = point)
        {
            for (int t = 0; t < tiles.Length; t++)
            {
                int rows = Math.Min(TileRows, Count - t * TileRows);
                new Span<float>(first, rows).Fill(float.PositiveInfinity);
                new Span<float>(second, rows).Fill(float.PositiveInfinity);
                for (int c = 0; c < centers.Count; c++)
                {
                    for (int j = 0; j < point.Length; j++)
                        point[j] = (float)centers[c][j];

                    DistanceKernel.Find(tiles[t].Pointer, Stride, features, rows, p, distances);
                    for (int i = 0; i < rows; i++)
                    {
                        if (distances[i] < first[i])
                            (second[i], first[i], labels.Pointer[i]) = (first[i], distances[i], c);
                        else if (distances[i] < second[i])
                            second[i] = distances[i];
                    }
                }

                for (int i = 0; i < rows; i++)
                    useful[labels.Pointer[i]] += weights.Pointer[t * TileRows + i] * ((double)second[i] - first[i]);
            }
        }

        return useful;
    }

    /// <summary>An array with room for a distance per row.</summary>
    public float[] NewDistances() => new float[tiles.Length * TileRows];
}
