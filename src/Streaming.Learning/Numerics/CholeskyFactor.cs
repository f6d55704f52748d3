namespace Streaming.Learning.Numerics;

/// <summary>The factor L of a positive definite matrix A = L L'.</summary>
sealed class CholeskyFactor
{
    // Rows, or columns, at a time for which a row of L is read once: of 4,000 columns L is far larger than any cache. The sums are the same.
    const int Block = 16;

    readonly int n;
    readonly double[] lower;

    CholeskyFactor(int n, double[] lower)
    {
        this.n = n;
        this.lower = lower;
    }

    /// <summary>Factors a matrix with a unit diagonal; null as soon as a pivot is no more than <paramref name="least"/>.</summary>
    /// <param name="matrix">A: [n × n], symmetric.</param>
    /// <param name="n">Side of the matrix.</param>
    /// <param name="least">What pivots must be above.</param>
    public static CholeskyFactor? Of(double[] matrix, int n, double least)
    {
        var lower = new double[n * n];
        for (int first = 0; first < n; first += Block)
        {
            int end = Math.Min(n, first + Block);
            for (int j = 0; j < end; j++)
            {
                Span<double> row = lower.AsSpan(j * n, j + 1);
                if (j >= first)
                {
                    double pivot = matrix[j * n + j] - Lanes.Dot(row[..j], row[..j]);
                    if (!(pivot > least))
                        return null;

                    row[j] = Math.Sqrt(pivot);
                }

                for (int i = Math.Max(first, j + 1); i < end; i++)
                    lower[i * n + j] = (matrix[i * n + j] - Lanes.Dot(lower.AsSpan(i * n, j), row[..j])) / row[j];
            }
        }

        return new CholeskyFactor(n, lower);
    }

    /// <summary>Solves A x = b.</summary>
    public double[] Solve(double[] right)
    {
        var x = new double[n];
        for (int i = 0; i < n; i++)
            x[i] = (right[i] - Lanes.Dot(lower.AsSpan(i * n, i), x.AsSpan(0, i))) / lower[i * n + i];

        for (int i = n - 1; i >= 0; i--)
        {
            x[i] /= lower[i * n + i];
            for (int j = 0; j < i; j++)
                x[j] -= lower[i * n + j] * x[i];
        }

        return x;
    }

    /// <summary>The diagonal of A⁻¹: entry j is the squared length of column j of L⁻¹.</summary>
    public double[] InverseDiagonal()
    {
        var diagonal = new double[n];
        var columns = new double[Block * n];
        for (int first = 0; first < n; first += Block)
        {
            int end = Math.Min(n, first + Block);
            for (int i = first; i < n; i++)
            {
                for (int j = first; j < Math.Min(end, i); j++)
                    ColumnOf(j)[i] = -Lanes.Dot(lower.AsSpan(i * n + j, i - j), ColumnOf(j)[j..i]) / lower[i * n + i];

                if (i < end)
                    ColumnOf(i)[i] = 1 / lower[i * n + i];
            }

            for (int j = first; j < end; j++)
                diagonal[j] = Lanes.Dot(ColumnOf(j)[j..], ColumnOf(j)[j..]);

            Span<double> ColumnOf(int j) => columns.AsSpan((j - first) * n, n);
        }

        return diagonal;
    }
}
