namespace Streaming.Learning.Numerics;

/// <summary>Makes vectors orthonormal, one after another; each twice, which is enough for orthogonality to rounding (Giraud et al. 2005).</summary>
static class GramSchmidt
{
    // Less than this share of its length left means that a vector hangs on those before it: what is left is rounding.
    const double Dependent = 1e-12;

    /// <summary>
    /// Orthonormalises the rows of a matrix in place. A row that hangs on those before it gives way to a direction at random, so that
    /// there are always as many as asked for.
    /// </summary>
    /// <param name="rows">[count × n], count at most n.</param>
    /// <param name="n">Entries per row.</param>
    /// <param name="first">The first row to change; those before it are orthonormal already.</param>
    public static void Orthonormalize(Span<double> rows, int n, int first = 0)
    {
        for (int i = first; i < rows.Length / n; i++)
        {
            Span<double> row = rows.Slice(i * n, n);
            for (int attempt = 0; !TryAdd(rows, n, i); attempt++)
                Randomize(row, new KeyedRandom(attempt, "direction", i));
        }
    }

    /// <summary>Fills a vector with numbers from [-½, ½).</summary>
    public static void Randomize(Span<double> vector, KeyedRandom random)
    {
        foreach (ref double value in vector)
            value = random.NextDouble() - 0.5;
    }

    static bool TryAdd(Span<double> rows, int n, int i)
    {
        Span<double> row = rows.Slice(i * n, n);
        for (int round = 0; round < 2; round++)
        {
            double before = Math.Sqrt(Lanes.Dot(row, row));
            for (int other = 0; other < i; other++)
                Lanes.AddScaled(row, rows.Slice(other * n, n), -Lanes.Dot(rows.Slice(other * n, n), row));

            double length = Math.Sqrt(Lanes.Dot(row, row));
            if (!(length > Dependent * before))
                return false;

            foreach (ref double value in row)
                value /= length;
        }

        return true;
    }
}
