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

    [Fact]
    public void Solve_WellConditioned_EqualsClosedForm() =>
        Near.Equal([2, 3], SymmetricSolver.Solve([4, 1, 1, 3], [11, 11]), 1e-14);

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
