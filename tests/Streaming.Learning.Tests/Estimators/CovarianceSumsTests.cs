using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// Covariances of more rows than are multiplied in double, beside those of two passes in double: the error is below 1e-7 of what the variances of two columns allow,
/// whatever the columns look like.
/// </summary>
public sealed unsafe class CovarianceSumsTests
{
    const int Features = 24;
    const int Rows = 160_000;
    const double MostError = 1e-7;

    public static TheoryData<string> Kinds => [.. Columns.Keys];

    static Dictionary<string, Func<double[,]>> Columns { get; } = new()
    {
        ["plain"] = () => Make((_, _, u) => u),
        ["scales"] = () => Make((_, j, u) => u * Math.ScaleB(1, 8 * (j - 12))),
        ["far from zero"] = () => Make((_, j, u) => u + 1e6 * (j + 1)),
        ["farther"] = () => Make((_, j, u) => 1e-3 * u + 1e9),
        ["heavy tails"] = () => Make((_, j, u) => u * u * u * Math.Exp(3 * Math.Abs(u))),
        ["sorted"] = () => Make((i, j, u) => j % 2 == 0 ? i + u : -1e-3 * i * i + u),
        ["steps"] = () => Make((i, j, u) => u + 1000 * (i / 20_000)),
        ["a jump at the end"] = () => Make((i, j, u) => i < Rows - 900 ? u : u + 1e6 * j),
        ["constant at first"] = () => Make((i, j, u) => i < 100_000 || j % 3 > 0 ? 0.1 : 1e-9 * u + 0.1),
        ["varying later"] = () => Make((i, j, u) => i < 130_000 ? 5 : 1e4 * u),
        ["whole numbers"] = () => Make((i, j, u) => Math.Round(10 * u)),
        ["flags"] = () => Make((i, j, u) => u > 0.1 * j - 1 ? 1 : 0),
        ["huge and tiny"] = () => Make((i, j, u) => u * (j % 2 == 0 ? 1e150 : 1e-150)),
        ["one outlier"] = () => Make((i, j, u) => i == 150_000 && j == 3 ? 1e12 : u),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Centered_MoreRowsThanAreExact_IsNearThatOfDoubles(string kind)
    {
        double[,] values = Columns[kind]();
        CovarianceSums sums = Sum(values, null, 1024, 0, Rows);

        Assert.False(sums.IsExact);
        AssertNear(values, null, sums);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("far from zero")]
    [InlineData("sorted")]
    public void Centered_WeightedRows_IsNearThatOfDoubles(string kind)
    {
        double[,] values = Columns[kind]();
        var random = new KeyedRandom(2, "weights");
        double[] weights = [.. Enumerable.Range(0, Rows).Select(i => i % 7 == 0 ? 0 : Math.Exp(6 * random.NextDouble() - 3))];

        AssertNear(values, weights, Sum(values, weights, 1000, 0, Rows));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("sorted")]
    [InlineData("varying later")]
    [InlineData("scales")]
    public void Merge_PartsWithPivotsOfTheirOwn_IsNearThatOfDoubles(string kind)
    {
        double[,] values = Columns[kind]();
        var total = new CovarianceSums(FeatureScaling.Identity(Features));
        foreach ((int from, int to) in ((int, int)[])[(0, 100), (100, 120_000), (120_000, 120_000), (120_000, Rows)])
            total.Merge(Sum(values, null, 512, from, to));

        Assert.Equal(Rows, total.RowCount);
        AssertNear(values, null, total);
    }

    [Fact]
    public void Centered_ColumnsThatRepeatOthers_HaveTheSameProducts()
    {
        double[,] values = Make((_, j, u) => u);
        for (int i = 0; i < Rows; i++)
            values[i, 7] = values[i, 2];

        double[] products = Sum(values, null, 1024, 0, Rows).Centered();
        Assert.Equal(products[2 * Features + 2], products[7 * Features + 7]);
        Assert.Equal(1, products[2 * Features + 7] / products[2 * Features + 2], 1e-8);
    }

    [Fact]
    public void Persist_InTheMiddle_GoesOnWithTheSameBits()
    {
        double[,] values = Columns["sorted"]();
        CovarianceSums whole = Sum(values, null, 512, 0, Rows), first = Sum(values, null, 512, 0, 110_080);
        var resumed = new CovarianceSums(FeatureScaling.Identity(Features));
        StateReader.Restore(resumed, StateWriter.ToBytes(first));
        Add(resumed, values, null, 512, 110_080, Rows);

        Assert.Equal(whole.Centered(), resumed.Centered());
        Assert.Equal(whole.Means(), resumed.Means());
    }

    [Theory]
    [InlineData("plain", "A483B3837C6F0C1F")]
    [InlineData("sorted", "36B4AA1C6D91C7E5")]
    [InlineData("heavy tails", "B9B53DB0E83D70E7")]
    public void Centered_EveryInstructionSet_HasTheBitsOnRecord(string kind, string hash)
    {
        double[] products = Sum(Columns[kind](), null, 1024, 0, Rows).Centered();
        Assert.Equal(hash, Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<double>(products)))[..16]);
    }

    // Columns that have something to do with each other, but for the last ones.
    static double[,] Make(Func<int, int, double, double> value)
    {
        var random = new KeyedRandom(1, "covariance");
        var values = new double[Rows, Features];
        for (int i = 0; i < Rows; i++)
        {
            double common = random.NextDouble() - 0.5;
            for (int j = 0; j < Features; j++)
                values[i, j] = value(i, j, 2 * (random.NextDouble() - 0.5) + (j < 18 ? common * (j - 9) / 4 : 0));
        }

        return values;
    }

    static CovarianceSums Sum(double[,] values, double[]? weights, int batch, int from, int to)
    {
        var sums = new CovarianceSums(FeatureScaling.Identity(Features));
        Add(sums, values, weights, batch, from, to);
        return sums;
    }

    static void Add(CovarianceSums sums, double[,] values, double[]? weights, int batch, int from, int to)
    {
        using var pool = new BufferPool();
        var shape = new BatchShape(Features, batch, false, weights != null, HasRowMajor: false, HasDoubles: true);
        using var tile = new RowBatch(pool, shape);
        for (int first = from; first < to; first += batch)
        {
            // All ones is NaN: whoever counts values beyond the tile's rows shows it.
            new Span<byte>(tile.Doubles, (int)shape.Bytes).Fill(0xFF);
            tile.RowCount = Math.Min(batch, to - first);
            for (int j = 0; j < Features; j++)
            {
                for (int i = 0; i < tile.RowCount; i++)
                    tile.Doubles[(long)j * tile.Stride + i] = values[first + i, j];
            }

            for (int i = 0; i < tile.RowCount && weights != null; i++)
                tile.WeightPointer[i] = weights[first + i];

            sums.Add(tile);
        }
    }

    static void AssertNear(double[,] values, double[]? weights, CovarianceSums sums)
    {
        double weight = weights?.Sum() ?? Rows;
        var means = new double[Features];
        var wanted = new double[Features * Features];
        for (int pass = 0; pass < 2; pass++)
        {
            // The second time what rounding left of the mean of numbers far from zero.
            var rest = new double[Features];
            for (int i = 0; i < Rows; i++)
            {
                for (int j = 0; j < Features; j++)
                    rest[j] += (weights?[i] ?? 1) * (values[i, j] - means[j]);
            }

            for (int j = 0; j < Features; j++)
                means[j] += rest[j] / weight;
        }

        var row = new double[Features];
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Features; j++)
                row[j] = values[i, j] - means[j];

            for (int j = 0; j < Features; j++)
            {
                double weighted = row[j] * (weights?[i] ?? 1);
                for (int k = 0; k <= j; k++)
                    wanted[k * Features + j] += weighted * row[k];
            }
        }

        Assert.Equal(weight, sums.WeightSum, weight * 1e-12);
        double[] found = sums.Centered(), foundMeans = sums.Means();
        for (int j = 0; j < Features; j++)
        {
            double deviation = Math.Sqrt(wanted[j * Features + j] / weight);
            Assert.Equal(means[j], foundMeans[j], 1e-9 * deviation + 1e-14 * Math.Abs(means[j]));
            for (int k = 0; k <= j; k++)
            {
                Assert.Equal(found[k * Features + j], found[j * Features + k]);
                double allowed = Math.Sqrt(wanted[k * Features + k]) * Math.Sqrt(wanted[j * Features + j]);
                double error = allowed == 0 ? Math.Abs(found[k * Features + j]) : Math.Abs(found[k * Features + j] - wanted[k * Features + j]) / allowed;
                Assert.True(error <= MostError, $"Columns {k} and {j}: wanted {wanted[k * Features + j]:R}, found {found[k * Features + j]:R}, an error of {error:E2}.");
            }
        }
    }
}
