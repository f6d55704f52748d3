using System.Diagnostics;
using System.Diagnostics.Metrics;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;
using Streaming.Learning.Training.Checkpoints;
using Xunit;

namespace Streaming.Learning.Tests.Training;

public sealed class TelemetryTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Fit_TellsListenersOfRowsBytesPassesAndTimes()
    {
        await data.WriteNumberedAsync("a.parquet", 3000, 3000);
        using Dataset dataset = data.Open("a.parquet");
        var sums = new Dictionary<string, double>();
        var kinds = new HashSet<object?>();
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Telemetry.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument.Name, value));
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            Add(instrument.Name, value);
            lock (kinds)
                kinds.Add(tags[0].Value);
        });
        meters.Start();

        var spans = new List<string>();
        using ActivityListener activities = Listen(spans);
        FitResult result = await new MiniBatchKMeans { NClusters = 3 }.FitAsync(dataset, new TrainingOptions { Workers = 2 });
        meters.RecordObservableInstruments();

        // Other tests may run meanwhile and be heard as well.
        lock (sums)
        {
            Assert.InRange(sums["streaming.rows"], result.RowsUsed, double.MaxValue);
            Assert.InRange(sums["streaming.passes"], result.Passes, double.MaxValue);
            Assert.InRange(sums["streaming.bytes_read"], 1, double.MaxValue);
            Assert.True(sums.ContainsKey("streaming.memory.used"));
        }

        lock (kinds)
            Assert.Equal(["decode", "idle", "learn", "storage"], kinds.Order());

        lock (spans)
        {
            Assert.Contains("fit mini-batch-kmeans", spans);
            Assert.Contains("sample of rows", spans);
            Assert.Contains("epoch 1 of 1", spans);
        }

        void Add(string name, double value)
        {
            lock (sums)
                sums[name] = sums.GetValueOrDefault(name) + value;
        }
    }

    [Fact]
    public async Task Checkpoints_HaveSpansOfTheirOwn()
    {
        await data.WriteNumberedAsync("a.parquet", 3000, 3000);
        using Dataset dataset = data.Open("a.parquet");
        var spans = new List<string>();
        using ActivityListener activities = Listen(spans);
        var options = new TrainingOptions { Workers = 2, Checkpoint = new CheckpointOptions(data.In("checkpoints")) { Every = CheckpointInterval.OfRows(1000) } };
        await new IncrementalPca { NComponents = 1 }.FitAsync(dataset, options, TestContext.Current.CancellationToken);
        lock (spans)
            Assert.Contains(Checkpointer.WriteSpan, spans);

        options = options with { Checkpoint = options.Checkpoint with { Resume = true } };
        await new IncrementalPca { NComponents = 1 }.FitAsync(dataset, options, TestContext.Current.CancellationToken);
        lock (spans)
            Assert.Contains(Checkpointer.ResumeSpan, spans);
    }

    [Fact]
    public async Task Fit_SaysWhatItsWorkersDid()
    {
        await data.WriteNumberedAsync("a.parquet", 30_000, 30_000);
        using Dataset dataset = data.Open("a.parquet");
        FitResult result = await new MiniBatchKMeans { NClusters = 200 }.FitAsync(dataset, new TrainingOptions { Workers = 1, Epochs = 3 });
        Assert.Contains(result.Work.BoundedBy, new[] { "storage", "decode", "learn" });
        Assert.All(result.Work.ByKind, t => Assert.True(t.Time >= TimeSpan.Zero));
        Assert.InRange(result.Work.ByKind.Sum(t => t.Time.TotalSeconds), 0, result.Elapsed.TotalSeconds);
    }

    // A worker that waits because a learner takes tile after tile waits for learning. Figures by hand: real ones depend on the machine's load.
    [Theory]
    [InlineData(70, 80, 90, 100, "storage")]
    [InlineData(10, 80, 90, 100, "decode")]
    [InlineData(10, 40, 90, 100, "learn")]
    [InlineData(10, 40, 50, 100, "learn")]
    public void BoundedBy_IsWhatTookMost(long storage, long decode, long busy, long all, string kind)
    {
        var times = new WorkTimes();
        times.AddStorage(storage * Stopwatch.Frequency);
        times.AddDecode(decode * Stopwatch.Frequency);
        times.AddWorker(all * Stopwatch.Frequency, busy * Stopwatch.Frequency);
        Assert.Equal(kind, times.BoundedBy);
    }

    static ActivityListener Listen(List<string> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                    spans.Add(span.OperationName);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
