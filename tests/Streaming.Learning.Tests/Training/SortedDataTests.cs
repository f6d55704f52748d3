using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Numerics;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>
/// Rows sorted by their target must not ruin learning row by row: after one pass the log-loss of held-out rows is within 2 % of that on
/// the same rows in random order.
/// </summary>
public sealed class SortedDataTests(SortedDataTests.Rows rows) : IClassFixture<SortedDataTests.Rows>
{
    [Theory]
    [InlineData("one.parquet", LearningRateSchedule.Normalized, 8)]
    [InlineData("one.parquet", LearningRateSchedule.Optimal, 8)]
    [InlineData("one.parquet", LearningRateSchedule.Normalized, 3)]
    [InlineData("one.parquet", LearningRateSchedule.Optimal, 3)]
    [InlineData("many-*.parquet", LearningRateSchedule.Normalized, 8)]
    [InlineData("many-*.parquet", LearningRateSchedule.Optimal, 8)]
    public async Task OnePass_OverSortedRows_IsAsGoodAsOverShuffledOnes(string sorted, LearningRateSchedule schedule, int partitions)
    {
        double shuffledLoss = await LossAsync("shuffled.parquet", schedule, partitions);
        double sortedLoss = await LossAsync(sorted, schedule, partitions);
        Assert.InRange(sortedLoss / shuffledLoss, 0, 1.02);
        Assert.True(shuffledLoss < 0.55, $"Wanted a loss that shows that something was learned, found {shuffledLoss}.");
    }

    async Task<double> LossAsync(string files, LearningRateSchedule schedule, int partitions)
    {
        using Dataset dataset = Dataset.Open(rows.In(files));
        using Dataset validation = Dataset.Open(rows.In("validation.parquet"));
        FitResult fit = await new SgdClassifier { LearningRate = schedule }.FitAsync(
            dataset,
            new TrainingOptions { Target = "y", Standardize = schedule == LearningRateSchedule.Optimal, Partitions = partitions, Validation = validation },
            TestContext.Current.CancellationToken);
        return fit.Metrics.Single(m => m.Name == "log_loss").Value;
    }

    /// <summary>The rows of two classes, a third of them of class 1, in several orders.</summary>
    public sealed class Rows : IAsyncLifetime
    {
        const int Count = 200_000;
        readonly TestData data = new();

        public string In(string name) => data.In(name);

        public async ValueTask InitializeAsync()
        {
            int[] shuffled = [.. Enumerable.Range(0, Count)];
            int[] sorted = [.. shuffled.OrderBy(LabelOf)];
            int[] groups = [.. Enumerable.Repeat(5000, Count / 5000)];
            await data.WriteAsync("shuffled.parquet", groups, Columns(shuffled));
            await data.WriteAsync("one.parquet", groups, Columns(sorted));
            for (int f = 0; f < 20; f++)
                await data.WriteAsync($"many-{f:D2}.parquet", [Count / 20], Columns(sorted[(f * Count / 20)..((f + 1) * Count / 20)]));

            await data.WriteAsync("validation.parquet", [20_000], Columns([.. Enumerable.Range(Count, 20_000)]));
        }

        public ValueTask DisposeAsync()
        {
            data.Dispose();
            return ValueTask.CompletedTask;
        }

        static (string, Array)[] Columns(int[] order) =>
        [
            .. Enumerable.Range(0, 8).Select(j => ($"x{j}", (Array)order.Select(i => ValueOf(i, j)).ToArray())),
            ("y", order.Select(LabelOf).ToArray()),
        ];

        // Features of different scale and place, two of them correlated.
        static double ValueOf(int row, int feature) => feature switch
        {
            7 => 0.7 * NoiseOf(row, 6) + 0.3 * NoiseOf(row, 7),
            _ => Math.Pow(3, feature - 2) * (NoiseOf(row, feature) + feature),
        };

        static int LabelOf(int row)
        {
            double score = -1.0;
            for (int j = 0; j < 8; j++)
                score += (j % 2 == 0 ? 0.9 : -0.7) * NoiseOf(row, j);

            return 1 / (1 + Math.Exp(-score)) > Uniform(row, 100) ? 1 : 0;
        }

        static double NoiseOf(int row, int feature) => Math.Sqrt(-2 * Math.Log(1 - Uniform(row, feature))) * Math.Cos(2 * Math.PI * Uniform(row, feature + 50));

        static double Uniform(int row, int use) => new KeyedRandom(row, "test", use).NextDouble();
    }
}
