using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Cholesky's factors of a positive semidefinite matrix that is first scaled to a unit diagonal, so that the units of its columns don't
/// matter. A column that the ones before it explain all but entirely gets 0 in every solution: it moves with them.
/// </summary>
sealed class ScaledCholesky
{
    // The share of a column that others must leave unexplained for it to count.
    const double Dependent = 1e-12;

    readonly int n;
    readonly double[] factor;
    readonly double[] scale;
    readonly double[] between;

    /// <summary>Makes room for a matrix.</summary>
    /// <param name="n">Its side.</param>
    public ScaledCholesky(int n)
    {
        this.n = n;
        factor = new double[checked(n * n)];
        scale = new double[n];
        between = new double[n];
    }

    /// <summary>Factors matrix + diagonal.</summary>
    /// <param name="matrix">[n × n], symmetric.</param>
    /// <param name="diagonal">What is added to its diagonal; length n.</param>
    public void Factor(ReadOnlySpan<double> matrix, ReadOnlySpan<double> diagonal)
    {
        for (int i = 0; i < n; i++)
        {
            double entry = matrix[i * n + i] + diagonal[i];
            scale[i] = entry > 0 ? 1 / Math.Sqrt(entry) : 0;
        }

        for (int i = 0; i < n; i++)
        {
            Span<double> row = factor.AsSpan(i * n, n);
            for (int j = 0; j < i; j++)
            {
                double rest = matrix[i * n + j] * scale[i] * scale[j] - Lanes.Dot(row[..j], factor.AsSpan(j * n, j));
                row[j] = rest * factor[j * n + j];
            }

            // The diagonal holds the inverse of Cholesky's, 0 for a column that is left out.
            double pivot = scale[i] > 0 ? 1 - Lanes.Dot(row[..i], row[..i]) : 0;
            row[i] = pivot > Dependent ? 1 / Math.Sqrt(pivot) : 0;
        }
    }

    /// <summary>Solves (matrix + diagonal) · solution = right with the last factors.</summary>
    public void Solve(ReadOnlySpan<double> right, Span<double> solution)
    {
        for (int i = 0; i < n; i++)
        {
            double rest = right[i] * scale[i] - Lanes.Dot(factor.AsSpan(i * n, i), between.AsSpan(0, i));
            between[i] = rest * factor[i * n + i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            between[i] *= factor[i * n + i];
            Subtract(between.AsSpan(0, i), factor.AsSpan(i * n, i), between[i]);
            solution[i] = between[i] * scale[i];
        }
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
