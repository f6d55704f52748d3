using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>The model, the report and the ledger are the same with cached tiles and without, whatever happens to the files.</summary>
public sealed class CachedRunTests(CachedRows rows) : IClassFixture<CachedRows>, IDisposable
{
    const string Repeating = "sgd-regressor";

    readonly TestData data = new();
    readonly List<string> notices = [];

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    CacheOptions Cache => new(data.In("cache")) { MostBytes = 1_000_000_000 };

    string[] TileFiles => Directory.Exists(Cache.Folder) ? Directory.GetFiles(Cache.Folder, "*.tiles", SearchOption.AllDirectories) : [];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Fit_WithCache_GivesTheSameForAnyWorkers(string name)
    {
        FitResult without = await FitAsync(name, null);
        FitResult cold = await FitAsync(name, Cache, workers: 3);
        FitResult warm = await FitAsync(name, Cache, workers: 1);
        CachedRows.AssertSame(without, cold);
        CachedRows.AssertSame(without, warm);
        bool repeats = LearningPasses(name) > 1;
        Assert.Equal(repeats, cold.Cache is { BytesWritten: > 0, PartitionsRead: > 0 });
        Assert.Equal(repeats, warm.Cache is { BytesWritten: 0, BytesRead: > 0 });
        Assert.Equal(repeats ? 0 : 2, notices.Count(n => n.Contains("cached", StringComparison.Ordinal)));
        Assert.DoesNotContain(Directory.GetFiles(data.Root, "*", SearchOption.AllDirectories), f => f.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 16)]
    public async Task Fit_WhereWorkersShareAPartition_GivesTheSame(int partitions, int workers)
    {
        FitResult without = await FitAsync("logistic-regression", null, 1, partitions, drops: false);
        FitResult cold = await FitAsync("logistic-regression", Cache, workers, partitions, drops: false);
        CachedRows.AssertSame(without, cold);
        Assert.True(cold.Cache is { BytesWritten: > 0, PartitionsRead: > 0 });
        Assert.Equal(partitions, TileFiles.Length);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.9999)]
    public async Task Fit_FromFilesWithAByteChanged_SaysSoAndGivesTheSame(double at)
    {
        FitResult without = await FitAsync(Repeating, Cache);
        foreach (string path in TileFiles)
        {
            byte[] bytes = File.ReadAllBytes(path);
            bytes[(int)(at * bytes.Length)] ^= 64;
            File.WriteAllBytes(path, bytes);
        }

        FitResult found = await FitAsync(Repeating, Cache);
        CachedRows.AssertSame(without, found);
        Assert.Equal(3, notices.Count);
        Assert.All(notices, n => Assert.Contains("can't be used", n, StringComparison.Ordinal));

        // They have been written anew.
        Assert.True(found.Cache is { BytesWritten: > 0 });
        Assert.Equal(0, (await FitAsync(Repeating, Cache)).Cache!.BytesWritten);
        Assert.Equal(3, notices.Count);
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.5)]
    public async Task Fit_FromFilesCutShort_SaysSoAndGivesTheSame(double share)
    {
        FitResult without = await FitAsync(Repeating, Cache);
        foreach (string path in TileFiles)
        {
            using FileStream file = File.OpenWrite(path);
            file.SetLength((long)(share * file.Length));
        }

        CachedRows.AssertSame(without, await FitAsync(Repeating, Cache));
        Assert.Equal(3, notices.Count);
    }

    [Fact]
    public async Task Fit_FromFilesOfOtherPartitions_SaysSoAndGivesTheSame()
    {
        FitResult without = await FitAsync(Repeating, Cache);
        string[] files = [.. TileFiles.Order(StringComparer.Ordinal)];
        File.Copy(files[0], files[1], overwrite: true);
        CachedRows.AssertSame(without, await FitAsync(Repeating, Cache));
        Assert.NotEmpty(notices);
    }

    [Theory]
    [InlineData("logistic-regression")]
    [InlineData(Repeating)]
    public async Task Fit_WhoseFilesAreDeletedOnTheWay_GivesTheSame(string name)
    {
        FitResult without = await FitAsync(name, null);
        foreach (int tiles in (int[])[10, 60])
        {
            var every = new DoAfter(tiles, () => Directory.Delete(Cache.Folder, recursive: true));
            var checkpoint = new CheckpointOptions(data.In($"checkpoints{tiles}")) { Every = every };
            CachedRows.AssertSame(without, await FitAsync(name, Cache, workers: 1, checkpoint: checkpoint));
        }
    }

    [Theory]
    [InlineData("mini-batch-kmeans")]
    [InlineData("logistic-regression")]
    [InlineData(Repeating)]
    public async Task StoppedAndResumed_WithCacheOrWithout_GivesTheSame(string name)
    {
        FitResult whole = await FitAsync(name, Cache);
        FitResult? resumed = null;
        for (int stops = 0; resumed == null; stops++)
        {
            Assert.True(stops < 100, "The run does not get on.");
            if (stops == 3)
                Directory.Delete(Cache.Folder, recursive: true);

            using var stop = new CancellationTokenSource();
            var checkpoint = new CheckpointOptions(data.In("checkpoints")) { Every = new CheckpointTests.StopAfter(23, stop), Resume = stops > 0 };
            try
            {
                resumed = await FitAsync(name, stops % 3 == 2 ? null : Cache, 1 + stops % 3, checkpoint: checkpoint, cancellation: stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
        }

        CachedRows.AssertSame(whole, resumed);
        Assert.DoesNotContain(notices, n => n.Contains("warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fit_WithRoomForSomePartitionsOnly_StaysWithinItAndGivesTheSame()
    {
        FitResult without = await FitAsync(Repeating, Cache);
        long[] sizes = [.. TileFiles.Select(f => new FileInfo(f).Length)];
        Directory.Delete(Cache.Folder, recursive: true);
        foreach (long most in new[] { sizes.Sum(), sizes.Max() * 2, 1000 })
        {
            FitResult found = await FitAsync(Repeating, Cache with { MostBytes = most });
            CachedRows.AssertSame(without, found);
            Assert.InRange(TileFiles.Sum(f => new FileInfo(f).Length), 0, most);
        }

        Assert.Empty(notices);
    }

    [Fact]
    public async Task Fit_WithLittleMemory_StaysWithinItAndGivesTheSame()
    {
        FitResult without = await FitAsync("mini-batch-kmeans", null);
        foreach (long memory in new[] { without.PlannedBytes + 100_000_000, without.PlannedBytes })
        {
            FitResult found = await CachedRows.FitAsync("mini-batch-kmeans", rows.Paths, Cache, notices: notices, memory: memory);
            CachedRows.AssertSame(without, found);
            Assert.InRange(found.PlannedBytes, 1, memory);
        }

        Assert.Empty(notices);
    }

    [Fact]
    public async Task Fit_OfChangedData_UsesNoTilesOfTheOld_AndOldOnesMakeRoom()
    {
        await CachedRows.WriteAsync(data, "c.parquet", [9000, 2000], 0);
        string[] paths = [data.In("c.parquet")];
        await CachedRows.FitAsync(Repeating, paths, Cache, notices: notices);
        string[] before = TileFiles;
        await CachedRows.WriteAsync(data, "c.parquet", [9000, 2000], 0, unit: 9.5);
        FitResult without = await CachedRows.FitAsync(Repeating, paths, null);
        FitResult found = await CachedRows.FitAsync(Repeating, paths, Cache, notices: notices);
        CachedRows.AssertSame(without, found);
        Assert.True(found.Cache is { BytesWritten: > 0 });
        Assert.Equal(2 * before.Length, TileFiles.Length);

        // Another number of partitions makes other tiles; where there is no room for both the oldest go.
        long most = TileFiles.Sum(f => new FileInfo(f).Length);
        await CachedRows.FitAsync(Repeating, paths, Cache with { MostBytes = most }, partitions: 1, notices: notices);
        Assert.DoesNotContain(before[0], TileFiles);
        Assert.Empty(notices);
    }

    [Fact]
    public async Task Fit_Cancelled_LeavesNothingHalfWritten()
    {
        using var stop = new CancellationTokenSource();
        int writing = 0;
        var every = new DoAfter(45, () =>
        {
            writing = Directory.GetFiles(Cache.Folder, "*.partial", SearchOption.AllDirectories).Length;
            stop.Cancel();
        });
        var checkpoint = new CheckpointOptions(data.In("checkpoints")) { Every = every };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => FitAsync("mini-batch-kmeans", Cache, workers: 1, checkpoint: checkpoint, cancellation: stop.Token));
        Assert.InRange(writing, 1, 3);
        Assert.Empty(Directory.GetFiles(Cache.Folder, "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Fit_WhereAnotherRunIsWriting_LeavesItsFilesAlone_AndRemovesThoseOfKilledRuns()
    {
        await FitAsync(Repeating, Cache);
        string folder = Path.GetDirectoryName(TileFiles[0])!;
        string left = Path.Combine(folder, "partition-00000.tiles.1-a.partial"), living = Path.Combine(folder, "partition-00000.tiles.2-b.partial");
        File.WriteAllText(left, "half");
        using (File.OpenHandle(living, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            await FitAsync(Repeating, Cache);
            Assert.Equal((false, true), (File.Exists(left), File.Exists(living)));
        }
    }

    [Fact]
    public async Task Fit_WithAFolderThatCantBeUsed_SaysSoBeforeReading()
    {
        File.WriteAllText(data.In("file"), "");
        using Dataset dataset = Dataset.Open(rows.Paths);
        long read = dataset.BytesRead;
        var options = new TrainingOptions { Features = ["x1"], Cache = new CacheOptions(data.In("file/cache")) };
        var error = await Assert.ThrowsAsync<IOException>(() => new KMeans().FitAsync(dataset, options, TestContext.Current.CancellationToken));
        Assert.Contains("can't be used to cache tiles", error.Message, StringComparison.Ordinal);
        Assert.Equal(read, dataset.BytesRead);
    }

    [Theory]
    [InlineData("", 1, "wanted a folder or auto")]
    [InlineData("s3://bucket/cache", 1, "wanted a folder on a local disk")]
    [InlineData("cache", 0, "wanted at least one byte")]
    public async Task Fit_WithOptionsOutOfRange_SaysSo(string folder, long most, string wanted)
    {
        using Dataset dataset = Dataset.Open(rows.Paths);
        var options = new TrainingOptions { Features = ["x1"], Cache = new CacheOptions(folder) { MostBytes = most } };
        var error = await Assert.ThrowsAsync<ArgumentException>(() => new KMeans().FitAsync(dataset, options, TestContext.Current.CancellationToken));
        Assert.Contains(wanted, error.Message, StringComparison.Ordinal);
    }

    Task<FitResult> FitAsync(
        string name,
        CacheOptions? cache,
        int workers = 2,
        int partitions = 3,
        bool drops = true,
        CheckpointOptions? checkpoint = null,
        CancellationToken cancellation = default) =>
        CachedRows.FitAsync(name, rows.Paths, cache, workers, partitions, drops, checkpoint, notices, cancellation: cancellation);

    // Passes that may read the same tiles.
    int LearningPasses(string name)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        using Dataset dataset = Dataset.Open(rows.Paths);
        var options = new TrainingOptions
        {
            Target = estimator.TargetKind switch { TargetKind.Classes => "label", TargetKind.Number => "y", _ => null },
            Features = ["x*"],
            Epochs = 3,
        };
        string[] others = ["classes of the target"];
        return estimator.Plan(dataset, options, TestContext.Current.CancellationToken).Passes.Where(p => !others.Contains(p.Purpose)).Sum(p => p.Most ?? 2);
    }

    /// <summary>Does something when so many tiles were used, by any workers.</summary>
    sealed class DoAfter(int tiles, Action action) : CheckpointInterval
    {
        int used;

        public override bool IsDue(int rows)
        {
            if (Interlocked.Increment(ref used) == tiles)
                action();

            return false;
        }

        public override void Restart()
        {
        }
    }
}
