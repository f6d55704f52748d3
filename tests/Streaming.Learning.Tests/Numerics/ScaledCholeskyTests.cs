using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

/// <summary>Solutions put into the equations that they solve, for sides below, at and above the width that stays in registers.</summary>
public sealed class ScaledCholeskyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(70)]
    public void Solution_SolvesTheEquations_WhateverTheUnits(int n)
    {
        double[] matrix = Gram(n, 3 * n, column => column), diagonal = [.. Enumerable.Range(0, n).Select(i => 0.1 * Unit(i) * Unit(i))], step = new double[n];
        double[] right = [.. Enumerable.Range(0, n).Select(i => Unit(i) * Math.Sin(i + 1))];
        var factors = new ScaledCholesky(n);

        // What other factors have left behind must not matter.
        factors.Factor(Gram(n, n + 1, column => n - 1 - column), diagonal);
        factors.Factor(matrix, diagonal);
        factors.Solve(right, step);
        for (int i = 0; i < n; i++)
        {
            double sum = diagonal[i] * step[i] + Enumerable.Range(0, n).Sum(j => matrix[i * n + j] * step[j]);
            Assert.Equal(right[i] / Unit(i), sum / Unit(i), 1e-10 * n);
        }
    }

    [Fact]
    public void Column_ThatAnEarlierOneExplains_GetsZero()
    {
        const int N = 40, Twin = 35;
        double[] matrix = Gram(N, 3 * N, column => column == Twin ? 3 : column), step = new double[N];
        var factors = new ScaledCholesky(N);
        factors.Factor(matrix, new double[N]);
        factors.Solve([.. Enumerable.Range(0, N).Select(i => matrix[i * N + 3])], step);
        Assert.Equal(0, step[Twin]);
        Assert.All(Enumerable.Range(0, N), j => Assert.Equal(j == 3 ? 1 : 0, step[j] * Unit(j) / Unit(3), 1e-9));
    }

    // Columns' units differ by many powers of ten.
    static double Unit(int column) => Math.Pow(10, column % 9 - 4);

    static double[] Gram(int n, int rows, Func<int, int> columnOf)
    {
        var matrix = new double[n * n];
        for (int row = 0; row < rows; row++)
        {
            double[] values = [.. Enumerable.Range(0, n).Select(columnOf).Select(j => Unit(j) * Math.Sin(row * (j + 1.3) * (j + 1.3) + j))];
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                    matrix[i * n + j] += values[i] * values[j];
            }
        }

        return matrix;
    }
}
