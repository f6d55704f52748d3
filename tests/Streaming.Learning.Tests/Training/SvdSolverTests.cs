using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Estimators;
using Streaming.Learning.Training;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Principal components take the whole covariance unless it needs more than half of the memory: what is said and kept then.</summary>
public sealed class SvdSolverTests : IDisposable
{
    const int Columns = 240, Rows = 600;

    static readonly TrainingOptions Training = new() { BatchSize = 100, Partitions = 2, Workers = 2 };

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Auto_AtHalfOfTheMemory_TakesRandomDirections_AndSaysSo()
    {
        long most = await LeastMemoryForTheCovarianceAsync();
        FitResult exact = await FitAsync(most), random = await FitAsync(most - 2);
        Assert.Equal(1, exact.Passes);
        Assert.Empty(exact.Remarks);
        Assert.Equal("auto", exact.Model.Header.Parameters["svd_solver"]);
        Assert.InRange(random.Passes, 2, 5);
        Assert.Contains("more than half of the memory; --svd-solver full", random.Remarks.Single(), StringComparison.Ordinal);
        Assert.Equal("randomized", random.Model.Header.Parameters["svd_solver"]);
        PcaModel wanted = (PcaModel)exact.Model, found = (PcaModel)random.Model;
        Near.Equal(wanted.ExplainedVariance, found.ExplainedVariance, 1e-6);
        Near.Equal(wanted.SingularValues, found.SingularValues, 1e-6);
        Near.Equal(wanted.Mean, found.Mean, 1e-6);

        // The budget decides between the two, and nothing else does: neither a smaller one nor workers.
        byte[] bytes = CheckpointTests.BytesOf(random.Model);
        Assert.Equal(bytes, CheckpointTests.BytesOf((await FitAsync(most * 3 / 4, Training with { Workers = 1 })).Model));
        Assert.Equal(CheckpointTests.BytesOf(exact.Model), CheckpointTests.BytesOf((await FitAsync(3 * most, Training with { Workers = 3 })).Model));
    }

    [Fact]
    public async Task Resume_WithMemoryThatDecidesOtherwise_IsRefused()
    {
        long most = await LeastMemoryForTheCovarianceAsync();
        using var stop = new CancellationTokenSource();
        var checkpoint = new CheckpointOptions(data.In("checkpoints")) { Every = new CheckpointTests.StopAfter(1, stop) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FitAsync(most - 2, Training with { Checkpoint = checkpoint }, stop.Token));
        TrainingOptions resumed = Training with { Checkpoint = new CheckpointOptions(data.In("checkpoints")) { Resume = true } };
        var error = await Assert.ThrowsAsync<CheckpointException>(() => FitAsync(most, resumed));
        Assert.Contains("'range of the covariance', with", error.Message, StringComparison.Ordinal);
        Assert.Contains("--memory", error.Message, StringComparison.Ordinal);
    }

    async Task<long> LeastMemoryForTheCovarianceAsync()
    {
        // Spreads that fall by a third each, down to noise.
        double[][] columns =
        [
            .. Enumerable.Range(0, Columns).Select(j => Enumerable.Range(0, Rows).Select(i => Math.Max(Math.Pow(0.6, j), 1e-4) * Sample.U(i, j)).ToArray()),
        ];
        await data.WriteAsync("wide.parquet", [Rows / 2, Rows / 2], [.. columns.Select((c, j) => ($"x{j}", (Array)c))]);
        using Dataset dataset = data.Open("wide.parquet");
        return 2 * new IncrementalPca { NComponents = 3, SvdSolver = SvdSolver.Full }.Plan(dataset, Training).StateBytes;
    }

    async Task<FitResult> FitAsync(long memory, TrainingOptions? options = null, CancellationToken cancellation = default)
    {
        using var pool = new BufferPool(memory);
        using Dataset dataset = Dataset.Open([data.In("wide.parquet")], pool);
        return await new IncrementalPca { NComponents = 3 }.FitAsync(dataset, options ?? Training, cancellation);
    }
}
