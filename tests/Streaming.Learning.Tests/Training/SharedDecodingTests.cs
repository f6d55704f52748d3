using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Tests.Data.Conditions;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Fewer partitions than workers: several decode the columns of one, with the same result, and the same error.</summary>
public sealed class SharedDecodingTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("c1 >= -2", 1024)]
    [InlineData("c1 > 0.3", 1024)]
    [InlineData("c1 > 0.999", 100)]
    public async Task Fit_OnOnePartition_GivesTheSameForAnyWorkers(string condition, int batchSize)
    {
        await WriteAsync([3000, 1, 5000, 2999, 6000], _ => { });
        double[]? first = null;
        foreach (int workers in new[] { 1, 2, 5, 16 })
        {
            using Dataset dataset = Matching.Open(condition, data.In("a.parquet"));
            FitResult fit = await FitAsync(dataset, workers, batchSize);
            double[] values = [.. fit.Model.Tensors.SelectMany(t => t.Values)];
            first ??= values;
            Assert.Equal(first, values);
            Assert.Equal(dataset.RowCount, fit.Model.Header.Summary.Rows + fit.Model.Header.Summary.HoldoutRows + fit.RowsFiltered);
            Assert.Equal(0, dataset.Pool.RentedBytes);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Fit_WithValuesThatAreNotAllowed_NamesTheFirstRowForAnyWorkers(int workers)
    {
        await WriteAsync([17_000], columns =>
        {
            columns[0][7010] = double.NaN;
            columns[4][7000] = double.NaN;
            columns[2][7001] = double.PositiveInfinity;
        });
        using Dataset dataset = data.Open("a.parquet");
        var error = await Assert.ThrowsAsync<DatasetException>(() => FitAsync(dataset, workers, 1024, holdout: 0));
        Assert.Contains("Feature 'c4' must be a finite number, found null or NaN in row 7000", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    static Task<FitResult> FitAsync(Dataset dataset, int workers, int batchSize, double holdout = 0.2) => new LinearRegression().FitAsync(
        dataset,
        new TrainingOptions { Target = "c5", HoldoutFraction = holdout, Workers = workers, Partitions = 1, BatchSize = batchSize },
        TestContext.Current.CancellationToken);

    Task<string> WriteAsync(int[] rowGroups, Action<double[][]> change)
    {
        double[][] columns = [.. Enumerable.Range(0, 6).Select(c => Enumerable.Range(0, 17_000).Select(i => Math.Sin(i * (c + 1.5))).ToArray())];
        change(columns);
        return data.WriteAsync("a.parquet", rowGroups, [.. columns.Select((v, c) => ($"c{c}", (Array)v))]);
    }
}
