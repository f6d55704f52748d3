namespace Streaming.Learning.Numerics;

/// <summary>
/// Solves A x = b for the positive semidefinite A of normal equations. A is first scaled to a unit diagonal, so that the units of
/// the columns don't matter; then Cholesky if A is well conditioned, else an eigendecomposition. Where A is singular, x is the
/// solution of smallest length in the units given, as scikit-learn's <c>lstsq</c> finds it.
/// </summary>
sealed class SymmetricSolver
{
    // A column is taken to hang on the others when they explain all but this share of its variance. Features are float32, whose
    // rounding alone leaves about 1e-15 of unexplained variance in a column that is an exact sum of others.
    const double Singular = 1e-12;

    // 2⁻⁵², the spacing of doubles at 1.
    const double Rounding = 2.220446049250313e-16;

    // With less left than this, Cholesky's pivots are no longer a safe sign of full rank.
    const double WellConditioned = 1e-8;

    // An entry of x takes part in a direction that changes nothing if its share of the direction's unit length is above this.
    const double TakesPart = 1e-10;

    readonly int n;
    readonly int[] kept;
    readonly double[] scale;
    readonly CholeskyFactor? factor;
    readonly double[] values = [];
    readonly double[] vectors = [];

    /// <summary>Prepares A for any number of right sides.</summary>
    /// <param name="matrix">A: [n × n], symmetric, positive semidefinite.</param>
    /// <param name="n">Side of the matrix.</param>
    public SymmetricSolver(double[] matrix, int n)
    {
        this.n = n;
        kept = [.. Enumerable.Range(0, n).Where(i => matrix[i * n + i] > 0)];
        int m = kept.Length;
        scale = [.. kept.Select(i => 1 / Math.Sqrt(matrix[i * n + i]))];
        var scaled = new double[m * m];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < m; j++)
                scaled[i * m + j] = matrix[kept[i] * n + kept[j]] * scale[i] * scale[j];
        }

        Rank = m;
        factor = CholeskyFactor.Of(scaled, m, WellConditioned);
        if (factor is not null)
            return;

        (values, vectors) = SymmetricEigen.Of(scaled, m);
        double cutOff = Math.Max(Singular, m * Rounding * values[0]);
        Rank = values.Count(v => v > cutOff);
    }

    /// <summary>Directions in which A is not zero.</summary>
    public int Rank { get; }

    /// <summary>Solves A x = b once.</summary>
    public static double[] Solve(double[] matrix, double[] right) => new SymmetricSolver(matrix, right.Length).Solve(right);

    /// <summary>Solves A x = b.</summary>
    /// <param name="right">b; length n.</param>
    /// <returns>x; length n.</returns>
    public double[] Solve(double[] right)
    {
        double[] b = [.. kept.Select((i, k) => right[i] * scale[k])];
        return Spread(factor is not null ? Multiply(factor.Solve(b), scale) : SolveByEigenvectors(b), 0);
    }

    /// <summary>The diagonal of A⁻¹; NaN for entries of x that A does not determine.</summary>
    public double[] InverseDiagonal()
    {
        double[] diagonal = factor?.InverseDiagonal() ?? DiagonalByEigenvectors();
        return Spread([.. diagonal.Select((d, i) => d * scale[i] * scale[i])], double.NaN);
    }

    double[] SolveByEigenvectors(double[] right)
    {
        int m = kept.Length;
        var x = new double[m];
        for (int i = 0; i < Rank; i++)
        {
            ReadOnlySpan<double> vector = vectors.AsSpan(i * m, m);
            Lanes.AddScaled(x, vector, Lanes.Dot(vector, right) / values[i]);
        }

        // In the units given, the directions that change nothing are no longer orthogonal to x: take them out of it.
        x = Multiply(x, scale);
        double[] free = vectors[(Rank * m)..];
        for (int i = 0; i < free.Length; i++)
            free[i] *= scale[i % m];

        GramSchmidt.Orthonormalize(free, m);
        for (int i = 0; i < free.Length; i += m)
            Lanes.AddScaled(x, free.AsSpan(i, m), -Lanes.Dot(free.AsSpan(i, m), x));

        return x;
    }

    double[] DiagonalByEigenvectors()
    {
        int m = kept.Length;
        var diagonal = new double[m];
        for (int j = 0; j < m; j++)
        {
            double free = 0;
            for (int i = 0; i < m; i++)
            {
                double square = vectors[i * m + j] * vectors[i * m + j];
                if (i < Rank)
                    diagonal[j] += square / values[i];
                else
                    free += square;
            }

            if (free > TakesPart)
                diagonal[j] = double.NaN;
        }

        return diagonal;
    }

    double[] Spread(double[] entries, double empty)
    {
        var all = new double[n];
        Array.Fill(all, empty);
        for (int i = 0; i < kept.Length; i++)
            all[kept[i]] = entries[i];

        return all;
    }

    static double[] Multiply(double[] a, double[] b)
    {
        var product = new double[a.Length];
        for (int i = 0; i < a.Length; i++)
            product[i] = a[i] * b[i];

        return product;
    }
}
