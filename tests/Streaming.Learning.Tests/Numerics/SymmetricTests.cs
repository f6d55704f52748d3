using Streaming.Learning.Numerics;
using Streaming.Learning.Tests.Estimators;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

public sealed class SymmetricTests
{
    [Fact]
    public void Eigen_TwoByTwo_IsDescendingWithLargestEntryPositive()
    {
        // [[2, -1], [-1, 5]] has the eigenvalues (7 ± √13) / 2.
        SymmetricEigen found = SymmetricEigen.Of([2, -1, -1, 5], 2);
        double root = Math.Sqrt(13);
        Near.Equal([(7 + root) / 2, (7 - root) / 2], found.Values, 1e-14);

        double slope = (3 + root) / 2, length = Math.Sqrt(1 + slope * slope);
        Near.Equal([-1 / length, slope / length, slope / length, 1 / length], found.Vectors, 1e-14);
    }

    // Multiplying out is the oracle: V A = diag(values) V, and V V' = 1. Sizes around a vector's eight lanes, and one that fills caches.
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(300)]
    public void Eigen_AnySize_MultipliesOut(int n)
    {
        var matrix = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
                matrix[i * n + j] = matrix[j * n + i] = Sample.U(i, j);
        }

        AssertDecomposes(matrix, n);
    }

    [Fact]
    public void Eigen_RepeatedAndZeroValues_MultipliesOut()
    {
        // Blocks of ones have the eigenvalues 4, 4, 4 and nine times 0; the last three columns are empty.
        var blocks = new double[15 * 15];
        for (int i = 0; i < 12; i++)
        {
            for (int j = 0; j < 12; j++)
                blocks[i * 15 + j] = i % 3 == j % 3 ? 1 : 0;
        }

        SymmetricEigen found = AssertDecomposes(blocks, 15);
        Near.Equal([4, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], found.Values, 1e-12);
        AssertDecomposes(new double[25], 5);
    }

    /// <summary>Weights of 1e200 make sums whose squares are no doubles; a power of two in all entries changes nothing but the values.</summary>
    [Theory]
    [InlineData(900)]
    [InlineData(-900)]
    [InlineData(-1000)]
    public void Eigen_FarFromOne_IsThatOfOrdinaryEntriesToTheBit(int exponent)
    {
        double[] matrix = [2, -1, 0.5, -1, 5, 0.25, 0.5, 0.25, 3];
        SymmetricEigen ordinary = SymmetricEigen.Of(matrix, 3), far = SymmetricEigen.Of([.. matrix.Select(v => Math.ScaleB(v, exponent))], 3);
        Assert.Equal(ordinary.Vectors, far.Vectors);
        Assert.Equal(ordinary.Values.Select(v => Math.ScaleB(v, exponent)), far.Values);
    }

    [Fact]
    public void Eigen_NotFinite_SaysSo() =>
        Assert.Throws<ArithmeticException>(() => SymmetricEigen.Of([1, double.NaN, 2, double.NaN, 1, 3, 2, 3, 1], 3));

    // A diagonal between two reflections 1 - 2 u u' has the diagonal's values. Of values that are equal, a block of directions meets only some.
    [Theory]
    [InlineData(10, 0)]
    [InlineData(20, 20)]
    [InlineData(30, 20)]
    public void Leading_OfManyColumns_AreThoseOfTheConstruction(int wanted, int equal)
    {
        const int N = 1024;
        double[] values = [.. Enumerable.Range(0, N).Select(i => i < equal ? 2.0 : 1.0 / (1 + i))];
        double length = Math.Sqrt(Enumerable.Range(0, N).Sum(j => Sample.U(0, j) * Sample.U(0, j)));
        double[] u = [.. Enumerable.Range(0, N).Select(j => Sample.U(0, j) / length)];
        double inner = u.Zip(values, (a, v) => a * a * v).Sum();
        var matrix = new double[N * N];
        for (int i = 0; i < N; i++)
        {
            for (int j = 0; j < N; j++)
                matrix[i * N + j] = (i == j ? values[i] : 0) - 2 * u[i] * u[j] * (values[i] + values[j] - 2 * inner);
        }

        SymmetricEigen found = LeadingEigen.Of(matrix, N, wanted);
        Near.Equal(values[..wanted], found.Values, 1e-12);
        for (int i = 0; i < wanted; i++)
        {
            ReadOnlySpan<double> vector = found.Vectors.AsSpan(i * N, N);
            var product = new double[N];
            for (int j = 0; j < N; j++)
                product[j] = Lanes.Dot(matrix.AsSpan(j * N, N), vector);

            Near.Equal([.. vector.ToArray().Select(v => v * values[i])], product, 1e-9);
            for (int other = 0; other <= i; other++)
                Assert.Equal(other == i ? 1 : 0, Lanes.Dot(vector, found.Vectors.AsSpan(other * N, N)), 1e-13);
        }

        Assert.Equal(wanted * N, found.Vectors.Length);
    }

    static SymmetricEigen AssertDecomposes(double[] matrix, int n)
    {
        SymmetricEigen found = SymmetricEigen.Of(matrix, n);
        double size = Math.Max(1, Math.Abs(found.Values[0]) + Math.Abs(found.Values[^1]));
        for (int i = 0; i < n; i++)
        {
            Assert.True(i == 0 || found.Values[i] <= found.Values[i - 1]);
            for (int j = 0; j < n; j++)
            {
                double product = 0, square = 0;
                for (int k = 0; k < n; k++)
                {
                    product += found.Vectors[i * n + k] * matrix[k * n + j];
                    square += found.Vectors[i * n + k] * found.Vectors[j * n + k];
                }

                Assert.Equal(found.Values[i] * found.Vectors[i * n + j], product, 1e-14 * n * size);
                Assert.Equal(i == j ? 1 : 0, square, 1e-14 * n);
            }
        }

        return found;
    }

    [Fact]
    public void Solve_WellConditioned_EqualsClosedForm() =>
        Near.Equal([2, 3], SymmetricSolver.Solve([4, 1, 1, 3], [11, 11]), 1e-14);

    // Sizes around a block of rows. The oracle multiplies out: A x = b, and of A = D - u u' the inverse is known (Sherman, Morrison).
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    public void Cholesky_AnySize_MultipliesOut(int n)
    {
        double[] d = [.. Enumerable.Range(0, n).Select(i => 1 + Math.Abs(Sample.U(1, i)))];
        double[] u = [.. Enumerable.Range(0, n).Select(i => Sample.U(2, i) / Math.Sqrt(n))];
        double[] x = [.. Enumerable.Range(0, n).Select(i => Sample.U(3, i))];
        var matrix = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                matrix[i * n + j] = (i == j ? d[i] : 0) - u[i] * u[j];
        }

        double[] right = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => matrix[i * n + j] * x[j]))];
        double left = 1 - u.Zip(d, (a, b) => a * a / b).Sum();
        CholeskyFactor factor = CholeskyFactor.Of(matrix, n, 0)!;
        Near.Equal(x, factor.Solve(right), 1e-12);
        Near.Equal([.. Enumerable.Range(0, n).Select(i => 1 / d[i] + u[i] * u[i] / (d[i] * d[i]) / left)], factor.InverseDiagonal(), 1e-12);
    }

    [Fact]
    public void Cholesky_PivotTooSmall_GivesNothing()
    {
        // The last column is the first, behind a block's end.
        const int N = 20;
        var matrix = new double[N * N];
        for (int i = 0; i < N; i++)
            matrix[i * N + i] = 1;

        matrix[N - 1] = matrix[(N - 1) * N] = 1;
        Assert.Null(CholeskyFactor.Of(matrix, N, 1e-8));
    }

    [Fact]
    public void Solve_UnitsFarApart_KeepsAllColumns() =>
        Near.Equal([2e-9, 3e9], SymmetricSolver.Solve([4e18, 1, 1, 3e-18], [11e9, 11e-9]), 1e-13);

    [Fact]
    public void Solve_Singular_GivesSmallestSolution()
    {
        // x + 2 y = 5 counted once: the smallest (x, y) is along (1, 2). The third column is empty.
        Near.Equal([1, 2, 0], SymmetricSolver.Solve([1, 2, 0, 2, 4, 0, 0, 0, 0], [5, 10, 0]), 1e-12);
    }

    [Fact]
    public void Solve_AllZero_GivesZeros() => Assert.Equal([0, 0], SymmetricSolver.Solve([0, 0, 0, 0], [0, 0]));
}
