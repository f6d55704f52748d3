using System.Runtime.Intrinsics;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Models;

public class ProbabilitiesTests
{
    [Fact]
    public void Exp_WholeRange_IsWithinOneAndAHalfUnitsInTheLastPlace()
    {
        for (int i = 0; i <= 200_000; i++)
        {
            double x = -i * (746.0 / 200_000);
            double wanted = Math.Exp(x);
            double found = Probabilities.Exp(Vector512.Create(x))[0];
            double unit = Math.BitIncrement(wanted) - wanted;
            Assert.True(Math.Abs(found - wanted) <= 1.5 * unit, $"exp({x:R}): wanted {wanted:R}, found {found:R}.");
        }
    }

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(-1e300, 0.0)]
    [InlineData(double.NegativeInfinity, 0.0)]
    [InlineData(double.NaN, double.NaN)]
    public void Exp_Limits_AreExact(double x, double wanted) => Assert.Equal(wanted, Probabilities.Exp(Vector512.Create(x))[7]);

    [Fact]
    public void Exp_KnownBits_AreTheSameOnEveryMachine()
    {
        // Computed by this code; they hold it to the same bits with and without AVX-512, AVX2 and FMA.
        ulong hash = 0;
        for (int i = 0; i < 10_000; i++)
            hash = hash * 31 + BitConverter.DoubleToUInt64Bits(Probabilities.Exp(Vector512.Create(-i * 0.0731))[i % 8]);

        Assert.Equal(5135255817544342157UL, hash);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(21)]
    public void Logistic_AnyRowCount_GivesBothProbabilitiesAllTheirDigits(int rows)
    {
        double[] scores = [0, -40, 40, 700, -700, 1e-3, -1e-3];
        var output = new double[3 * rows];
        for (int row = 0; row < rows; row++)
            output[2 * rows + row] = scores[row % scores.Length];

        Probabilities.Logistic(output, rows);

        for (int row = 0; row < rows; row++)
        {
            double score = scores[row % scores.Length];
            Assert.Equal(score > 0 ? 1 : 0, output[row]);
            Assert.Equal(1, output[2 * rows + row] * (1 + Math.Exp(-score)), 1e-14);
            Assert.Equal(1, output[rows + row] * (1 + Math.Exp(score)), 1e-14);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(40)]
    public void Softmax_HugeAndEqualScores_StaysFiniteAndTakesTheFirst(int rows)
    {
        var output = new double[4 * rows];
        output.AsSpan(rows, rows).Fill(-1e4);
        output.AsSpan(2 * rows, rows).Fill(1e4);
        output.AsSpan(3 * rows, rows).Fill(1e4);

        Probabilities.Softmax(output, rows, classes: 3);

        for (int row = 0; row < rows; row++)
            Assert.Equal([1, 0, 0.5, 0.5], [output[row], output[rows + row], output[2 * rows + row], output[3 * rows + row]]);
    }
}
