namespace Streaming.Learning.Numerics;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to a tridiagonal matrix, then QL with implicit shifts
/// (Golub, Van Loan, "Matrix Computations", 8.3). All long loops run along rows, with vectors: of 784 columns a library's plain loops
/// take ten times as long.
/// </summary>
/// <param name="Values">Eigenvalues, descending; length n.</param>
/// <param name="Vectors">
/// [n × n], row-major: row i is the unit eigenvector of <paramref name="Values"/>[i], with the sign that makes its largest entry (by
/// size; the first of equals) positive, as scikit-learn's <c>svd_flip</c> does for components.
/// </param>
readonly record struct SymmetricEigen(double[] Values, double[] Vectors)
{
    // 2⁻⁵², the spacing of doubles at 1.
    const double Rounding = 2.220446049250313e-16;

    // Entries are squared and summed, which leaves the range of doubles from some 500 on: huge weights make such.
    const int FarExponent = 400;

    // QL finds an eigenvalue in two or three steps; far more mean that the matrix holds something that is no number.
    const int MostSteps = 100;

    /// <summary>Decomposes a symmetric matrix.</summary>
    /// <param name="matrix">[n × n].</param>
    /// <param name="n">Side of the matrix.</param>
    /// <exception cref="ArithmeticException">The matrix holds values that are not finite.</exception>
    public static SymmetricEigen Of(double[] matrix, int n)
    {
        double scale = ScaleOf(matrix);
        (double[] diagonal, double[] off, double[] rows) = Tridiagonal.Reduce(scale == 1 ? matrix : [.. matrix.Select(v => v * scale)], n);
        for (int l = 0; l < n; l++)
            Isolate(diagonal, off, rows, l);

        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => diagonal[i])];
        var values = new double[n];
        var vectors = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            values[i] = diagonal[order[i]] / scale;
            Span<double> vector = vectors.AsSpan(i * n, n);
            rows.AsSpan(order[i] * n, n).CopyTo(vector);
            FixSign(vector);
        }

        return new SymmetricEigen(values, vectors);
    }

    /// <summary>Gives a vector the sign that makes its largest entry, by size, positive.</summary>
    public static void FixSign(Span<double> vector)
    {
        double largest = 0;
        foreach (double value in vector)
            largest = Math.Abs(value) > Math.Abs(largest) ? value : largest;

        if (largest >= 0)
            return;

        foreach (ref double value in vector)
            value = -value;
    }

    // What brings entries that are far from 1 near it: a power of two, which changes no digit (LAPACK's dsyev scales likewise).
    static double ScaleOf(double[] matrix)
    {
        double largest = 0;
        foreach (double value in matrix)
            largest = Math.Max(largest, Math.Abs(value));

        return largest == 0 || !double.IsFinite(largest) || Math.Abs(Math.ILogB(largest)) <= FarExponent
            ? 1
            : Math.ScaleB(1, Math.Clamp(-Math.ILogB(largest), -1000, 1000));
    }

    // QL steps until entry l of the diagonal is an eigenvalue; the rows turn along.
    static void Isolate(double[] d, double[] e, double[] rows, int l)
    {
        int n = d.Length;
        for (int step = 0; ; step++)
        {
            int m = l;
            while (m < n - 1 && !(Math.Abs(e[m]) <= Rounding * (Math.Abs(d[m]) + Math.Abs(d[m + 1]))))
                m++;

            if (m == l)
                return;

            if (step == MostSteps)
                throw new ArithmeticException($"The eigenvalues of a matrix of {n} columns can't be found: it holds values that are not finite.");

            // Wilkinson's shift: the eigenvalue of the leading 2 × 2 that is nearest to its first entry.
            double g = (d[l + 1] - d[l]) / (2 * e[l]);
            double r = Length(g, 1);
            g = d[m] - d[l] + e[l] / (g + Math.CopySign(r, g));
            double sine = 1, cosine = 1, p = 0;
            int i = m - 1;
            for (; i >= l; i--)
            {
                double f = sine * e[i], b = cosine * e[i];
                r = Length(f, g);
                e[i + 1] = r;
                if (r == 0)
                {
                    d[i + 1] -= p;
                    e[m] = 0;
                    break;
                }

                sine = f / r;
                cosine = g / r;
                g = d[i + 1] - p;
                r = (d[i] - g) * sine + 2 * cosine * b;
                p = sine * r;
                d[i + 1] = g + p;
                g = cosine * r - b;
                Lanes.Rotate(rows.AsSpan(i * n, n), rows.AsSpan((i + 1) * n, n), cosine, sine);
            }

            if (i >= l)
                continue;

            d[l] -= p;
            e[l] = g;
            e[m] = 0;
        }
    }

    static double Length(double a, double b)
    {
        double size = Math.Max(Math.Abs(a), Math.Abs(b));
        return size == 0 ? 0 : size * Math.Sqrt((a / size) * (a / size) + (b / size) * (b / size));
    }
}
