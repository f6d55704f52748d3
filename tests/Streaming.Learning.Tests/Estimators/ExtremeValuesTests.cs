using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// Values that are finite and absurd, and steps that are: every estimator ends well, or stops with an error that says what to try. No model
/// holds a number that is none.
/// </summary>
public sealed class ExtremeValuesTests : IDisposable
{
    const int Rows = 600;

    static readonly string[] Kinds =
    [
        "1e30", "1e300", "one in a hundred is 1e30", "one in a hundred is 1e300", "constant 1e30", "constant 1e300", "1e-300", "1e30 beside 1", "target 1e300", "1e15 and a bit",
    ];

    readonly TestData data = new();

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (Estimator estimator in EstimatorCatalog.All)
        {
            foreach (string kind in Kinds)
                cases.Add(estimator.Name, kind);
        }

        return cases;
    }

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task AbsurdValues_EndWellOrSayWhatToTry(string name, string kind)
    {
        using Dataset dataset = await WriteAsync(kind);
        foreach (bool isStandardised in new[] { false, true })
        {
            if (isStandardised && EstimatorCatalog.Create(name).NeedsCounts)
                continue;

            await CheckAsync(EstimatorCatalog.Create(name), dataset, isStandardised);
        }
    }

    [Fact]
    public async Task LinearRegression_OfATargetWhoseSquaresAreTooLarge_SpeaksOfTheTarget()
    {
        double[] x = [.. Enumerable.Range(0, Rows).Select(i => i % 7.0)];
        await data.WriteAsync("large.parquet", [Rows], ("x", x), ("y", x.Select(v => v > 3 ? 1e308 : -1e308).ToArray()));
        using Dataset dataset = data.Open("large.parquet");
        foreach (bool fitIntercept in new[] { true, false })
        {
            var error = await Assert.ThrowsAsync<DivergenceException>(
                () => new LinearRegression { FitIntercept = fitIntercept }.FitAsync(dataset, new TrainingOptions { Target = "y" }));
            Assert.Contains("target 'y' are too large", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("standardise", error.Message, StringComparison.Ordinal);
        }
    }

    // Models are used on float32: what they could not be used on they do not learn from either, whether they learn from doubles or not.
    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task AValueBeyondFloat32_IsRefusedWhereItIsLearnedAsWhereItIsPredicted(string name)
    {
        using Dataset dataset = await WriteAsync("1e39 in row 17");
        Estimator estimator = EstimatorCatalog.Create(name);
        TrainingOptions options = OptionsFor(estimator);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var error = await Assert.ThrowsAsync<DatasetException>(() => estimator.FitAsync(dataset, options, cancellation));
        Assert.Contains("'x1' must be a finite number, found infinity, or a number beyond the range of float32, in row 17", error.Message, StringComparison.Ordinal);

        FitResult without = await EstimatorCatalog.Create(name).FitAsync(dataset, options with { OnInfinite = ValueHandling.Drop }, cancellation);
        Assert.Equal(1, without.RowsRejected);
        error = await Assert.ThrowsAsync<DatasetException>(() => Predictor.PredictAsync(without.Model, dataset, Stream.Null, null, cancellation));
        Assert.Contains("'x1' must be a finite number", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e5)]
    [InlineData(1e300)]
    public async Task AbsurdSteps_EndWellOrSayWhatToTry(double eta0)
    {
        using Dataset dataset = await WriteAsync("plain");
        foreach (LearningRateSchedule schedule in Enum.GetValues<LearningRateSchedule>().Where(s => s != LearningRateSchedule.Normalized))
        {
            foreach (ClassificationLoss loss in Enum.GetValues<ClassificationLoss>())
                await CheckAsync(new SgdClassifier { Loss = loss, LearningRate = schedule, Eta0 = eta0 }, dataset, isStandardised: true);

            foreach (RegressionLoss loss in Enum.GetValues<RegressionLoss>())
                await CheckAsync(new SgdRegressor { Loss = loss, LearningRate = schedule, Eta0 = eta0 }, dataset, isStandardised: true);
        }
    }

    [Theory]
    [InlineData("1e30")]
    [InlineData("target 1e300")]
    [InlineData("1e30 beside 1")]
    public async Task AbsurdValues_WithEveryLossAndSchedule_EndWellOrSayWhatToTry(string kind)
    {
        using Dataset dataset = await WriteAsync(kind);
        foreach (LearningRateSchedule schedule in Enum.GetValues<LearningRateSchedule>().Where(s => s != LearningRateSchedule.Normalized))
        {
            foreach (ClassificationLoss loss in Enum.GetValues<ClassificationLoss>())
                await CheckAsync(new SgdClassifier { Loss = loss, LearningRate = schedule, Eta0 = 0.01 }, dataset, isStandardised: false);

            foreach (RegressionLoss loss in Enum.GetValues<RegressionLoss>())
                await CheckAsync(new SgdRegressor { Loss = loss, LearningRate = schedule }, dataset, isStandardised: false);
        }
    }

    async Task CheckAsync(Estimator estimator, Dataset dataset, bool isStandardised)
    {
        TrainingOptions options = OptionsFor(estimator) with { Standardize = isStandardised, HoldoutFraction = 0.2 };
        FitResult result;
        try
        {
            result = await estimator.FitAsync(dataset, options, TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is DivergenceException or DatasetException or InvalidDataException)
        {
            Assert.Matches("[Tt]ry|Clean", e.Message);
            Assert.Equal(0, dataset.Pool.RentedBytes);
            return;
        }

        // Statistics of a regression say by NaN that the rows do not determine them.
        IEnumerable<Tensor> learned = result.Model is LinearRegressorModel ? result.Model.Tensors.Where(t => t.Name is "coef" or "intercept") : result.Model.Tensors;
        Assert.All(learned, t => Assert.All(t.Values, v => Assert.True(double.IsFinite(v), t.Name)));
        ModelFile.Save(result.Model, data.In("model"));
        Assert.Equal(result.Model.Kind, ModelFile.Load(data.In("model")).Kind);
    }

    static TrainingOptions OptionsFor(Estimator estimator) => new()
    {
        Target = estimator.TargetKind switch { TargetKind.Classes => "label", TargetKind.Number => "y", _ => null },
        Features = ["x*"],
        Epochs = 2,
        BatchSize = 64,
        Workers = 2,
    };

    async Task<Dataset> WriteAsync(string kind)
    {
        double[][] x = [.. Enumerable.Range(0, 3).Select(j => Enumerable.Range(0, Rows).Select(i => ValueOf(kind, i, j)).ToArray())];
        double[] y = [.. Enumerable.Range(0, Rows).Select(i => kind == "target 1e300" ? 1e300 * Sample.U(i, 9) : Sample.U(i, 0) + Sample.U(i, 1))];
        int[] label = [.. Enumerable.Range(0, Rows).Select(i => Sample.U(i, 0) + Sample.U(i, 1) > 0 ? 1 : 0)];
        await data.WriteAsync("a.parquet", [200, 400], ("x0", x[0]), ("x1", x[1]), ("x2", x[2]), ("y", y), ("label", label));
        return data.Open("a.parquet");
    }

    // Not below 0, as multinomial naive Bayes wants counts.
    static double ValueOf(string kind, int row, int column)
    {
        double value = Sample.U(row, column) + 0.5;
        return kind switch
        {
            "1e30" => 1e30 * value,
            "1e300" => 1e300 * value,
            "one in a hundred is 1e30" => row % 100 == 7 ? 1e30 : value,
            "one in a hundred is 1e300" => row % 100 == 7 ? 1e300 : value,
            "constant 1e30" => column == 1 ? 1e30 : value,
            "constant 1e300" => column == 1 ? 1e300 : value,
            "1e39 in row 17" => row == 17 && column == 1 ? 1e39 : value,
            "1e-300" => 1e-300 * value,
            "1e30 beside 1" => column == 1 ? 1e30 * value : value,
            "1e15 and a bit" => 1e15 + value,
            _ => value,
        };
    }
}
