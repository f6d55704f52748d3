namespace Streaming.Learning.Numerics;

/// <summary>The factor L of a positive definite matrix A = L L'.</summary>
sealed class CholeskyFactor
{
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
        for (int i = 0; i < n; i++)
        {
            Span<double> row = lower.AsSpan(i * n, n);
            for (int j = 0; j < i; j++)
                row[j] = (matrix[i * n + j] - Lanes.Dot(row[..j], lower.AsSpan(j * n, j))) / lower[j * n + j];

            double pivot = matrix[i * n + i] - Lanes.Dot(row[..i], row[..i]);
            if (!(pivot > least))
                return null;

            row[i] = Math.Sqrt(pivot);
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
        var column = new double[n];
        for (int j = 0; j < n; j++)
        {
            Array.Clear(column);
            column[j] = 1 / lower[j * n + j];
            for (int i = j + 1; i < n; i++)
                column[i] = -Lanes.Dot(lower.AsSpan(i * n + j, i - j), column.AsSpan(j, i - j)) / lower[i * n + i];

            diagonal[j] = Lanes.Dot(column.AsSpan(j), column.AsSpan(j));
        }

        return diagonal;
    }
}
