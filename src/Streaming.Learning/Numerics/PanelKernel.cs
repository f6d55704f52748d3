using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>Products with a panel: columns of doubles, a stride apart, a lane per row; rows come in multiples of 8.</summary>
static unsafe class PanelKernel
{
    /// <summary>Per row Σ vector · columns.</summary>
    /// <param name="panel">The first column.</param>
    /// <param name="stride">Doubles from one column to the next.</param>
    /// <param name="vector">A number per column.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="result">Receives a number per row.</param>
    public static void Map(double* panel, long stride, ReadOnlySpan<double> vector, int rows, double* result)
    {
        int last = vector.Length - 1;
        for (int i = 0; i < rows; i += 8)
        {
            Vector512<double> even = default, odd = default;
            double* column = panel + i;
            int j = 0;
            for (; j < last; j += 2, column += 2 * stride)
            {
                even = Vector512.FusedMultiplyAdd(Vector512.Create(vector[j]), Vector512.Load(column), even);
                odd = Vector512.FusedMultiplyAdd(Vector512.Create(vector[j + 1]), Vector512.Load(column + stride), odd);
            }

            if (j == last)
                even = Vector512.FusedMultiplyAdd(Vector512.Create(vector[j]), Vector512.Load(column), even);

            (even + odd).Store(result + i);
        }
    }

    /// <summary>Σ a · b over the rows.</summary>
    public static double Dot(double* a, double* b, int rows)
    {
        Vector512<double> even = default, odd = default;
        int i = 0;
        for (; i + 16 <= rows; i += 16)
        {
            even = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), even);
            odd = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + 8), Vector512.Load(b + i + 8), odd);
        }

        if (i < rows)
            even = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), even);

        return Lanes.Sum(even + odd);
    }

    /// <summary>Σ a · b · b over the rows.</summary>
    public static double DotOfSquares(double* a, double* b, int rows)
    {
        Vector512<double> sum = default;
        for (int i = 0; i < rows; i += 8)
        {
            Vector512<double> x = Vector512.Load(b + i);
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(a + i) * x, x, sum);
        }

        return Lanes.Sum(sum);
    }
}
