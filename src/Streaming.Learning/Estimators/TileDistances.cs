using Streaming.Learning.Data;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>Squared distances of a tile's rows to where tiles have their zero, or to the nearest of centres.</summary>
/// <param name="features">Features.</param>
/// <param name="batchSize">Most rows per tile.</param>
sealed unsafe class TileDistances(int features, int batchSize)
{
    readonly AlignedBlock<float> distances = new(Padded(batchSize));
    readonly AlignedBlock<int> labels = new(Padded(batchSize));
    readonly float[] origin = new float[features];

    /// <summary>Memory for a tile's distances.</summary>
    public static long BytesFor(int batchSize) => (sizeof(float) + sizeof(int)) * (long)Padded(batchSize);

    /// <summary>Finds the distances.</summary>
    /// <param name="tile">The rows.</param>
    /// <param name="centers">The centres; null: the tiles' zero.</param>
    /// <returns>A squared distance per row, until the next call.</returns>
    public ReadOnlySpan<float> Find(RowBatch tile, ClusterCenters? centers)
    {
        if (centers == null)
        {
            fixed (float* zero = origin)
                DistanceKernel.Find(tile.Features, tile.Stride, features, tile.RowCount, zero, distances.Pointer);
        }
        else
        {
            FindNearest(tile, centers);
        }

        return distances.Span[..tile.RowCount];
    }

    void FindNearest(RowBatch tile, ClusterCenters centers)
    {
        centers.Assign(tile.Features, tile.Stride, tile.RowCount, labels.Pointer);
        for (int i = 0; i < tile.RowCount; i++)
        {
            ReadOnlySpan<double> center = centers[labels.Pointer[i]];
            double square = 0;
            for (int j = 0; j < features; j++)
            {
                double difference = tile.Features[(long)j * tile.Stride + i] - center[j];
                square += difference * difference;
            }

            distances.Pointer[i] = (float)square;
        }
    }

    static int Padded(int rows) => (rows + NearestKernel.Rows - 1) / NearestKernel.Rows * NearestKernel.Rows;
}
