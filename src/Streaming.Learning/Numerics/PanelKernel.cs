using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>Products with a panel: columns of doubles, a stride apart, a lane per row; rows come in multiples of 8.</summary>
static unsafe class PanelKernel
{
    /// <summary>Per row Σ vector · columns.</summary>
    /// <param name="panel">The first column.</param>
    /// <param name="stride">Doubles from one column to the next.</param>
    /// <param name="vector">A number per column.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="result">Receives a number per row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map(double* panel, long stride, ReadOnlySpan<double> vector, int rows, double* result)
    {
        int last = vector.Length - 1, i = 0;
        for (; i + 16 <= rows; i += 16)
        {
            Vector512<double> even0 = default, even1 = default, odd0 = default, odd1 = default;
            double* column = panel + i;
            int j = 0;
            for (; j < last; j += 2, column += 2 * stride)
            {
                Vector512<double> even = Vector512.Create(vector[j]), odd = Vector512.Create(vector[j + 1]);
                even0 = Vector512.FusedMultiplyAdd(even, Vector512.Load(column), even0);
                even1 = Vector512.FusedMultiplyAdd(even, Vector512.Load(column + 8), even1);
                odd0 = Vector512.FusedMultiplyAdd(odd, Vector512.Load(column + stride), odd0);
                odd1 = Vector512.FusedMultiplyAdd(odd, Vector512.Load(column + stride + 8), odd1);
            }

            if (j == last)
            {
                Vector512<double> even = Vector512.Create(vector[j]);
                even0 = Vector512.FusedMultiplyAdd(even, Vector512.Load(column), even0);
                even1 = Vector512.FusedMultiplyAdd(even, Vector512.Load(column + 8), even1);
            }

            (even0 + odd0).Store(result + i);
            (even1 + odd1).Store(result + i + 8);
        }

        if (i < rows)
        {
            Vector512<double> even = default, odd = default;
            double* column = panel + i;
            int j = 0;
            for (; j < last; j += 2, column += 2 * stride)
            {
                even = Vector512.FusedMultiplyAdd(Vector512.Create(vector[j]), Vector512.Load(column), even);
                odd = Vector512.FusedMultiplyAdd(Vector512.Create(vector[j + 1]), Vector512.Load(column + stride), odd);
            }

            if (j == last)
                even = Vector512.FusedMultiplyAdd(Vector512.Create(vector[j]), Vector512.Load(column), even);

            (even + odd).Store(result + i);
        }
    }

    /// <summary>Σ a · b over the rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(double* a, double* b, int rows)
    {
        Vector512<double> even = default, odd = default;
        int i = 0;
        for (; i + 16 <= rows; i += 16)
        {
            even = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), even);
            odd = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + 8), Vector512.Load(b + i + 8), odd);
        }

        if (i < rows)
            even = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), even);

        return Lanes.Sum(even + odd);
    }

    /// <summary><see cref="Map"/> of four vectors, with the same bits: what is loaded of the panel serves all four.</summary>
    /// <param name="panel">The first column.</param>
    /// <param name="stride">Doubles from one column to the next.</param>
    /// <param name="vectors">[length × 4]: four numbers per column.</param>
    /// <param name="length">Columns.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="results">Four arrays of a number per row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MapFour(double* panel, long stride, double* vectors, int length, int rows, double** results)
    {
        for (int i = 0; i < rows; i += 8)
        {
            Vector512<double> even0 = default, even1 = default, even2 = default, even3 = default;
            Vector512<double> odd0 = default, odd1 = default, odd2 = default, odd3 = default;
            double* column = panel + i, v = vectors;
            int j = 0;
            for (; j < length - 1; j += 2, column += 2 * stride, v += 8)
            {
                Vector512<double> x = Vector512.Load(column), y = Vector512.Load(column + stride);
                even0 = Vector512.FusedMultiplyAdd(Vector512.Create(v[0]), x, even0);
                even1 = Vector512.FusedMultiplyAdd(Vector512.Create(v[1]), x, even1);
                even2 = Vector512.FusedMultiplyAdd(Vector512.Create(v[2]), x, even2);
                even3 = Vector512.FusedMultiplyAdd(Vector512.Create(v[3]), x, even3);
                odd0 = Vector512.FusedMultiplyAdd(Vector512.Create(v[4]), y, odd0);
                odd1 = Vector512.FusedMultiplyAdd(Vector512.Create(v[5]), y, odd1);
                odd2 = Vector512.FusedMultiplyAdd(Vector512.Create(v[6]), y, odd2);
                odd3 = Vector512.FusedMultiplyAdd(Vector512.Create(v[7]), y, odd3);
            }

            if (j == length - 1)
            {
                Vector512<double> x = Vector512.Load(column);
                even0 = Vector512.FusedMultiplyAdd(Vector512.Create(v[0]), x, even0);
                even1 = Vector512.FusedMultiplyAdd(Vector512.Create(v[1]), x, even1);
                even2 = Vector512.FusedMultiplyAdd(Vector512.Create(v[2]), x, even2);
                even3 = Vector512.FusedMultiplyAdd(Vector512.Create(v[3]), x, even3);
            }

            (even0 + odd0).Store(results[0] + i);
            (even1 + odd1).Store(results[1] + i);
            (even2 + odd2).Store(results[2] + i);
            (even3 + odd3).Store(results[3] + i);
        }
    }

    /// <summary>
    /// <see cref="Dot"/> of columns with four arrays, with the same bits. Columns are taken a few at a time, and rows in pieces that stay in the first-level
    /// cache, so that each number of the panel is loaded once.
    /// </summary>
    /// <param name="panel">The first column.</param>
    /// <param name="stride">Doubles from one column to the next.</param>
    /// <param name="numbers">Four arrays of a number per row.</param>
    /// <param name="length">Columns.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="sums">[length × 4]: four sums per column.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotFour(double* panel, long stride, double** numbers, int length, int rows, double* sums)
    {
        const int Columns = 8, Rows = 256, Chains = 8;
        Vector512<double>* chains = stackalloc Vector512<double>[Columns * Chains];
        for (int first = 0; first < length; first += Columns)
        {
            int count = Math.Min(Columns, length - first);
            new Span<Vector512<double>>(chains, Columns * Chains).Clear();
            for (int from = 0; from < rows; from += Rows)
            {
                // Of an odd number of columns the last one is its own neighbour.
                for (int j = 0; j < count; j += 2)
                {
                    double* column = panel + (first + j) * stride;
                    AddFour(column, j + 1 < count ? column + stride : column, numbers, from, Math.Min(rows, from + Rows), chains + j * Chains);
                }
            }

            for (int j = 0; j < count; j++)
            {
                for (int k = 0; k < 4; k++)
                    sums[4 * (first + j) + k] = Lanes.Sum(chains[j * Chains + k] + chains[j * Chains + 4 + k]);
            }
        }
    }

    // Two columns with four arrays: a number that is loaded serves several products. Of a column the first four chains are those of even places, the others those of odd ones.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddFour(double* a, double* b, double** numbers, int from, int to, Vector512<double>* chains)
    {
        double* n0 = numbers[0], n1 = numbers[1], n2 = numbers[2], n3 = numbers[3];
        Vector512<double> aEven0 = chains[0], aEven1 = chains[1], aEven2 = chains[2], aEven3 = chains[3];
        Vector512<double> aOdd0 = chains[4], aOdd1 = chains[5], aOdd2 = chains[6], aOdd3 = chains[7];
        Vector512<double> bEven0 = chains[8], bEven1 = chains[9], bEven2 = chains[10], bEven3 = chains[11];
        Vector512<double> bOdd0 = chains[12], bOdd1 = chains[13], bOdd2 = chains[14], bOdd3 = chains[15];
        int i = from;
        for (; i + 16 <= to; i += 16)
        {
            Vector512<double> x = Vector512.Load(a + i), y = Vector512.Load(b + i);
            (aEven0, bEven0) = Both(x, y, Vector512.Load(n0 + i), aEven0, bEven0);
            (aEven1, bEven1) = Both(x, y, Vector512.Load(n1 + i), aEven1, bEven1);
            (aEven2, bEven2) = Both(x, y, Vector512.Load(n2 + i), aEven2, bEven2);
            (aEven3, bEven3) = Both(x, y, Vector512.Load(n3 + i), aEven3, bEven3);
            (x, y) = (Vector512.Load(a + i + 8), Vector512.Load(b + i + 8));
            (aOdd0, bOdd0) = Both(x, y, Vector512.Load(n0 + i + 8), aOdd0, bOdd0);
            (aOdd1, bOdd1) = Both(x, y, Vector512.Load(n1 + i + 8), aOdd1, bOdd1);
            (aOdd2, bOdd2) = Both(x, y, Vector512.Load(n2 + i + 8), aOdd2, bOdd2);
            (aOdd3, bOdd3) = Both(x, y, Vector512.Load(n3 + i + 8), aOdd3, bOdd3);
        }

        if (i < to)
        {
            Vector512<double> x = Vector512.Load(a + i), y = Vector512.Load(b + i);
            (aEven0, bEven0) = Both(x, y, Vector512.Load(n0 + i), aEven0, bEven0);
            (aEven1, bEven1) = Both(x, y, Vector512.Load(n1 + i), aEven1, bEven1);
            (aEven2, bEven2) = Both(x, y, Vector512.Load(n2 + i), aEven2, bEven2);
            (aEven3, bEven3) = Both(x, y, Vector512.Load(n3 + i), aEven3, bEven3);
        }

        (chains[0], chains[1], chains[2], chains[3]) = (aEven0, aEven1, aEven2, aEven3);
        (chains[4], chains[5], chains[6], chains[7]) = (aOdd0, aOdd1, aOdd2, aOdd3);
        (chains[8], chains[9], chains[10], chains[11]) = (bEven0, bEven1, bEven2, bEven3);
        (chains[12], chains[13], chains[14], chains[15]) = (bOdd0, bOdd1, bOdd2, bOdd3);
    }

    // Products of two columns with the same numbers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<double> A, Vector512<double> B) Both(
        Vector512<double> x, Vector512<double> y, Vector512<double> number, Vector512<double> a, Vector512<double> b) =>
        (Vector512.FusedMultiplyAdd(x, number, a), Vector512.FusedMultiplyAdd(y, number, b));

    /// <summary>Adds Σ column · numbers over the rows to a sum per column: the bits of <see cref="Dot"/>, four columns at a time so that their additions don't wait for each other.</summary>
    /// <param name="panel">The first column.</param>
    /// <param name="stride">Doubles from one column to the next.</param>
    /// <param name="numbers">A number per row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="sums">A sum per column.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddDots(double* panel, long stride, double* numbers, int rows, Span<double> sums)
    {
        int j = 0;
        for (; j + 4 <= sums.Length; j += 4)
        {
            double* c0 = panel + j * stride, c1 = c0 + stride, c2 = c1 + stride, c3 = c2 + stride;
            Vector512<double> even0 = default, even1 = default, even2 = default, even3 = default;
            Vector512<double> odd0 = default, odd1 = default, odd2 = default, odd3 = default;
            int i = 0;
            for (; i + 16 <= rows; i += 16)
            {
                Vector512<double> even = Vector512.Load(numbers + i), odd = Vector512.Load(numbers + i + 8);
                even0 = Vector512.FusedMultiplyAdd(Vector512.Load(c0 + i), even, even0);
                odd0 = Vector512.FusedMultiplyAdd(Vector512.Load(c0 + i + 8), odd, odd0);
                even1 = Vector512.FusedMultiplyAdd(Vector512.Load(c1 + i), even, even1);
                odd1 = Vector512.FusedMultiplyAdd(Vector512.Load(c1 + i + 8), odd, odd1);
                even2 = Vector512.FusedMultiplyAdd(Vector512.Load(c2 + i), even, even2);
                odd2 = Vector512.FusedMultiplyAdd(Vector512.Load(c2 + i + 8), odd, odd2);
                even3 = Vector512.FusedMultiplyAdd(Vector512.Load(c3 + i), even, even3);
                odd3 = Vector512.FusedMultiplyAdd(Vector512.Load(c3 + i + 8), odd, odd3);
            }

            if (i < rows)
            {
                Vector512<double> even = Vector512.Load(numbers + i);
                even0 = Vector512.FusedMultiplyAdd(Vector512.Load(c0 + i), even, even0);
                even1 = Vector512.FusedMultiplyAdd(Vector512.Load(c1 + i), even, even1);
                even2 = Vector512.FusedMultiplyAdd(Vector512.Load(c2 + i), even, even2);
                even3 = Vector512.FusedMultiplyAdd(Vector512.Load(c3 + i), even, even3);
            }

            Span<double> four = sums.Slice(j, 4);
            (Vector256.Create<double>(four) + Lanes.Sums(even0 + odd0, even1 + odd1, even2 + odd2, even3 + odd3)).CopyTo(four);
        }

        for (; j < sums.Length; j++)
            sums[j] += Dot(panel + j * stride, numbers, rows);
    }

    /// <summary>
    /// <see cref="AddDots"/>, and Σ factors · column · column over the rows to another sum per column, to the bits of <see cref="DotOfSquares"/>: a wide panel, which comes from the
    /// second-level cache, is read once for both.
    /// </summary>
    /// <param name="panel">The first column.</param>
    /// <param name="stride">Doubles from one column to the next.</param>
    /// <param name="numbers">A number per row.</param>
    /// <param name="factors">Another.</param>
    /// <param name="rows">Rows, a multiple of 8.</param>
    /// <param name="sums">A sum per column.</param>
    /// <param name="squares">Another.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddDotsAndSquares(double* panel, long stride, double* numbers, double* factors, int rows, Span<double> sums, Span<double> squares)
    {
        int j = 0;
        for (; j + 4 <= sums.Length; j += 4)
        {
            double* c0 = panel + j * stride, c1 = c0 + stride, c2 = c1 + stride, c3 = c2 + stride;
            Vector512<double> even0 = default, even1 = default, even2 = default, even3 = default;
            Vector512<double> odd0 = default, odd1 = default, odd2 = default, odd3 = default;
            Vector512<double> square0 = default, square1 = default, square2 = default, square3 = default;
            int i = 0;
            for (; i + 16 <= rows; i += 16)
            {
                Vector512<double> even = Vector512.Load(numbers + i), factor = Vector512.Load(factors + i);
                (even0, square0) = WithSquare(Vector512.Load(c0 + i), even, factor, even0, square0);
                (even1, square1) = WithSquare(Vector512.Load(c1 + i), even, factor, even1, square1);
                (even2, square2) = WithSquare(Vector512.Load(c2 + i), even, factor, even2, square2);
                (even3, square3) = WithSquare(Vector512.Load(c3 + i), even, factor, even3, square3);
                Vector512<double> odd = Vector512.Load(numbers + i + 8), next = Vector512.Load(factors + i + 8);
                (odd0, square0) = WithSquare(Vector512.Load(c0 + i + 8), odd, next, odd0, square0);
                (odd1, square1) = WithSquare(Vector512.Load(c1 + i + 8), odd, next, odd1, square1);
                (odd2, square2) = WithSquare(Vector512.Load(c2 + i + 8), odd, next, odd2, square2);
                (odd3, square3) = WithSquare(Vector512.Load(c3 + i + 8), odd, next, odd3, square3);
            }

            if (i < rows)
            {
                Vector512<double> even = Vector512.Load(numbers + i), factor = Vector512.Load(factors + i);
                (even0, square0) = WithSquare(Vector512.Load(c0 + i), even, factor, even0, square0);
                (even1, square1) = WithSquare(Vector512.Load(c1 + i), even, factor, even1, square1);
                (even2, square2) = WithSquare(Vector512.Load(c2 + i), even, factor, even2, square2);
                (even3, square3) = WithSquare(Vector512.Load(c3 + i), even, factor, even3, square3);
            }

            Span<double> four = sums.Slice(j, 4), fourSquares = squares.Slice(j, 4);
            (Vector256.Create<double>(four) + Lanes.Sums(even0 + odd0, even1 + odd1, even2 + odd2, even3 + odd3)).CopyTo(four);
            (Vector256.Create<double>(fourSquares) + Lanes.Sums(square0, square1, square2, square3)).CopyTo(fourSquares);
        }

        for (; j < sums.Length; j++)
        {
            sums[j] += Dot(panel + j * stride, numbers, rows);
            squares[j] += DotOfSquares(factors, panel + j * stride, rows);
        }
    }

    /// <summary>The sum of numbers.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="count">How many, a multiple of 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(double* numbers, int count)
    {
        Vector512<double> sum = default;
        for (int i = 0; i < count; i += 8)
            sum += Vector512.Load(numbers + i);

        return Lanes.Sum(sum);
    }

    /// <summary>Σ a · b · b over the rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double DotOfSquares(double* a, double* b, int rows)
    {
        Vector512<double> sum = default;
        for (int i = 0; i < rows; i += 8)
        {
            Vector512<double> x = Vector512.Load(b + i);
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(a + i) * x, x, sum);
        }

        return Lanes.Sum(sum);
    }

    // The product of a column with numbers, and of its square with factors.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<double> Sum, Vector512<double> Square) WithSquare(
        Vector512<double> x, Vector512<double> number, Vector512<double> factor, Vector512<double> sum, Vector512<double> square) =>
        (Vector512.FusedMultiplyAdd(x, number, sum), Vector512.FusedMultiplyAdd(factor * x, x, square));
}
