namespace Streaming.Learning.Numerics;

/// <summary>
/// Solves A x = b for the positive semidefinite A of normal equations. A is first scaled to a unit diagonal, so that the units of
/// the columns don't matter; then Cholesky if A is well conditioned, else an eigendecomposition. Where A is singular, x is the
/// solution of smallest length in the units given, as scikit-learn's <c>lstsq</c> finds it.
/// </summary>
static class SymmetricSolver
{
    // A column is taken to hang on the others when they explain all but this share of its variance. Features are float32, whose
    // rounding alone leaves about 1e-15 of unexplained variance in a column that is an exact sum of others.
    const double Singular = 1e-12;

    // 2⁻⁵², the spacing of doubles at 1.
    const double Rounding = 2.220446049250313e-16;

    // With less left than this, Cholesky's pivots are no longer a safe sign of full rank.
    const double WellConditioned = 1e-8;

    /// <summary>Solves A x = b.</summary>
    /// <param name="matrix">A: [n × n], symmetric, positive semidefinite.</param>
    /// <param name="right">b; length n.</param>
    /// <returns>x; length n.</returns>
    public static double[] Solve(double[] matrix, double[] right)
    {
        int n = right.Length;
        int[] kept = [.. Enumerable.Range(0, n).Where(i => matrix[i * n + i] > 0)];
        var scale = new double[kept.Length];
        for (int i = 0; i < kept.Length; i++)
            scale[i] = 1 / Math.Sqrt(matrix[kept[i] * n + kept[i]]);

        var scaled = new double[kept.Length * kept.Length];
        var b = new double[kept.Length];
        for (int i = 0; i < kept.Length; i++)
        {
            b[i] = right[kept[i]] * scale[i];
            for (int j = 0; j < kept.Length; j++)
                scaled[i * kept.Length + j] = matrix[kept[i] * n + kept[j]] * scale[i] * scale[j];
        }

        double[] solution = SolveByCholesky(scaled, b) is { } exact ? Multiply(exact, scale) : SolveByEigenvectors(scaled, b, scale);
        var x = new double[n];
        for (int i = 0; i < kept.Length; i++)
            x[kept[i]] = solution[i];

        return x;
    }

    /// <summary>Null when the matrix is not safely positive definite.</summary>
    static double[]? SolveByCholesky(double[] matrix, double[] right)
    {
        int n = right.Length;
        var lower = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            Span<double> row = lower.AsSpan(i * n, n);
            for (int j = 0; j < i; j++)
                row[j] = (matrix[i * n + j] - Lanes.Dot(row[..j], lower.AsSpan(j * n, j))) / lower[j * n + j];

            double pivot = matrix[i * n + i] - Lanes.Dot(row[..i], row[..i]);
            if (!(pivot > WellConditioned))
                return null;

            row[i] = Math.Sqrt(pivot);
        }

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

    static double[] SolveByEigenvectors(double[] matrix, double[] right, double[] scale)
    {
        int n = right.Length;
        (double[] values, double[] vectors) = SymmetricEigen.Of(matrix, n);
        double cutOff = Math.Max(Singular, n * Rounding * values[0]);
        var x = new double[n];
        var free = new List<double[]>();
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> vector = vectors.AsSpan(i * n, n);
            if (values[i] > cutOff)
                AddTo(x, vector, Lanes.Dot(vector, right) / values[i]);
            else
                free.Add(Multiply(vector.ToArray(), scale));
        }

        // In the units given, the directions that change nothing are no longer orthogonal to x: take them out of it.
        x = Multiply(x, scale);
        foreach (double[] direction in Orthonormal(free))
            AddTo(x, direction, -Lanes.Dot(direction, x));

        return x;
    }

    // Gram and Schmidt, each vector twice, which is enough for orthogonality to rounding (Giraud et al. 2005).
    static List<double[]> Orthonormal(List<double[]> vectors)
    {
        var found = new List<double[]>();
        foreach (double[] vector in vectors)
        {
            for (int round = 0; round < 2; round++)
            {
                foreach (double[] other in found)
                    AddTo(vector, other, -Lanes.Dot(other, vector));

                double length = Math.Sqrt(Lanes.Dot(vector, vector));
                for (int i = 0; i < vector.Length; i++)
                    vector[i] /= length;
            }

            found.Add(vector);
        }

        return found;
    }

    static void AddTo(double[] sum, ReadOnlySpan<double> vector, double factor)
    {
        for (int i = 0; i < sum.Length; i++)
            sum[i] += factor * vector[i];
    }

    static double[] Multiply(double[] a, double[] b)
    {
        var product = new double[a.Length];
        for (int i = 0; i < a.Length; i++)
            product[i] = a[i] * b[i];

        return product;
    }
}
