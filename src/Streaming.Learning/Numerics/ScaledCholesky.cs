using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Cholesky's factors of a positive semidefinite matrix that is first scaled to a unit diagonal, so that the units of its columns don't
/// matter. A column that the ones before it explain all but entirely gets 0 in every solution: it moves with them.
/// </summary>
sealed unsafe class ScaledCholesky
{
    // The share of a column that others must leave unexplained for it to count.
    const double Dependent = 1e-12;

    // Columns that stay in registers while the rows above are subtracted: as many chains of additions hide their latency.
    const int Width = 32;

    readonly int n;
    readonly int stride;

    // Rows of the right factor, [n × stride], zeros behind their ends. The diagonal holds the inverse of Cholesky's; what is left of it means nothing.
    readonly AlignedBlock<double> factor;
    readonly AlignedBlock<double> scale;
    readonly double[] between;

    /// <summary>Makes room for a matrix.</summary>
    /// <param name="n">Its side.</param>
    public ScaledCholesky(int n)
    {
        this.n = n;
        stride = (int)StrideFor(n);
        factor = new AlignedBlock<double>(checked(n * stride));
        scale = new AlignedBlock<double>(stride);
        between = new double[n];
    }

    /// <summary>Numbers that a row of the factor takes.</summary>
    /// <param name="n">The side of the matrix.</param>
    public static long StrideFor(long n) => (n + Width - 1) / Width * Width;

    /// <summary>Factors matrix + diagonal.</summary>
    /// <param name="matrix">[n × n], symmetric.</param>
    /// <param name="diagonal">What is added to its diagonal; length n.</param>
    public void Factor(ReadOnlySpan<double> matrix, ReadOnlySpan<double> diagonal)
    {
        for (int i = 0; i < n; i++)
        {
            double entry = matrix[i * n + i] + diagonal[i];
            scale.Pointer[i] = entry > 0 ? 1 / Math.Sqrt(entry) : 0;
        }

        for (int i = 0; i < n; i++)
        {
            int first = i / Width * Width;
            double* row = factor.Pointer + (long)i * stride;
            Scale(matrix.Slice(i * n, n), scale.Pointer[i], first, row);
            row[i] = 1;
            for (int j = first; j < stride; j += Width)
                SubtractAbove(i, j);

            // 0 for a column that is left out.
            double inverse = scale.Pointer[i] > 0 && row[i] > Dependent ? 1 / Math.Sqrt(row[i]) : 0;
            for (int j = first; j < stride; j += 8)
                (Vector512.Load(row + j) * inverse).Store(row + j);

            row[i] = inverse;
        }
    }

    /// <summary>Solves (matrix + diagonal) · solution = right with the last factors.</summary>
    public void Solve(ReadOnlySpan<double> right, Span<double> solution)
    {
        for (int i = 0; i < n; i++)
            between[i] = right[i] * scale.Pointer[i];

        for (int i = 0; i < n; i++)
        {
            between[i] *= Row(i)[0];
            Subtract(between.AsSpan(i + 1), Row(i)[1..], between[i]);
        }

        for (int i = n - 1; i >= 0; i--)
        {
            between[i] = (between[i] - Lanes.Dot(Row(i)[1..], between.AsSpan(i + 1))) * Row(i)[0];
            solution[i] = between[i] * scale.Pointer[i];
        }
    }

    // From the diagonal on.
    ReadOnlySpan<double> Row(int i) => new(factor.Pointer + (long)i * stride + i, n - i);

    void Scale(ReadOnlySpan<double> from, double own, int first, double* to)
    {
        int j = first;
        for (; j + 8 <= n; j += 8)
            (Vector512.Create(from.Slice(j, 8)) * own * Vector512.Load(scale.Pointer + j)).Store(to + j);

        for (; j < n; j++)
            to[j] = from[j] * own * scale.Pointer[j];
    }

    // Takes what the rows above explain off some columns of a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void SubtractAbove(int i, int first)
    {
        double* row = factor.Pointer + (long)i * stride + first, above = factor.Pointer + first, times = factor.Pointer + i;
        Vector512<double> a0 = Vector512.Load(row), a1 = Vector512.Load(row + 8), a2 = Vector512.Load(row + 16), a3 = Vector512.Load(row + 24);
        for (int k = 0; k < i; k++, above += stride, times += stride)
        {
            Vector512<double> minus = Vector512.Create(-*times);
            a0 = Vector512.FusedMultiplyAdd(minus, Vector512.Load(above), a0);
            a1 = Vector512.FusedMultiplyAdd(minus, Vector512.Load(above + 8), a1);
            a2 = Vector512.FusedMultiplyAdd(minus, Vector512.Load(above + 16), a2);
            a3 = Vector512.FusedMultiplyAdd(minus, Vector512.Load(above + 24), a3);
        }

        a0.Store(row);
        a1.Store(row + 8);
        a2.Store(row + 16);
        a3.Store(row + 24);
    }

    static void Subtract(Span<double> from, ReadOnlySpan<double> vector, double times)
    {
        Vector512<double> minus = Vector512.Create(-times);
        int i = 0;
        for (; i + 8 <= from.Length; i += 8)
            Vector512.FusedMultiplyAdd(minus, Vector512.Create(vector.Slice(i, 8)), Vector512.Create<double>(from.Slice(i, 8))).CopyTo(from[i..]);

        for (; i < from.Length; i++)
            from[i] = Math.FusedMultiplyAdd(-times, vector[i], from[i]);
    }
}
