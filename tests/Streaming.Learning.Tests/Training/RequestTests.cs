using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>How often a run asks the storage.</summary>
public sealed class RequestTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fit_OnManyColumnsOfSmallRowGroups_AsksOncePerRowGroup(bool standardize)
    {
        var columns = new (string, Array)[60];
        for (int c = 0; c < columns.Length; c++)
            columns[c] = ($"c{c}", Enumerable.Range(0, 6000).Select(i => Math.Sin(i * (c + 1))).ToArray());

        await data.WriteAsync("a.parquet", [1000, 1000, 1000, 1000, 1000, 1000], columns);
        using Dataset dataset = data.Open("a.parquet");
        long opened = dataset.Files[0].Parquet.Source.Requests;
        Assert.Equal(1, opened);
        var options = new TrainingOptions { Target = "c59", Standardize = standardize, Workers = 2 };
        FitResult fit = await new SgdRegressor().FitAsync(dataset, options, TestContext.Current.CancellationToken);
        Assert.Equal(6000, fit.Model.Header.Summary.Rows);

        // And once to look at the first rows.
        Assert.InRange(dataset.Files[0].Parquet.Source.Requests - opened, 6, (standardize ? 2 : 1) * 6 + 1);
    }
}
