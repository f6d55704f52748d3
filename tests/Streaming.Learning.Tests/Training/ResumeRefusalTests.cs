using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>When a run can't be resumed, or a checkpoint can't be written: what is said, and that nothing that was whole is lost.</summary>
public sealed class ResumeRefusalTests : IDisposable
{
    readonly TestData data = new();
    readonly List<string> notices = [];

    static readonly TrainingOptions Training = new() { Target = "x", BatchSize = 100, Partitions = 2, Workers = 2 };

    public void Dispose() => data.Dispose();

    string Folder => data.In("checkpoints");

    string[] Files => [.. Directory.GetFiles(Folder).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Folder_ThatHoldsCheckpoints_IsNotOverwritten()
    {
        await StopAsync();
        var error = await Assert.ThrowsAsync<ArgumentException>(() => FitAsync(resume: false));
        Assert.Contains(Folder, error.Message, StringComparison.Ordinal);
        Assert.Contains("--resume", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Folder_OfARunThatGoesOn_IsRefused(bool resume)
    {
        await StopAsync();
        using (var other = new FileStream(Path.Combine(Folder, "checkpoint.lock"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            var error = await Assert.ThrowsAsync<IOException>(() => FitAsync(resume));
            Assert.Contains($"'{Folder}' can't be used for checkpoints: another run", error.Message, StringComparison.Ordinal);
            string[] files = Files;
            new CheckpointOptions(Folder).Remove();
            Assert.Equal(files, Files);
        }

        // What a killed run leaves is the file, and nobody holds it.
        await FitAsync(resume: true);
        new CheckpointOptions(Folder).Remove();
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task ChangedOptionsAndParameters_AreNamedWithBothValues()
    {
        await StopAsync();
        string message = await RefusalAsync(Training with { Seed = 5, Exclude = ["z"], HoldoutFraction = 0.25 }, new LinearRegression { Alpha = 2 });
        Assert.Contains("parameter alpha was 0 and is now 2", message, StringComparison.Ordinal);
        Assert.Contains("option seed was 0 and is now 5", message, StringComparison.Ordinal);
        Assert.Contains("option exclude was  and is now z", message, StringComparison.Ordinal);
        Assert.Contains("option holdout-fraction was 0 and is now 0.25", message, StringComparison.Ordinal);
        Assert.Contains("estimator was linear-regression and is now sgd-regressor", await RefusalAsync(Training, new SgdRegressor()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangedWorkers_AreNoChange()
    {
        await StopAsync();
        await FitAsync(resume: true, Training with { Workers = 5 });
        Assert.Contains("resuming from", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangedFile_IsNamed()
    {
        await StopAsync();
        await data.WriteNumberedAsync("b.parquet", 500, 501);
        Assert.Matches(@"file '.*b\.parquet' was \d+ bytes with the footer [0-9A-F]{16} and is now \d+ bytes", await RefusalAsync());
        File.Delete(data.In("b.parquet"));
        Assert.Matches(@"file '.*b\.parquet' is gone", await RefusalAsync());
    }

    [Fact]
    public async Task BrokenNewest_IsSkippedWithAWarning()
    {
        byte[] whole = await WholeAsync();
        await StopAsync();
        Assert.Equal(2, Files.Length);
        foreach (Action<string> damage in (Action<string>[])[Flip, CutShort, Empty])
        {
            damage(Files[1]);
            notices.Clear();
            FitResult resumed = await FitAsync(resume: true);
            Assert.Equal(whole, CheckpointTests.BytesOf(resumed.Model));
            Assert.Contains($"warning: checkpoint '{Files[1]}' is broken", notices[0], StringComparison.Ordinal);
            Assert.Equal($"resuming from '{Files[0]}'", notices[1]);
        }

        Flip(Files[0]);
        var error = await Assert.ThrowsAsync<CheckpointException>(() => FitAsync(resume: true));
        Assert.Contains(Files[0], error.Message, StringComparison.Ordinal);
        Assert.Contains(Files[1], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HalfWrittenCheckpoint_OfAKilledProcess_IsCleared()
    {
        await StopAsync();
        string partial = Path.Combine(Folder, "checkpoint-000099.streaming.123.partial");
        await File.WriteAllTextAsync(partial, "half", TestContext.Current.CancellationToken);
        await FitAsync(resume: true);
        Assert.False(File.Exists(partial));
    }

    [Fact]
    public async Task FolderThatVanishes_EndsTheRunWithOneClearError()
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        int tiles = 0;
        var every = new Hook(() =>
        {
            if (Interlocked.Increment(ref tiles) == 1)
                Directory.Delete(Folder, recursive: true);
        });
        var options = Training with { Checkpoint = new CheckpointOptions(Folder) { Every = every } };
        var error = await Assert.ThrowsAsync<IOException>(() => new LinearRegression().FitAsync(dataset, options, TestContext.Current.CancellationToken));
        Assert.Contains("checkpoint-000001.streaming", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    async Task<string> RefusalAsync(TrainingOptions? training = null, Estimator? estimator = null) =>
        (await Assert.ThrowsAsync<CheckpointException>(() => FitAsync(resume: true, training, estimator))).Message;

    async Task<byte[]> WholeAsync()
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        return CheckpointTests.BytesOf((await new LinearRegression().FitAsync(dataset, Training)).Model);
    }

    async Task WriteAsync()
    {
        await data.WriteNumberedAsync("a.parquet", 1000, 1000);
        await data.WriteNumberedAsync("b.parquet", 1000);
    }

    // Leaves two checkpoints behind.
    async Task StopAsync()
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        using var stop = new CancellationTokenSource();
        int tiles = 0;
        var every = new Hook(() =>
        {
            if (Interlocked.Increment(ref tiles) == 15)
                stop.Cancel();
        });
        var options = Training with { Checkpoint = new CheckpointOptions(Folder) { Every = every } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new LinearRegression().FitAsync(dataset, options, stop.Token));
    }

    async Task<FitResult> FitAsync(bool resume, TrainingOptions? training = null, Estimator? estimator = null)
    {
        using Dataset dataset = Dataset.Open(data.Root);
        return await (estimator ?? new LinearRegression()).FitAsync(dataset, (training ?? Training) with
        {
            Checkpoint = new CheckpointOptions(Folder) { Resume = resume },
            Notices = new CheckpointTests.Listener(notices),
        });
    }

    static void Flip(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    static void CutShort(string file) => File.WriteAllBytes(file, File.ReadAllBytes(file)[..^5]);

    static void Empty(string file) => File.WriteAllBytes(file, []);

    /// <summary>A checkpoint after every tile, and something besides.</summary>
    sealed class Hook(Action action) : CheckpointInterval
    {
        public override bool IsDue(int rows)
        {
            action();
            return true;
        }

        public override void Restart()
        {
        }
    }
}
