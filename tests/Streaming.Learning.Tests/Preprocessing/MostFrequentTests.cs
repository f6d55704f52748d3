using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Preprocessing;

/// <summary>Filling with the most frequent value, beside scikit-learn 1.2.1's <c>SimpleImputer(strategy="most_frequent")</c>.</summary>
public sealed class MostFrequentTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Ties_AreTheSmallestValue_AndScaledWithWhatIsFilled()
    {
        double?[] a = [2, 3, null, 3, 2, 1, null], b = [5.5, null, 5.5, -1, -1, null, 7];
        await data.WriteAsync("train.parquet", [3, 4], ("a", a), ("b", b), ("y", (double[])[1, 2, 3, 4, 5, 6, 7]));

        // statistics_ of SimpleImputer, then fit_transform of StandardScaler.
        Assert.Equal((double[])[2, -1], await FillsAsync(new TrainingOptions { Target = "y", Preprocessing = [Imputer, new StandardScaler()] }));
        using Dataset dataset = data.Open("train.parquet");
        double[][] rows = EncodedRows.Of(ModelFile.Load(data.In("model")).Header, dataset);
        double[][] wanted = [[-0.22360679774997885, 1.0014609211587775], [1.3416407864998738, -0.8583950752789522], [-0.22360679774997885, 1.0014609211587775]];
        for (int i = 0; i < wanted.Length; i++)
            Assert.All(wanted[i].Zip(rows[i]), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
    }

    [Fact]
    public async Task RowsCountByTheirWeights_AndCategoriesByTheirNumber()
    {
        double?[] a = [2, 2, 3, null];
        await data.WriteAsync(
            "train.parquet", [4], ("a", a), ("city", (string?[])["b", null, "b", "a"]), ("w", (double[])[1, 1, 3, 1]), ("y", (double[])[1, 2, 3, 4]));
        var options = new TrainingOptions { Target = "y", Weight = "w", Preprocessing = [new OrdinalEncoder("city"), Imputer] };
        Assert.Equal((double[])[3, 1], await FillsAsync(options));
    }

    [Fact]
    public async Task MoreValuesThanCanBeCounted_AreRefusedNamingTheFeature()
    {
        const int Rows = 10_001;
        double[] all = [.. Enumerable.Range(0, Rows).Select(i => (double)i)];
        await data.WriteAsync("train.parquet", [5000, 5001], ("x", all), ("y", all));
        var options = new TrainingOptions { Target = "y", Preprocessing = [Imputer] };
        var error = await Assert.ThrowsAsync<DatasetException>(() => FillsAsync(options));
        Assert.Contains("'x' has more than 10,000 different values", error.Message, StringComparison.Ordinal);

        // One fewer is counted; all are as frequent.
        await data.WriteAsync("train.parquet", [5000, 5000], ("x", all[..^1]), ("y", all[..^1]));
        Assert.Equal((double[])[0], await FillsAsync(options));
    }

    [Fact]
    public async Task AsARuleForMissingOrInfiniteValues_IsRefusedNamingTheStepThatHasIt()
    {
        double[] values = [1, 2, 3];
        await data.WriteAsync("train.parquet", [3], ("x", values), ("y", values));
        TrainingOptions[] refused =
        [
            new() { Target = "y", OnMissing = ValueHandling.MostFrequent },
            new() { Target = "y", OnInfinite = ValueHandling.MostFrequent },
        ];
        foreach (TrainingOptions options in refused)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => FillsAsync(options));
            Assert.Contains("found most_frequent, which simple-imputer (impute) has", error.Message, StringComparison.Ordinal);
        }
    }

    static SimpleImputer Imputer => new() { Strategy = ValueHandling.MostFrequent };

    // What a saved model fills with.
    async Task<double[]> FillsAsync(TrainingOptions options)
    {
        using Dataset dataset = data.Open("train.parquet");
        var learner = new SgdRegressor { LearningRate = LearningRateSchedule.Invscaling, Eta0 = 1e-12 };
        ModelFile.Save((await learner.FitAsync(dataset, options)).Model, data.In("model"));
        return [.. ModelFile.Load(data.In("model")).Header.Rules.MissingFills!];
    }
}
