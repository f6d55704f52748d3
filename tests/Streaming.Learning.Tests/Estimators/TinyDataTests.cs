using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// Every estimator on hardly any data, and on data that say nothing: it gives a model of finite numbers, or says what is wrong with the data.
/// </summary>
public sealed class TinyDataTests : IDisposable
{
    static readonly string[] Statistics = ["standard_errors", "intercept_standard_error", "r2", "adjusted_r2", "residual_variance"];

    readonly TestData data = new();

    public static TheoryData<string, int, string> Cases =>
    [
        .. from estimator in EstimatorCatalog.All
           from rows in new[] { 1, 2, 3, 10 }
           from kind in new[] { "ordinary", "one feature", "constant features", "one target", "one row again and again" }
           select (estimator.Name, rows, kind),
    ];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Fit_GivesFiniteNumbersOrSaysWhatIsWrong(string name, int rows, string kind)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        using Dataset dataset = await WriteAsync(rows, kind);
        string? target = estimator.TargetKind switch
        {
            TargetKind.Classes => "label",
            TargetKind.Number => "y",
            _ => null,
        };
        FitResult result;
        try
        {
            result = await estimator.FitAsync(
                dataset, new TrainingOptions { Target = target, Features = ["x*"], Workers = 1 }, TestContext.Current.CancellationToken);
        }
        catch (Exception refusal) when (refusal is DatasetException or InvalidDataException)
        {
            // With two classes and as many rows as ask for something, there is no reason to refuse.
            Assert.False(rows == 10 && kind == "ordinary", refusal.Message);
            Assert.Matches("at least|[Ww]anted", refusal.Message);
            return;
        }

        // Statistics of a fit are not a number where the rows leave nothing to estimate them from (RegressionStatistics).
        foreach (Tensor tensor in result.Model.Tensors.Where(t => !Statistics.Contains(t.Name)))
            Assert.All(tensor.Values, v => Assert.False(double.IsNaN(v), $"{tensor.Name} holds NaN."));
    }

    async Task<Dataset> WriteAsync(int rows, string kind)
    {
        int features = kind == "one feature" ? 1 : 3;
        double At(int row, int feature) => kind switch
        {
            "constant features" => feature,
            "one row again and again" => 1 + feature,
            _ => 1 + Sample.U(row, feature),
        };
        bool isOne = kind is "one target" or "one row again and again";
        (string, Array)[] columns =
        [
            .. Enumerable.Range(0, features).Select(j => ($"x{j}", (Array)Enumerable.Range(0, rows).Select(i => At(i, j)).ToArray())),
            ("y", Enumerable.Range(0, rows).Select(i => isOne ? 2.0 : i).ToArray()),
            ("label", Enumerable.Range(0, rows).Select(i => isOne || i % 2 == 0 ? "a" : "b").ToArray()),
        ];
        await data.WriteAsync("rows.parquet", [rows], columns);
        return data.Open("rows.parquet");
    }
}
