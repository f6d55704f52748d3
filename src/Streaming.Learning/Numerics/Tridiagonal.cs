namespace Streaming.Learning.Numerics;

/// <summary>Householder's reduction A = Q T Q' of a symmetric matrix to a tridiagonal T (Golub, Van Loan, "Matrix Computations", 8.3.1).</summary>
static class Tridiagonal
{
    /// <summary>Reduces a matrix.</summary>
    /// <param name="matrix">A: [n × n], symmetric.</param>
    /// <param name="n">Side of the matrix.</param>
    /// <returns>
    /// The diagonal of T, length n; what stands beside it, length n (entry i between i and i + 1; the last is 0); Q', [n × n].
    /// </returns>
    public static (double[] Diagonal, double[] Off, double[] Rows) Reduce(double[] matrix, int n)
    {
        var a = (double[])matrix.Clone();
        var off = new double[n];
        var scales = new double[n];
        var image = new double[n];
        for (int k = 0; k < n - 1; k++)
        {
            // The reflection that leaves only the first entry of what stands right of the diagonal; kept in its place.
            Span<double> v = a.AsSpan(k * n + k + 1, n - k - 1);
            (off[k], scales[k]) = Reflect(v);
            if (scales[k] == 0)
                continue;

            // (I - s v v') B (I - s v v') = B - v w' - w v', with w = s B v - (s² v'Bv / 2) v.
            Span<double> w = image.AsSpan(0, v.Length);
            for (int i = 0; i < v.Length; i++)
                w[i] = scales[k] * Lanes.Dot(Below(i), v);

            Lanes.AddScaled(w, v, -0.5 * scales[k] * Lanes.Dot(w, v));
            for (int i = 0; i < v.Length; i++)
            {
                Lanes.AddScaled(Below(i), w, -v[i]);
                Lanes.AddScaled(Below(i), v, -w[i]);
            }

            Span<double> Below(int i) => a.AsSpan((k + 1 + i) * n + k + 1, n - k - 1);
        }

        var diagonal = new double[n];
        for (int i = 0; i < n; i++)
            diagonal[i] = a[i * n + i];

        return (diagonal, off, Product(a, scales, n));
    }

    // The product of all reflections, transposed. From the last one on, so that each touches only the part that is not yet the identity.
    static double[] Product(double[] a, double[] scales, int n)
    {
        var rows = new double[n * n];
        for (int i = 0; i < n; i++)
            rows[i * n + i] = 1;

        for (int k = n - 2; k >= 0; k--)
        {
            ReadOnlySpan<double> v = a.AsSpan(k * n + k + 1, n - k - 1);
            for (int i = k + 1; scales[k] != 0 && i < n; i++)
            {
                Span<double> row = rows.AsSpan(i * n + k + 1, n - k - 1);
                Lanes.AddScaled(row, v, -scales[k] * Lanes.Dot(row, v));
            }
        }

        return rows;
    }

    // Turns x into the v of I - scale v v', which takes x to (value, 0, 0, ...).
    static (double Value, double Scale) Reflect(Span<double> x)
    {
        double rest = Lanes.Dot(x[1..], x[1..]);
        if (rest == 0)
            return (x[0], 0);

        double value = -Math.CopySign(Math.Sqrt(x[0] * x[0] + rest), x[0]);
        x[0] -= value;
        return (value, 2 / (x[0] * x[0] + rest));
    }
}
