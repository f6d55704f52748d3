using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;
using Streaming.Parquet;
using Streaming.Parquet.Tests;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Predictions of files whose row groups are odd.</summary>
public sealed class PredictorTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData]
    [InlineData("row")]
    public async Task PredictAsync_OfRowGroupsWithoutRows_PassesOverThem(params string[] keep)
    {
        await File.WriteAllBytesAsync(data.In("a.parquet"), RowGroups(0, 100, 0, 0, 50, 0), TestContext.Current.CancellationToken);

        // Time enough for any machine; a loop without end would not heed a cancellation.
        (double[] predicted, double[] kept) = await PredictAsync(keep).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal(150, predicted.Length);
        if (keep.Length > 0)
            Assert.Equal(Enumerable.Range(0, 150).Select(i => (double)i), kept);
    }

    [Theory]
    [InlineData(null, 20_000, 8190, 8190, 3620)]
    [InlineData("row < 8000 or row >= 8193", 19_807, 8187, 8190, 3430)]
    [InlineData("x > 0.9", -1)]
    public async Task PredictAsync_OfManySmallRowGroups_WritesFewWithTheSameRows(string? where, int rows, params int[] expected)
    {
        // Statistics rule out 38 row groups in the gap of the second condition; those on its two sides are neighbours then.
        await File.WriteAllBytesAsync(data.In("one.parquet"), RowGroups(20_000), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(data.In("many.parquet"), RowGroups([.. Enumerable.Repeat(5, 4_000)]), TestContext.Current.CancellationToken);
        Model model;
        using (Dataset one = data.Open("one.parquet"))
            model = (await new LinearRegression().FitAsync(one, new TrainingOptions { Target = "x" }, TestContext.Current.CancellationToken)).Model;

        (double[] same, _) = await PredictAsync(model, "one.parquet", where, 1);
        (double[] predicted, int[] groups) = await PredictAsync(model, "many.parquet", where, 3);
        Assert.Equal(same, predicted);
        Assert.NotEmpty(predicted);
        if (rows >= 0)
            Assert.Equal(rows, predicted.Length);

        if (expected.Length > 0)
            Assert.Equal(expected, groups);

        Assert.InRange(groups.Length, 1, 3);
    }

    async Task<(double[] Predicted, int[] RowGroups)> PredictAsync(Model model, string name, string? where, int workers)
    {
        using var pool = new BufferPool();
        using Dataset dataset = Dataset.Open([data.In(name)], new DatasetOptions { Where = where == null ? null : RowCondition.Parse(where) }, pool);
        await using (FileStream output = File.Create(data.In("out.parquet")))
            await Predictor.PredictAsync(model, dataset, output, new PredictionOptions { Workers = workers }, TestContext.Current.CancellationToken);

        using ParquetFile file = ParquetFile.Open(LocalFileSource.Open(data.In("out.parquet")), pool);
        return (TestData.Numbers(file, "prediction"), [.. file.RowGroups.Select(g => (int)g.RowCount)]);
    }

    static byte[] RowGroups(params int[] rows)
    {
        int all = rows.Sum();
        return ArrowFile.Write(
            new ArrowOptions(HasIndex: false),
            rows,
            ArrowFile.Of("row", Enumerable.Range(0, all).Select(i => (double)i).ToArray()),
            ArrowFile.Of("x", Enumerable.Range(0, all).Select(i => Math.Sin(i)).ToArray()));
    }

    async Task<(double[] Predicted, double[] Kept)> PredictAsync(string[] keep)
    {
        using Dataset dataset = data.Open("a.parquet");
        Model model = (await new LinearRegression().FitAsync(dataset, new TrainingOptions { Target = "x" }, TestContext.Current.CancellationToken)).Model;
        await using (FileStream output = File.Create(data.In("out.parquet")))
            Assert.Equal(dataset.RowCount, await Predictor.PredictAsync(model, dataset, output, new PredictionOptions { Keep = keep }, TestContext.Current.CancellationToken));

        using var pool = new BufferPool();
        using ParquetFile file = ParquetFile.Open(LocalFileSource.Open(data.In("out.parquet")), pool);
        return (TestData.Numbers(file, "prediction"), keep.Length > 0 ? TestData.Numbers(file, "row") : []);
    }
}
