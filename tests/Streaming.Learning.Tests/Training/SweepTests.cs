using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Passes;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Training;
using Streaming.Learning.Training.Planning;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Candidates that learn from one reading of the data learn what each would learn alone.</summary>
public sealed class SweepTests : IDisposable
{
    const int Rows = 3000;

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    public static TheoryData<string, string, string> Grids => new()
    {
        { "sgd-classifier", "alpha", "1e-9,0.01,0.3" },
        { "sgd-classifier", "epochs", "1,3,2" },
        { "sgd-regressor", "penalty", "l1,l2,elasticnet" },
        { "logistic-regression", "C", "0.001,1,100" },
        { "linear-regression", "fit_intercept", "true,false" },
        { "ridge", "alpha", "0,0.1,1000" },
        { "gaussian-nb", "var_smoothing", "1e-9,0.1" },
        { "multinomial-nb", "alpha", "0.1,1" },
        { "linear-discriminant-analysis", "tol", "0.0001,0.5" },
        { "mini-batch-kmeans", "n_clusters", "2,5,9" },
        { "kmeans", "n_clusters", "7,3" },
        // By the covariance: random directions are chosen by the memory there is, which is least here.
        { "incremental-pca", "n_components", "0.6,4" },
    };

    [Theory]
    [MemberData(nameof(Grids))]
    public async Task EveryCandidate_LearnsWhatItLearnsAlone(string name, string parameter, string values)
    {
        Sweep sweep = await GridAsync(name, parameter, values);
        TrainingPlan least = LeastFor(sweep, name);
        using var pool = new BufferPool(least.Bytes);
        using Dataset tight = Dataset.Open([data.In("a.parquet")], pool);
        FitResult swept = await sweep.FitAsync(tight, Options(name) with { Workers = 3 }, TestContext.Current.CancellationToken);
        Assert.Equal(least.Bytes, swept.PlannedBytes);
        Assert.Equal(0, pool.RentedBytes);
        Assert.Equal(values.Split(',').Select(v => $"{parameter}={v}"), swept.Candidates.Select(c => c.Name.Split(' ')[0]));

        using Dataset dataset = data.Open("a.parquet");
        for (int i = 0; i < sweep.Candidates.Count; i++)
        {
            SweepCandidate candidate = sweep.Candidates[i];
            TrainingOptions options = Options(name);
            FitResult alone = await candidate.Estimator.FitAsync(
                dataset, options with { Workers = 1, Epochs = candidate.Epochs ?? options.Epochs }, TestContext.Current.CancellationToken);
            Assert.Equal(alone.Metrics, swept.Candidates[i].Metrics);
            if (swept.Candidates[i].IsChosen)
                Assert.Equal(CheckpointTests.BytesOf(alone.Model), CheckpointTests.BytesOf(swept.Model));
        }
    }

    /// <summary>Where candidates share lanes: more of them than lanes, some that can't join, and other losses and steps beside each other.</summary>
    [Theory]
    [InlineData("sgd-classifier", "learning_rate=optimal", "alpha=1e-7,1e-6,1e-5,1e-4,1e-3,1e-2,1e-1,1,10,100", "class_weight=high=2")]
    [InlineData("sgd-classifier", "learning_rate=optimal,constant", "loss=log_loss,modified_huber,hinge", "penalty=l2,none,l1", "eta0=0.001")]
    [InlineData("sgd-regressor", "learning_rate=invscaling,adaptive", "eta0=0.001,0.0001", "alpha=1e-3,0", "average=false,true")]
    [InlineData("sgd-regressor", "learning_rate=constant", "loss=huber,epsilon_insensitive", "epsilon=0.1,0.5", "fit_intercept=true,false", "eta0=0.001")]
    [InlineData("sgd-classifier", "learning_rate=constant", "mini_batch_size=1,7,150", "alpha=1e-3,0", "eta0=0.001")]
    public Task CandidatesInLanes_LearnWhatEachLearnsAlone(string name, params string[] grid) => EachLearnsWhatItLearnsAloneAsync(name, 100, grid);

    /// <summary>
    /// Where candidates gather their steps together: tiles that end within a step and steps that end within a tile, some that gather other rows or by
    /// themselves, some that are done before the others.
    /// </summary>
    [Theory]
    [InlineData("sgd-classifier", 100, "loss=log_loss,hinge,perceptron", "alpha=1e-6,0.1", "fit_intercept=false")]
    [InlineData("sgd-classifier", 5000, "class_weight=high=2", "alpha=1e-6,0.1", "loss=modified_huber,perceptron")]
    [InlineData("sgd-regressor", 300, "alpha=1e-6,0.1", "penalty=l2,l1", "epochs=1,3,2")]
    [InlineData("sgd-regressor", 1000, "loss=squared_error,huber,quantile", "epochs=1,2")]
    public Task CandidatesInSteps_LearnWhatEachLearnsAlone(string name, int batchSize, params string[] grid) => EachLearnsWhatItLearnsAloneAsync(name, batchSize, grid);

    async Task EachLearnsWhatItLearnsAloneAsync(string name, int batchSize, string[] grid)
    {
        Sweep sweep = await GridAsync(name, grid);
        using Dataset dataset = data.Open("a.parquet");
        TrainingOptions options = Options(name) with { Weight = "w", BatchSize = batchSize };
        FitResult swept = await sweep.FitAsync(dataset, options with { Workers = 3 }, TestContext.Current.CancellationToken);
        for (int i = 0; i < sweep.Candidates.Count; i++)
        {
            if (swept.Candidates[i].HasDiverged)
            {
                await Assert.ThrowsAsync<DivergenceException>(() => sweep.Candidates[i].Estimator.FitAsync(dataset, options));
                continue;
            }

            FitResult alone = await sweep.Candidates[i].Estimator.FitAsync(
                dataset, options with { Workers = 1, Epochs = sweep.Candidates[i].Epochs ?? options.Epochs }, TestContext.Current.CancellationToken);
            Assert.Equal(alone.Metrics, swept.Candidates[i].Metrics);
            if (swept.Candidates[i].IsChosen)
                Assert.Equal(CheckpointTests.BytesOf(alone.Model), CheckpointTests.BytesOf(swept.Model));
        }
    }

    [Theory]
    [InlineData("sgd-classifier", "learning_rate=optimal", "alpha=1e-5,0.001,0.1")]
    [InlineData("logistic-regression", "C=0.01,100")]
    [InlineData("ridge", "fit_intercept=true,false")]
    [InlineData("mini-batch-kmeans", "n_clusters=2,5")]
    public async Task Candidates_BehindAChain_LearnWhatEachLearnsAlone(string name, params string[] grid)
    {
        Sweep sweep = await GridAsync(name, grid);
        TrainingOptions options = Options(name) with
        {
            Standardize = false,
            Preprocessing =
            [
                new OneHotEncoder("city") { MaxCategories = 4, HandleUnknown = HandleUnknown.InfrequentIfExist }, new FeatureHasher(3, "district"),
                new SimpleImputer { Strategy = ValueHandling.Median }, new RobustScaler(),
            ],
        };
        using Dataset dataset = data.Open("a.parquet");
        FitResult swept = await sweep.FitAsync(dataset, options with { Workers = 3 }, TestContext.Current.CancellationToken);
        int chosen = swept.Candidates.ToList().FindIndex(c => c.IsChosen);
        FitResult alone = await sweep.Candidates[chosen].Estimator.FitAsync(dataset, options with { Workers = 1 }, TestContext.Current.CancellationToken);
        Assert.Equal(CheckpointTests.BytesOf(alone.Model), CheckpointTests.BytesOf(swept.Model));
    }

    /// <summary>Among candidates of which some have no probabilities, and so no log-loss, the accuracy that all have decides; where poor ones are dropped, too.</summary>
    [Theory]
    [InlineData(0, "loss=hinge", "alpha=100,0.0001")]
    [InlineData(0, "loss=log_loss,hinge,perceptron", "alpha=100,0.0001")]
    [InlineData(1, "loss=perceptron", "alpha=100,10,0.0001")]
    [InlineData(1, "loss=log_loss,hinge", "alpha=100,0.0001")]
    public async Task WithoutProbabilities_TheMostAccurateIsKept(int dropAfter, params string[] grid)
    {
        Sweep all = await GridAsync("sgd-classifier", [.. grid, "learning_rate=constant", "eta0=0.01"]);
        var sweep = new Sweep(all.Candidates) { DropAfter = dropAfter == 0 ? null : dropAfter, Keep = 0.3 };
        using Dataset dataset = data.Open("a.parquet");
        FitResult swept = await sweep.FitAsync(dataset, Options("sgd-classifier") with { Epochs = 2 }, TestContext.Current.CancellationToken);
        double[] accuracies = [.. swept.Candidates.Select(c => c.DroppedAfter > 0 ? 0 : c.Metrics.Single(m => m.Name == "accuracy").Value)];
        int kept = swept.Candidates.ToList().FindIndex(c => c.IsChosen);
        Assert.True(kept > 0);
        Assert.Equal(accuracies.Max(), accuracies[kept]);
    }

    [Fact]
    public async Task EarlyStopping_StopsEachCandidateWhereItWouldStopAlone()
    {
        Sweep sweep = await GridAsync("sgd-classifier", "alpha", "1e-9,0.1");
        TrainingOptions options = Options("sgd-classifier") with { Epochs = 6, EarlyStopping = true, Patience = 1 };
        using Dataset dataset = data.Open("a.parquet");
        FitResult swept = await sweep.FitAsync(dataset, options, TestContext.Current.CancellationToken);
        FitResult[] alone = [.. await Task.WhenAll(sweep.Candidates.Select(async c =>
        {
            using Dataset same = data.Open("a.parquet");
            return await c.Estimator.FitAsync(same, options);
        }))];

        Assert.Equal(alone.Select(a => a.Metrics), swept.Candidates.Select(c => c.Metrics));
        Assert.Equal(CheckpointTests.BytesOf(alone.MinBy(a => a.Metrics.First(m => m.Name == "log_loss").Value)!.Model), CheckpointTests.BytesOf(swept.Model));
    }

    [Theory]
    [InlineData("sgd-classifier", "alpha=1e-9,0.01,0.3,10")]
    [InlineData("sgd-regressor", "learning_rate=invscaling", "alpha=1e-9,0.01,0.3,10")]
    [InlineData("mini-batch-kmeans", "n_clusters=2,5,9")]
    [InlineData("ridge", "alpha=0,0.1,1000")]
    public async Task StoppedEveryFewTilesAndResumed_GivesTheSameModelAndTable(string name, params string[] grid)
    {
        Sweep sweep = await GridAsync(name, grid, dropAfter: name == "ridge" ? null : 1);
        using Dataset dataset = data.Open("a.parquet");
        FitResult whole = await sweep.FitAsync(dataset, Options(name) with { Epochs = 3 }, TestContext.Current.CancellationToken);
        FitResult? resumed = null;
        int stops = 0;
        for (; resumed == null; stops++)
        {
            Assert.True(stops < 200, "The run does not get on.");
            using var stop = new CancellationTokenSource();
            var checkpoint = new CheckpointOptions(data.In("checkpoints")) { Every = new CheckpointTests.StopAfter(11, stop), Resume = stops > 0 };
            try
            {
                resumed = await sweep.FitAsync(dataset, Options(name) with { Epochs = 3, Workers = 1 + stops % 3, Checkpoint = checkpoint }, stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                Assert.NotEmpty(Directory.GetFiles(data.In("checkpoints")));
            }
        }

        Assert.InRange(stops, 2, 200);
        Assert.Equal(CheckpointTests.BytesOf(whole.Model), CheckpointTests.BytesOf(resumed.Model));
        Assert.Equal(Shown(whole), Shown(resumed));
    }

    [Fact]
    public async Task DropAfter_KeepsTheBestShareAndTheirModelsAsTheyAre()
    {
        Sweep sweep = await GridAsync("sgd-classifier", "alpha", "10,1e-9,3,0.01,30", dropAfter: 1);
        using Dataset dataset = data.Open("a.parquet");
        FitResult swept = await sweep.FitAsync(dataset, Options("sgd-classifier") with { Epochs = 3 }, TestContext.Current.CancellationToken);

        // Of five the three best go on, of these two.
        Assert.Equal([0, 0, 1, 1, 2], swept.Candidates.Select(c => c.DroppedAfter).Order());
        CandidateScore kept = swept.Candidates.Single(c => c.IsChosen);
        FitResult alone = await sweep.Candidates.Single(c => c.Name == kept.Name).Estimator.FitAsync(
            dataset, Options("sgd-classifier") with { Epochs = 3 }, TestContext.Current.CancellationToken);
        Assert.Equal(CheckpointTests.BytesOf(alone.Model), CheckpointTests.BytesOf(swept.Model));
    }

    [Fact]
    public async Task CandidateThatRunsAway_IsToldAndTheOthersGoOn()
    {
        await WriteAsync();
        Sweep sweep = new(ParameterGrid.Of(
            () => new SgdRegressor { LearningRate = LearningRateSchedule.Constant }, [new("eta0", ["0.001", "1e30", "0.0001"])]));
        using Dataset dataset = data.Open("a.parquet");
        FitResult swept = await sweep.FitAsync(dataset, Options("sgd-regressor"), TestContext.Current.CancellationToken);

        Assert.Equal([false, true, false], swept.Candidates.Select(c => c.HasDiverged));
        Assert.Empty(swept.Candidates[1].Metrics);
        FitResult alone = await sweep.Candidates[0].Estimator.FitAsync(dataset, Options("sgd-regressor"), TestContext.Current.CancellationToken);
        Assert.Equal(alone.Metrics, swept.Candidates[0].Metrics);
    }

    [Fact]
    public async Task ClusterNumbers_AreChosenByTheirSilhouettes()
    {
        Sweep sweep = await GridAsync("mini-batch-kmeans", "n_clusters", "1,2,3,4,9");
        using Dataset dataset = data.Open("a.parquet");
        FitResult swept = await sweep.FitAsync(dataset, Options("mini-batch-kmeans"), TestContext.Current.CancellationToken);

        double[] silhouettes = [.. swept.Candidates.Select(c => c.Metrics.First(m => m.Name == "simplified_silhouette").Value)];
        Assert.Equal(silhouettes.Skip(1).Max(), silhouettes[swept.Candidates.ToList().FindIndex(c => c.IsChosen)]);
        double[] inertia = [.. swept.Candidates.Select(c => c.Metrics.First(m => m.Name == "inertia").Value)];
        Assert.Equal(inertia.OrderDescending(), inertia);
    }

    [Fact]
    public async Task WhatCannotBeSwept_IsRefusedBeforeARowIsRead()
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet");
        TrainingOptions options = Options("sgd-classifier");
        long before = dataset.BytesRead;
        await RefusedAsync(Grid("shuffle", "true", "false"), options, "'shuffle=true' and 'shuffle=false' do not");
        await RefusedAsync(Grid("learning_rate", "normalized", "optimal"), options, "read the data in the same way");
        await RefusedAsync(Grid("alpha", "1", "2"), options with { HoldoutFraction = 0 }, "--holdout");
        await RefusedAsync(new Sweep(Grid("alpha", "1", "2").Candidates) { Keep = 1 }, options, "keep");
        Assert.Throws<ArgumentException>(() => new Sweep([new SweepCandidate("a", new Ridge()), new SweepCandidate("b", new KMeans())]));
        Assert.Throws<ArgumentException>(() => Grid("no_such", "1"));
        Assert.Equal(before, dataset.BytesRead);

        static Sweep Grid(string parameter, params string[] values) => new(ParameterGrid.Of(() => new SgdClassifier(), [new(parameter, values)]));

        async Task RefusedAsync(Sweep sweep, TrainingOptions wanted, string message) =>
            Assert.Contains(message, (await Assert.ThrowsAsync<ArgumentException>(() => sweep.FitAsync(dataset, wanted))).Message, StringComparison.Ordinal);
    }

    TrainingPlan LeastFor(Sweep sweep, string name)
    {
        using var probe = new BufferPool(100_000);
        using Dataset dataset = Dataset.Open([data.In("a.parquet")], probe);
        return sweep.Plan(dataset, Options(name) with { Workers = 3 }, TestContext.Current.CancellationToken);
    }

    static KeyValuePair<string, IReadOnlyList<string>> ValuesOf(string parameter)
    {
        string[] parts = parameter.Split('=', 2);
        return new(parts[0], parts[1].Split(','));
    }

    static IEnumerable<string> Shown(FitResult result) =>
        result.Candidates.Select(c => $"{c.Name} {c.IsChosen} {c.DroppedAfter} {string.Join(' ', c.Metrics)}");

    static TrainingOptions Options(string name)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        return new TrainingOptions
        {
            Target = estimator.TargetKind switch { TargetKind.Classes => "label", TargetKind.Number => "y", _ => null },
            Features = ["x*"],
            Standardize = !estimator.NeedsCounts,
            Epochs = 2,
            BatchSize = 100,
            Partitions = 3,
            HoldoutFraction = 0.2,
            Seed = 3,
        };
    }

    Task<Sweep> GridAsync(string name, string parameter, string values, int? dropAfter = null) => GridAsync(name, [$"{parameter}={values}"], dropAfter);

    async Task<Sweep> GridAsync(string name, string[] grid, int? dropAfter = null)
    {
        await WriteAsync();
        return new Sweep(ParameterGrid.Of(() => EstimatorCatalog.Create(name), [.. grid.Select(ValuesOf)])) { DropAfter = dropAfter };
    }

    Task WriteAsync()
    {
        var random = new Random(11);
        double[][] x = [.. Enumerable.Range(0, 4).Select(j => Enumerable.Range(0, Rows).Select(_ => Math.Round(random.NextDouble() * 10, j)).ToArray())];
        double[] y = [.. Enumerable.Range(0, Rows).Select(i => 3 * x[0][i] - 2 * x[1][i] + random.NextDouble() * 9)];
        double[] w = [.. Enumerable.Range(0, Rows).Select(i => Math.Abs(Math.Sin(i)))];
        string?[] cities = [.. Enumerable.Range(0, Rows).Select(i => i % 7 == 6 ? null : $"city {i * i % 11}")];
        string[] label = [.. y.Select(v => v > 9 ? "high" : "low")];
        return data.WriteAsync(
            "a.parquet", [700, 300, 1500, 500], ("x0", x[0]), ("x1", x[1]), ("x2", x[2]), ("x3", x[3]), ("y", y), ("label", label), ("w", w),
            ("city", cities), ("district", cities));
    }
}
