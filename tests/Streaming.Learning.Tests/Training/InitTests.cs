using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Runs that go on from a finished model.</summary>
public sealed class InitTests : IDisposable
{
    readonly TestData data = new();

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task SavedLoadedAndGoneOnFrom_IsTheSameForAnyWorkersAndCounts(string name)
    {
        await WriteAsync();
        Model first = await FitAsync(name, ["a.parquet"]);
        if (first.Header.TrainingState.Length == 0)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => FitAsync(name, ["b.parquet"], first));
            Assert.Contains($"{name} can't go on from a finished model: ", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("16 MiB", error.Message, StringComparison.Ordinal);
            return;
        }

        ModelFile.Save(first, data.In("first.model"));
        Model loaded = ModelFile.Load(data.In("first.model"));
        Assert.Equal(first.Header.TrainingState, loaded.Header.TrainingState);
        Model one = await FitAsync(name, ["b.parquet"], loaded, workers: 1);
        Model other = await FitAsync(name, ["b.parquet"], first, workers: 3);
        Assert.Equal(CheckpointTests.BytesOf(one), CheckpointTests.BytesOf(other));
        Assert.Equal((3000, 2000), (one.Header.Summary.EarlierRows, one.Header.Summary.Rows));
        Model third = await FitAsync(name, ["b.parquet"], one);
        Assert.Equal(5000, third.Header.Summary.EarlierRows);
        Assert.NotEqual(CheckpointTests.BytesOf(one), CheckpointTests.BytesOf(third));
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task OfAnEstimatorThatSumsOnce_IsTheModelOfAllRows(string name)
    {
        await WriteAsync();
        Estimator estimator = EstimatorCatalog.Create(name);
        if (estimator.Plan(new RunShape(3, 3, 3000, 3, 1000, 100, 1, false)) is not [{ Kind: PassKind.Sum, Most: 1 }])
            return;

        Model after = await FitAsync(name, ["b.parquet"], await FitAsync(name, ["a.parquet"]));
        Model whole = await FitAsync(name, ["a.parquet", "b.parquet"]);
        foreach ((Tensor wanted, Tensor found) in whole.Tensors.Zip(after.Tensors))
        {
            for (int i = 0; i < wanted.Values.Length; i++)
                Assert.True(IsNear(wanted.Values[i], found.Values[i]), $"{wanted.Name}[{i}]: wanted {wanted.Values[i]}, found {found.Values[i]}.");
        }
    }

    [Fact]
    public async Task Descent_GoesOnWithItsCurvature()
    {
        // Squared errors learned by curvature are least squares, so the rows that were count as much as those that are.
        await WriteAsync();
        var after = (LinearRegressorModel)await FitAsync("sgd-regressor", ["b.parquet"], await FitAsync("sgd-regressor", ["a.parquet"]));
        var whole = (LinearRegressorModel)await FitAsync("sgd-regressor", ["a.parquet", "b.parquet"]);
        for (int j = 0; j < 2; j++)
            Assert.Equal(whole.Coef[j], after.Coef[j], 1e-3);
    }

    [Fact]
    public async Task Clusters_AreHeldByTheRowsThatWere()
    {
        await WriteAsync();
        var first = (KMeansModel)await FitAsync("mini-batch-kmeans", ["a.parquet"]);
        var after = (KMeansModel)await FitAsync("mini-batch-kmeans", ["one.parquet"], first);
        double[] distances = [.. first.ClusterCenters.ToArray().Zip(after.ClusterCenters.ToArray(), (a, b) => Math.Abs(a - b))];

        // One row moves one centre, and that by its share of the rows.
        Assert.InRange(distances.Count(d => d > 0), 1, first.Header.Features.Count);
        Assert.True(distances.Max() < 0.1, $"A centre moved by {distances.Max()}.");
    }

    [Fact]
    public async Task StoppedAndResumed_GivesTheSameModel()
    {
        await WriteAsync();
        Model first = await FitAsync("mini-batch-kmeans", ["a.parquet"]);
        Model whole = await FitAsync("mini-batch-kmeans", ["b.parquet"], first);
        var options = new CheckpointOptions(data.In("checkpoints"));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => FitAsync("mini-batch-kmeans", ["b.parquet"], first, 2, options with { Every = new CheckpointTests.StopAfter(11, stop) }, stop.Token));
        Model resumed = await FitAsync("mini-batch-kmeans", ["b.parquet"], first, 3, options with { Resume = true });
        Assert.Equal(CheckpointTests.BytesOf(whole), CheckpointTests.BytesOf(resumed));
    }

    [Fact]
    public async Task ModelOfSomethingElse_IsRefusedNamingWhat()
    {
        await WriteAsync();
        Model init = await FitAsync("sgd-classifier", ["a.parquet"]);
        await RefusesAsync(new SgdRegressor(), Options("y") with { Init = init }, "the estimator: the model has sgd-classifier, the run sgd-regressor");
        await RefusesAsync(new SgdClassifier { Alpha = 0.5 }, Options("label") with { Init = init }, "parameter alpha: the model has none, the run 0.5");
        await RefusesAsync(new SgdClassifier(), Options("sort") with { Init = init }, "the target: the model has label, the run sort");
        await RefusesAsync(new SgdClassifier(), Options("label") with { Init = init, Standardize = true }, "standardize: the model has false, the run true");
        await RefusesAsync(new SgdClassifier(), Options("label") with { Init = init, Features = ["x1"] }, "the features");
        await RefusesAsync(new SgdClassifier(), Options("label") with { Init = init, Weight = "y" }, "the weight: the model has none, the run y");
    }

    [Fact]
    public async Task ColumnsInAnotherOrder_AreTakenInThatOfTheModel()
    {
        await WriteAsync();
        var random = new Random(8);
        double[] x1 = [.. Enumerable.Range(0, 2000).Select(_ => random.NextDouble() * 10)];
        double[] x2 = [.. x1.Select(_ => random.NextDouble())], y = [.. x1.Select((x, i) => 3 * x - 2 * x2[i])];
        await data.WriteAsync("ordered.parquet", [2000], ("x1", x1), ("x2", x2), ("y", y));
        await data.WriteAsync("reversed.parquet", [2000], ("y", y), ("x2", x2), ("x1", x1));
        Model init = await FitAsync("ridge", ["a.parquet"]);
        Model wanted = await FitAsync("ridge", ["ordered.parquet"], init), found = await FitAsync("ridge", ["reversed.parquet"], init);
        Assert.Equal(["x1", "x2"], found.Header.Features);
        Assert.Equal(((LinearRegressorModel)wanted).Coef.ToArray(), ((LinearRegressorModel)found).Coef.ToArray());
    }

    [Fact]
    public async Task ModelOfWeightedRows_WantsTheSameWeight()
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet");
        Model init = (await new LinearRegression().FitAsync(dataset, Options("y") with { Weight = "x1", Features = ["x2"] })).Model;
        await RefusesAsync(new LinearRegression(), Options("y") with { Init = init, Features = ["x2"] }, "the weight: the model has x1, the run none");
        Model after = (await new LinearRegression().FitAsync(dataset, Options("y") with { Init = init, Features = ["x2"], Weight = "x1" })).Model;
        Assert.Equal(3000, after.Header.Summary.EarlierRows);
    }

    [Fact]
    public async Task ClassThatTheModelDoesNotKnow_IsNamed()
    {
        await WriteAsync();
        Model init = await FitAsync("sgd-classifier", ["a.parquet"]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => FitAsync("sgd-classifier", ["strange.parquet"], init));
        Assert.Contains("'label' must be one of the classes high, low", error.Message, StringComparison.Ordinal);
    }

    // Some figures are not defined (NaN) for some models.
    static bool IsNear(double wanted, double found) => wanted.Equals(found) || Math.Abs(wanted - found) <= 1e-9 * (1 + Math.Abs(wanted));

    async Task RefusesAsync(Estimator estimator, TrainingOptions options, string named)
    {
        using Dataset dataset = data.Open("b.parquet");
        var error = await Assert.ThrowsAsync<ArgumentException>(() => estimator.FitAsync(dataset, options));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    static TrainingOptions Options(string? target) => new() { Target = target, Features = ["x1", "x2"], BatchSize = 100, Partitions = 3 };

    async Task<Model> FitAsync(
        string name, string[] files, Model? init = null, int workers = 2, CheckpointOptions? checkpoint = null, CancellationToken cancellation = default)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        using Dataset dataset = data.Open(files);
        string? target = estimator.TargetKind switch { TargetKind.Classes => "label", TargetKind.Number => "y", _ => null };
        return (await estimator.FitAsync(dataset, Options(target) with { Init = init, Workers = workers, Checkpoint = checkpoint }, cancellation)).Model;
    }

    async Task WriteAsync()
    {
        var random = new Random(7);
        await WriteAsync("a.parquet", [1000, 1000, 1000], random, v => v > 15 ? "high" : "low");
        await WriteAsync("b.parquet", [700, 700, 600], random, v => v > 15 ? "high" : "low");
        await WriteAsync("one.parquet", [1], random, _ => "low");
        await WriteAsync("strange.parquet", [100], random, v => v > 15 ? "high" : "new");
    }

    Task WriteAsync(string name, int[] rowGroups, Random random, Func<double, string> labelOf)
    {
        double[] x1 = [.. Enumerable.Range(0, rowGroups.Sum()).Select(_ => random.NextDouble() * 10)];
        float[] x2 = [.. x1.Select(_ => random.NextSingle())];
        double[] y = [.. x1.Select((x, i) => 3 * x - 2 * x2[i] + random.NextDouble())];
        string[] label = [.. y.Select(labelOf)];
        return data.WriteAsync(name, rowGroups, ("x1", x1), ("x2", x2), ("y", y), ("label", label), ("sort", label));
    }
}
