using System.Runtime.CompilerServices;
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    /// <summary>Lowers the squared distances that are above others: to ← min(from, to).</summary>
    /// <param name="from">Squared distances.</param>
    /// <param name="to">Others; both read, and these written, up to a multiple of 16.</param>
    /// <param name="rows">Rows.</param>
    public static void TakeCloser(float* from, float* to, int rows)
    {
        for (int i = 0; i < rows; i += 16)
            Vector512.Min(Vector512.Load(from + i), Vector512.Load(to + i)).Store(to + i);
    }

    /// <summary>
    /// Σ weight · min(a, b) over rows, in double: of 16 rows at a time row i in lane i, then the upper 8 lanes are added to the lower, these as
    /// <see cref="Lanes"/> has it, and the rows that are left one by one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfCloser(float* a, float* b, double* weights, int rows)
    {
        Vector512<double> low = default, high = default;
        int i = 0;
        for (; i + 16 <= rows; i += 16)
        {
            Vector512<float> closer = Vector512.Min(Vector512.Load(a + i), Vector512.Load(b + i));
            low = Vector512.FusedMultiplyAdd(Vector512.Load(weights + i), Vector512.WidenLower(closer), low);
            high = Vector512.FusedMultiplyAdd(Vector512.Load(weights + i + 8), Vector512.WidenUpper(closer), high);
        }

        double rest = 0;
        for (; i < rows; i++)
            rest = Math.FusedMultiplyAdd(weights[i], Math.Min(a[i], b[i]), rest);

        return Lanes.Sum(low + high) + rest;
    }
}
