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
            centers.AssignWithDistances(tile.Features, tile.Stride, tile.RowCount, labels.Pointer, distances.Pointer);
        }

        return distances.Span[..tile.RowCount];
    }

    static int Padded(int rows) => (rows + NearestKernel.Rows - 1) / NearestKernel.Rows * NearestKernel.Rows;
}
