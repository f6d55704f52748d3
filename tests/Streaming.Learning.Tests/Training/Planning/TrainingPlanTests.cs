using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;
using Streaming.Learning.Training.Planning;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Training.Planning;

/// <summary>Plans hold: a run does what was planned, within the memory that was planned, and is refused before its first row where it can't.</summary>
public sealed class TrainingPlanTests : IDisposable
{
    readonly TestData data = new();

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Fit_InTheMemoryThatItsPlanWantsAtLeast_IsDoneAndTheSame(string name)
    {
        await WriteAsync();
        using Dataset plenty = data.Open("a.parquet", "b.parquet");
        Estimator estimator = EstimatorCatalog.Create(name);
        FitResult free = await estimator.FitAsync(plenty, OptionsFor(estimator));
        TrainingPlan least = LeastFor(estimator);
        Assert.True(least.Bytes < estimator.Plan(plenty, OptionsFor(estimator)).Bytes);

        using var pool = new BufferPool(least.Bytes);
        using Dataset tight = Dataset.Open([data.In("a.parquet"), data.In("b.parquet")], pool);
        FitResult found = await estimator.FitAsync(tight, OptionsFor(estimator));
        Assert.Equal(free.Model.Tensors.Select(t => t.Values), found.Model.Tensors.Select(t => t.Values));
        Assert.InRange(found.Passes, least.Passes.Sum(p => p.Least) - 1, least.Passes.Sum(p => (long)(p.Most ?? int.MaxValue)));
        Assert.Equal(least.Bytes, found.PlannedBytes);
        Assert.InRange(found.PeakBufferBytes, 1, least.Bytes);
        Assert.Equal(0, pool.RentedBytes);
        Assert.Equal(tight.FooterBytes, pool.ReservedBytes);
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Fit_InLessMemory_IsRefusedBeforeTheFirstRowWithTheFigureThatWouldDo(string name)
    {
        await WriteAsync();
        Estimator estimator = EstimatorCatalog.Create(name);
        TrainingPlan least = LeastFor(estimator);
        using var pool = new BufferPool(least.Bytes - 1);
        using Dataset dataset = Dataset.Open([data.In("a.parquet"), data.In("b.parquet")], pool);
        long footers = dataset.BytesRead;
        var error = await Assert.ThrowsAsync<MemoryBudgetException>(() => estimator.FitAsync(dataset, OptionsFor(estimator)));
        Assert.Contains($"{least.Bytes:N0} bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("--memory", error.Message, StringComparison.Ordinal);
        Assert.Contains("features", error.Message, StringComparison.Ordinal);
        Assert.Equal(footers, dataset.BytesRead);
    }

    [Fact]
    public async Task Plan_ReadsNoRowAndSaysWhatTheRunReads()
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        long footers = dataset.BytesRead;
        long footerRequests = dataset.Files.Sum(f => f.Parquet.Source.Requests);
        var options = new TrainingOptions { Features = ["x*"], Partitions = 3, Workers = 2, Epochs = 5 };
        TrainingPlan plan = new MiniBatchKMeans().Plan(dataset, options);
        Assert.Equal(footers, dataset.BytesRead);
        Assert.Equal((2, 5, 6000, 6000, 4, 3), (plan.Files, plan.RowGroups, plan.Rows, plan.RowsToRead, plan.Features, plan.Partitions));
        Assert.Null(plan.Classes);
        Assert.Equal([("sample of rows", 1, 1), ("epoch", 5, 5)], plan.Passes.Select(p => (p.Purpose, p.Least, p.Most!.Value)));

        // What a pass reads of the file is what the plan says; a pivot per feature is looked for besides.
        long planned = plan.Passes.Sum(p => p.Requests.Bytes * p.Least);
        FitResult result = await new MiniBatchKMeans().FitAsync(dataset, options);
        Assert.InRange(result.BytesRead, planned, planned * 1.2);
        long requests = plan.Passes.Sum(p => p.Requests.Count * p.Least);
        Assert.Equal(requests + 1, dataset.Files.Sum(f => f.Parquet.Source.Requests) - footerRequests);
    }

    [Fact]
    public async Task Plan_OfClasses_CountsThoseThatTheFootersAllow()
    {
        int[] digits = [.. Enumerable.Range(0, 1000).Select(i => i % 10 + 5)];
        double[] x = [.. digits.Select(d => d * 1.5)];
        await data.WriteAsync("digits.parquet", [1000], ("x", x), ("digit", digits), ("texts", digits.Select(d => $"{d}").ToArray()));
        using Dataset dataset = data.Open("digits.parquet");
        var options = new TrainingOptions { Features = ["x"] };
        Assert.Equal(10, new SgdClassifier().Plan(dataset, options with { Target = "digit" }).Classes);
        Assert.Equal(2, new SgdClassifier().Plan(dataset, options with { Target = "texts" }).Classes);
    }

    static TrainingOptions OptionsFor(Estimator estimator) => new()
    {
        Target = estimator.TargetKind switch { TargetKind.Classes => "label", TargetKind.Number => "y", _ => null },
        Features = ["x*"],
        Weight = "w",
        Standardize = !estimator.NeedsCounts,
        Epochs = 2,
        BatchSize = 500,
        Partitions = 3,
        HoldoutFraction = 0.2,
        Workers = 2,
    };

    // What the run can do with: the plan for a budget in which nothing fits.
    TrainingPlan LeastFor(Estimator estimator)
    {
        using var probe = new BufferPool(100_000);
        using Dataset dataset = Dataset.Open([data.In("a.parquet"), data.In("b.parquet")], probe);
        return estimator.Plan(dataset, OptionsFor(estimator));
    }

    async Task WriteAsync()
    {
        var random = new Random(7);
        const int Rows = 6000;
        double[] x1 = [.. Enumerable.Range(0, Rows).Select(_ => random.NextDouble() * 10)];
        double[] x2 = [.. Enumerable.Range(0, Rows).Select(i => 1e9 + i)];
        float[] x3 = [.. Enumerable.Range(0, Rows).Select(_ => random.NextSingle())];
        int[] x4 = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(5))];
        double[] y = [.. x1.Select((x, i) => 3 * x - 2 * x3[i] + x4[i] + random.NextDouble())];
        bool[] label = [.. y.Select(v => v > 15)];
        double[] w = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(3) * 0.5 + 0.5)];
        await data.WriteAsync("a.parquet", [1700, 300, 1000], Cut(0, 3000));
        await data.WriteAsync("b.parquet", [2500, 500], Cut(3000, 3000));

        (string, Array)[] Cut(int start, int count) =>
        [
            ("x1", x1[start..(start + count)]), ("x2", x2[start..(start + count)]), ("x3", x3[start..(start + count)]),
            ("x4", x4[start..(start + count)]), ("y", y[start..(start + count)]), ("label", label[start..(start + count)]),
            ("w", w[start..(start + count)]),
        ];
    }
}
