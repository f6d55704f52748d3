using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>Squared distances of rows to one point in float32, a lane per row; differences first, so nothing cancels.</summary>
static unsafe class DistanceKernel
{
    /// <summary>Computes the squared distances.</summary>
    /// <param name="columns">Column-major rows; read up to a multiple of 32.</param>
    /// <param name="stride">Floats from one column to the next.</param>
    /// <param name="features">Columns.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="point">The point; length: features.</param>
    /// <param name="distances">Receives a squared distance per row; written up to a multiple of 32.</param>
    public static void Find(float* columns, long stride, int features, int rows, float* point, float* distances)
    {
        for (int i = 0; i < rows; i += 32)
        {
            Vector512<float> a = default, b = default;
            float* column = columns + i;
            for (int j = 0; j < features; j++)
            {
                Vector512<float> c = Vector512.Create(point[j]);
                Vector512<float> da = Vector512.Load(column) - c, db = Vector512.Load(column + 16) - c;
                a = Vector512.FusedMultiplyAdd(da, da, a);
                b = Vector512.FusedMultiplyAdd(db, db, b);
                column += stride;
            }

            a.Store(distances + i);
            b.Store(distances + i + 16);
        }
    }
}
