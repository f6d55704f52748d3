using System.Globalization;
using System.Text.RegularExpressions;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Training.Planning;

/// <summary>Predictions keep to the memory budget: fewer threads where it is small, the same file always, and a figure where nothing fits.</summary>
public sealed class PredictionMemoryTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData]
    [InlineData("row")]
    public async Task PredictAsync_WithLessMemory_WritesTheSameWithinIt_OrSaysWhatWouldDo(params string[] keep)
    {
        await data.WriteNumberedAsync("a.parquet", [.. Enumerable.Repeat(5_000, 12)]);
        Model model;
        using (Dataset dataset = data.Open("a.parquet"))
            model = (await new LinearRegression().FitAsync(dataset, new TrainingOptions { Target = "x" }, TestContext.Current.CancellationToken)).Model;

        byte[] expected = await PredictAsync(model, long.MaxValue, keep);
        var refused = await Assert.ThrowsAsync<MemoryBudgetException>(() => PredictAsync(model, 200_000, keep));
        Match figure = Regex.Match(refused.Message, @"Give at least ([0-9,]+) bytes");
        long least = long.Parse(figure.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        Assert.InRange(least, 200_001, 10_000_000);
        await Assert.ThrowsAsync<MemoryBudgetException>(() => PredictAsync(model, least - 1, keep));
        foreach (long limit in new[] { least, least + 300_000, 3 * least })
            Assert.Equal(expected, await PredictAsync(model, limit, keep));
    }

    [Fact]
    public async Task PredictAsync_WhoseFootersDoNotFit_SaysSo()
    {
        // Kept columns come a row group at a time, so that the output has as many: a kilobyte for each of its two columns, and of the data's.
        await data.WriteNumberedAsync("a.parquet", [.. Enumerable.Repeat(10, 6_000)]);
        Model model;
        using (Dataset dataset = data.Open("a.parquet"))
            model = (await new LinearRegression().FitAsync(dataset, new TrainingOptions { Target = "x" }, TestContext.Current.CancellationToken)).Model;

        var refused = await Assert.ThrowsAsync<MemoryBudgetException>(() => PredictAsync(model, 12_000_000, ["row"]));
        Assert.Contains("the footers of the output, and for copying of the data, 24,576,000,", refused.Message);
        Assert.Contains("or predict files with larger row groups", refused.Message);
        await PredictAsync(model, 12_000_000, []);
    }

    /// <summary>While the first row group is being written, workers wait: without that, the predictions of all rows would wait in memory.</summary>
    [Theory]
    [InlineData]
    [InlineData("row")]
    public async Task PredictAsync_IsAFewRowGroupsAheadOfTheWriter(params string[] keep)
    {
        await data.WriteNumberedAsync("a.parquet", [.. Enumerable.Repeat(10_000, 40)]);
        using Dataset dataset = data.Open("a.parquet");
        Model model = (await new LinearRegression().FitAsync(dataset, new TrainingOptions { Target = "x" }, TestContext.Current.CancellationToken)).Model;
        long before = dataset.BytesRead;
        long atFirst = 0;
        using var output = new WatchedStream(async () =>
        {
            await Task.Delay(300, TestContext.Current.CancellationToken);
            atFirst = dataset.BytesRead - before;
        });
        await Predictor.PredictAsync(model, dataset, output, new PredictionOptions { Workers = 2, Keep = keep }, TestContext.Current.CancellationToken);
        Assert.InRange(atFirst, 1, (dataset.BytesRead - before) / 4);
    }

    async Task<byte[]> PredictAsync(Model model, long limit, string[] keep)
    {
        using var pool = new BufferPool(limit);
        using var output = new MemoryStream();
        using (Dataset dataset = Dataset.Open([data.In("a.parquet")], pool))
        {
            var options = new PredictionOptions { Workers = 4, Keep = keep };
            Assert.Equal(60_000, await Predictor.PredictAsync(model, dataset, output, options, TestContext.Current.CancellationToken));
        }

        Assert.InRange(pool.PeakBytes, 1, limit);
        Assert.Equal((0, 0), (pool.RentedBytes, pool.ReservedBytes));
        return output.ToArray();
    }

    /// <summary>Does something before the first values come.</summary>
    sealed class WatchedStream(Func<Task> atFirst) : MemoryStream
    {
        const int HeaderBytes = 4;

        bool isSeen;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Length >= HeaderBytes && !isSeen)
            {
                isSeen = true;
                await atFirst();
            }

            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
