namespace Streaming.Learning.Numerics;

/// <summary>
/// The largest eigenvalues, and their vectors, of a wide symmetric matrix that has none below 0: Lanczos' method by blocks, with every direction made orthogonal to all
/// before it (Golub, Van Loan, "Matrix Computations", 10.3.6). A direction costs one product with the matrix, and there are a few times as many directions as wanted vectors:
/// for 20 of 4,096 columns that is a hundredth of the work of all eigenvectors.
/// </summary>
sealed class LeadingEigen
{
    // Directions at a time: the matrix is read once for all of them.
    const int Block = 4;

    // Below this side all eigenvectors take no time that anybody notices.
    const int LeastSide = 256;

    // Of this share of all eigenvectors or more, and of this many directions, the work of all is no more.
    const int WantedShare = 16, DirectionShare = 4;

    // What the matrix makes of a vector found differs from a multiple of it by no more than this share of the largest eigenvalue: rounding.
    const double Settled = 1e-13;

    readonly double[] matrix;
    readonly int n;
    readonly int wanted;

    // [directions × n]: orthonormal directions, and what the matrix makes of them.
    readonly double[] directions;
    readonly double[] images;
    int count;

    LeadingEigen(double[] matrix, int n, int wanted)
    {
        this.matrix = matrix;
        this.n = n;
        this.wanted = wanted;
        int most = n / DirectionShare / Block * Block;
        directions = new double[most * n];
        images = new double[most * n];
    }

    /// <summary>
    /// Finds the largest eigenvalues and their vectors; all of them where that is no more work: the matrix is small, many are wanted, or the
    /// directions do not settle.
    /// </summary>
    /// <param name="matrix">[n × n], symmetric, no eigenvalue below 0.</param>
    /// <param name="n">Side of the matrix.</param>
    /// <param name="wanted">Eigenvalues wanted, at most n.</param>
    /// <exception cref="ArithmeticException">The matrix holds values that are not finite.</exception>
    public static SymmetricEigen Of(double[] matrix, int n, int wanted) =>
        (n >= LeastSide && wanted <= n / WantedShare ? new LeadingEigen(matrix, n, wanted).Find() : null) ?? SymmetricEigen.Of(matrix, n);

    SymmetricEigen? Find()
    {
        double[] before = [];
        bool isFresh = true;
        int nextLook = wanted + 4 * Block;
        while ((count + Block) * n <= directions.Length)
        {
            Add(isFresh);
            isFresh = false;
            if (count < nextLook)
                continue;

            nextLook = count + Math.Max(4 * Block, count / 4);
            if (Settle() is not { } found)
                continue;

            // Of vectors with the same eigenvalue the directions meet only as many as there are in a block. So they begin anew once more, at random,
            // and may find nothing larger.
            if (Agree(found.Values, before))
                return found;

            before = found.Values;
            isFresh = true;
        }

        return null;
    }

    // A block of directions: the images of the last block, or random ones.
    void Add(bool isFresh)
    {
        Span<double> block = directions.AsSpan(count * n, Block * n);
        if (isFresh)
            GramSchmidt.Randomize(block, new KeyedRandom(count, "lanczos"));
        else
            images.AsSpan((count - Block) * n, Block * n).CopyTo(block);

        GramSchmidt.Orthonormalize(directions.AsSpan(0, (count + Block) * n), n, count);
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> row = matrix.AsSpan(i * n, n);
            for (int b = 0; b < Block; b++)
                images[(count + b) * n + i] = Lanes.Dot(row, RowOf(directions, count + b));
        }

        count += Block;
    }

    // The eigenvectors of the matrix between the directions (Rayleigh, Ritz); null if they are not yet those of the matrix.
    SymmetricEigen? Settle()
    {
        var between = new double[count * count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
                between[i * count + j] = between[j * count + i] = Lanes.Dot(RowOf(images, i), RowOf(directions, j));
        }

        (double[] values, double[] turns) = SymmetricEigen.Of(between, count);
        var vectors = new double[wanted * n];
        var rest = new double[n];

        // From the last one on: it settles last.
        for (int i = wanted - 1; i >= 0; i--)
        {
            Span<double> vector = RowOf(vectors, i);
            Array.Clear(rest);
            for (int j = 0; j < count; j++)
            {
                Lanes.AddScaled(vector, RowOf(directions, j), turns[i * count + j]);
                Lanes.AddScaled(rest, RowOf(images, j), turns[i * count + j]);
            }

            Lanes.AddScaled(rest, vector, -values[i]);
            if (!(Math.Sqrt(Lanes.Dot(rest, rest)) <= Settled * values[0]))
                return null;

            SymmetricEigen.FixSign(vector);
        }

        return new SymmetricEigen(values[..wanted], vectors);
    }

    static bool Agree(double[] values, double[] before)
    {
        if (before.Length == 0)
            return false;

        for (int i = 0; i < values.Length; i++)
        {
            if (!(Math.Abs(values[i] - before[i]) <= Settled * values[0]))
                return false;
        }

        return true;
    }

    Span<double> RowOf(double[] rows, int row) => rows.AsSpan(row * n, n);
}
