using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>A run that is stopped anywhere, again and again, and resumed each time on another number of workers gives the same model.</summary>
public sealed class CheckpointTests(CheckpointTests.Rows rows) : IClassFixture<CheckpointTests.Rows>, IDisposable
{
    readonly TestData data = new();
    readonly List<string> notices = [];

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task StoppedEveryFewTilesAndResumed_GivesTheSameModelAndReport(string name)
    {
        FitResult whole = await FitAsync(name, workers: 2);
        foreach (int tiles in (int[])[13, 57, 120])
        {
            FitResult? resumed = null;
            int stops = 0;
            for (; resumed == null; stops++)
            {
                Assert.True(stops < 200, "The run does not get on.");
                using var stop = new CancellationTokenSource();
                try
                {
                    resumed = await FitAsync(name, workers: 1 + stops % 3, new StopAfter(tiles, stop), isResumed: stops > 0, stop.Token);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    Assert.InRange(Directory.GetFiles(data.In("checkpoints")).Length, 1, 2);
                }
            }

            Assert.InRange(stops, 2, 200);
            Assert.Equal(BytesOf(whole.Model), BytesOf(resumed.Model));
            Assert.Equal(whole.Metrics, resumed.Metrics);
            Assert.Equal(whole.Rejected, resumed.Rejected);
            Assert.Equal(Shown(whole.History), Shown(resumed.History));
            Assert.Equal("missing x2", Assert.Single(whole.Rejected).Reason);
            Assert.Equal((whole.Passes, whole.RowsUsed, whole.RowsFiltered), (resumed.Passes, resumed.RowsUsed, resumed.RowsFiltered));
            Options(null).Remove();
            Assert.False(Directory.Exists(data.In("checkpoints")));
        }
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task CheckpointsOnTheWay_ChangeNothing(string name)
    {
        FitResult whole = await FitAsync(name, workers: 2);
        FitResult written = await FitAsync(name, workers: 3, CheckpointInterval.OfRows(25_000));
        Assert.Equal(BytesOf(whole.Model), BytesOf(written.Model));
        Assert.Equal(whole.Metrics, written.Metrics);
        Assert.Equal(2, Directory.GetFiles(data.In("checkpoints"), "checkpoint-*.streaming").Length);
    }

    CheckpointOptions Options(CheckpointInterval? every) => new(data.In("checkpoints"))
    {
        Every = every ?? CheckpointInterval.OfRows(long.MaxValue),
    };

    async Task<FitResult> FitAsync(
        string name, int workers, CheckpointInterval? every = null, bool isResumed = false, CancellationToken cancellation = default)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        using Dataset dataset = Dataset.Open([rows.Path], new DatasetOptions { Where = RowCondition.Parse("x1 < 9 or label = 'low'") });
        long held = dataset.Pool.ReservedBytes;
        FitResult result = await estimator.FitAsync(
            dataset,
            new TrainingOptions
            {
                Target = estimator.TargetKind switch { TargetKind.Classes => "label", TargetKind.Number => "y", _ => null },
                Features = ["x*"],
                Preprocessing = [new OneHotEncoder("place")],
                Weight = "w",
                Standardize = !estimator.NeedsCounts,
                EarlyStopping = HasEpochs(estimator),
                OnMissing = ValueHandling.Drop,
                OnInfinite = ValueHandling.Mean,
                Epochs = 2,
                BatchSize = 1000,
                Partitions = 3,
                HoldoutFraction = 0.2,
                Seed = 3,
                Workers = workers,
                Checkpoint = every == null ? null : Options(every) with { Resume = isResumed },
                Notices = new Listener(notices),
            },
            cancellation);
        Assert.Equal((0, held), (dataset.Pool.RentedBytes, dataset.Pool.ReservedBytes));
        return result;
    }

    internal static byte[] BytesOf(Model model)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(stream, model);
        return stream.ToArray();
    }

    static bool HasEpochs(Estimator estimator) => estimator.Plan(new RunShape(2, 3, 1000, 3, 500, 100, 2, true)).Any(p => p.IsEpoch);

    static IEnumerable<string> Shown(IEnumerable<EpochScore> history) =>
        history.Select(e => $"{e.Epoch} {e.Progressive} {e.Scores.Rows} {e.Scores.On} {string.Join(' ', e.Scores.Metrics)}");

    /// <summary>Stops the run when so many tiles were used, by any workers.</summary>
    internal sealed class StopAfter(int tiles, CancellationTokenSource stop) : CheckpointInterval
    {
        int used;

        public override bool IsDue(int rows)
        {
            if (Interlocked.Increment(ref used) == tiles)
                stop.Cancel();

            return false;
        }

        public override void Restart()
        {
        }
    }

    internal sealed class Listener(List<string> notices) : IProgress<string>
    {
        public void Report(string value) => notices.Add(value);
    }

    /// <summary>One file for all tests, with enough rows for several blocks of shuffled ones.</summary>
    public sealed class Rows : IAsyncLifetime
    {
        readonly TestData data = new();

        public string Path => data.In("a.parquet");

        public async ValueTask InitializeAsync()
        {
            const int Count = 140_000;
            var random = new Random(7);
            double[] x1 = [.. Enumerable.Range(0, Count).Select(_ => random.NextDouble() * 10)];
            float[] x2 = [.. Enumerable.Range(0, Count).Select(_ => random.NextSingle())];
            double[] y = [.. x1.Select((x, i) => 3 * x - 2 * x2[i] + random.NextDouble())];
            string[] label = [.. y.Select(v => v > 18 ? "high" : v > 9 ? "middle" : "low")];
            string?[] place = [.. x1.Select((x, i) => i % 9 == 0 ? null : $"p{(int)x / 4}")];
            double[] w = [.. Enumerable.Range(0, Count).Select(_ => random.Next(3) * 0.5 + 0.5)];
            for (int i = 0; i < Count; i += 50)
                x2[i] = i % 100 == 0 ? float.NaN : float.NegativeInfinity;

            await data.WriteAsync(
                "a.parquet", [40_000, 10_500, 59_500, 30_000], ("x1", x1), ("x2", x2), ("y", y), ("label", label), ("place", place), ("w", w));
        }

        public ValueTask DisposeAsync()
        {
            data.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
