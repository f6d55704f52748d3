using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>The order in which tiles are used is fixed by the data alone, and every row is used once.</summary>
public sealed class PassOrderTests : IDisposable
{
    const int BatchSize = 100;
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Ordered_LearnsPartitionAfterPartitionRoundByRound(int workers)
    {
        // Partitions of 3, 1 and 2 tiles: rows 0-249, 250-299, 300-499.
        await data.WriteNumberedAsync("a.parquet", 250, 50, 120, 80);
        using Dataset dataset = data.Open("a.parquet");
        var pass = new RecordingOrderedPass();
        await RunAsync(dataset, pass, partitions: 3, workers);
        Assert.Equal([(0, 100), (250, 50), (300, 100), (100, 100), (400, 100), (200, 50)], pass.Tiles);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Round_TakesContributionsInPartitionOrderRoundByRound(int workers)
    {
        await data.WriteNumberedAsync("a.parquet", 250, 50, 120, 80);
        using Dataset dataset = data.Open("a.parquet");
        var pass = new RecordingRoundPass();
        await RunAsync(dataset, pass, partitions: 3, workers);
        Assert.Equal([0, 250, 300, -1, 100, 400, -1, 200, -1], pass.FirstRows);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(7, 3)]
    [InlineData(7, 100)]
    public async Task Sum_SeesEveryRowOnceInOrderWithinItsPartition(int workers, int partitions)
    {
        await data.WriteNumberedAsync("a.parquet", 1, 999, 1000, 500, 17, 1483);
        await data.WriteNumberedAsync("b.parquet", 1000);
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        RowList? total = null;
        await RunAsync(dataset, new SumPass<RowList>("test", () => new RowList(), s => total = s), partitions, workers);
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => (long)i), total!.Positions);
        Assert.Equal(Enumerable.Range(0, 4000).Concat(Enumerable.Range(0, 1000)).Select(i => (float)i), total.Values);
    }

    [Theory]
    [InlineData(100, 10_000, 10_000)]
    [InlineData(2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000)]
    public async Task Sum_LastPartitionsEndTogether(params int[] rowGroups)
    {
        // One worker is kept in the first tile of the first partition until the other has done the two that are left, of 10,000 rows each.
        await data.WriteNumberedAsync("a.parquet", rowGroups);
        using Dataset dataset = data.Open("a.parquet");
        var others = new List<int>();
        using var othersDone = new ManualResetEventSlim();
        var pass = new SumPass<Told>("test", () => new Told(tile =>
        {
            if (tile.FirstRow == 0)
                othersDone.Wait(TestContext.Current.CancellationToken);

            if (tile.FirstRow < dataset.RowCount - 20_000)
                return;

            others.Add(tile.FirstRow < dataset.RowCount - 10_000 ? 1 : 2);
            if (others.Count == 200)
                othersDone.Set();
        }), _ => { });
        await RunAsync(dataset, pass, partitions: 3, workers: 2);
        Assert.Equal([1, 2], others[^40..].Distinct().Order());

        // Coming to another partition is dear: a worker does so at the end of a row group, here of 20 tiles, or where the other one is far behind.
        Assert.InRange(others.Zip(others.Skip(1)).Count(p => p.First != p.Second), 1, 20);
    }

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.25)]
    [InlineData(0.9)]
    public async Task Holdout_SplitsTheRowsAndIsTheSameForAnyPartitionsAndBatchSize(double fraction)
    {
        await data.WriteNumberedAsync("a.parquet", 3000, 2000, 5000);
        using Dataset dataset = data.Open("a.parquet");
        List<long> training = await RowsOfAsync(RowShare.Training, 2, 100);
        List<long> holdout = await RowsOfAsync(RowShare.Holdout, 3, 77);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (long)i), training.Concat(holdout).Order());
        Assert.InRange(holdout.Count, 10_000 * fraction - 150, 10_000 * fraction + 150);

        async Task<List<long>> RowsOfAsync(RowShare share, int partitions, int batchSize)
        {
            RowList? total = null;
            var pass = new SumPass<RowList>("test", () => new RowList(), s => total = s);
            await RunAsync(dataset, pass, partitions, 2, new RowFilter(share, fraction, 7), batchSize);
            Assert.Equal(total!.Positions.Select(p => (float)p), total.Values);
            return total.Positions;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task ExceptionOfAnEstimator_EndsThePassAndReturnsAllMemory(int workers)
    {
        await data.WriteNumberedAsync("a.parquet", 1000, 1000, 1000);
        using Dataset dataset = data.Open("a.parquet");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(dataset, new FailingPass(1200), 3, workers));
        Assert.Equal("row 1200", error.Message);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Cancellation_EndsThePassAndReturnsAllMemory(int workers)
    {
        await data.WriteNumberedAsync("a.parquet", 1000, 1000, 1000);
        using Dataset dataset = data.Open("a.parquet");
        using var stop = new CancellationTokenSource();
        var pass = new RecordingOrderedPass { AfterTile = count => { if (count == 3) stop.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(dataset, pass, 3, workers, cancellation: stop.Token));
        Assert.Equal(3, pass.Tiles.Count);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    [Fact]
    public async Task TruncatedPages_EndThePassWithTheFileNamedAndReturnAllMemory()
    {
        string path = await data.WriteNumberedAsync("a.parquet", 1000, 1000);
        byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes.AsSpan(100, 4000).Clear();
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        using Dataset dataset = data.Open("a.parquet");
        var error = await Assert.ThrowsAsync<Parquet.ParquetException>(() => RunAsync(dataset, new RecordingOrderedPass(), 2, 2));
        Assert.Contains("a.parquet", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    static Task<long> RunAsync(
        Dataset dataset, Pass pass, int partitions, int workers, RowFilter? filter = null, int batchSize = BatchSize, CancellationToken cancellation = default)
    {
        ColumnSelection columns = ColumnSelection.Resolve(dataset, ["row"], [], null, null);
        var source = new TileSource(dataset, columns, FeatureScaling.Identity(1), null, filter ?? RowFilter.None, batchSize);
        var runner = new PassRunner(dataset, partitions, workers, 0, new ProgressMeter(null, () => 0), cancellation);
        return runner.RunAsync(pass, source);
    }

    sealed class RecordingOrderedPass() : OrderedPass("test")
    {
        public List<(long FirstRow, int Rows)> Tiles { get; } = [];

        public Action<int> AfterTile { get; init; } = _ => { };

        public override void Learn(RowBatch tile)
        {
            Tiles.Add((tile.FirstRow, tile.RowCount));
            Assert.Equal(Enumerable.Range((int)tile.FirstRow, tile.RowCount).Select(i => (float)i), tile.Column(0).ToArray());
            AfterTile(Tiles.Count);
        }

        public override void Persist(StateStream state) => state.List(Tiles);
    }

    sealed class FailingPass(long failAt) : OrderedPass("test")
    {
        public override void Learn(RowBatch tile)
        {
            if (tile.FirstRow == failAt)
                throw new InvalidOperationException($"row {failAt}");
        }

        public override void Persist(StateStream state)
        {
        }
    }

    sealed class RecordingRoundPass() : RoundPass<long[]>("test")
    {
        /// <summary>First rows of the tiles as their contributions were taken in; -1 at the end of each round.</summary>
        public List<long> FirstRows { get; } = [];

        public override void Persist(StateStream state) => state.List(FirstRows);

        protected override long[] NewContribution() => new long[1];

        protected override void Contribute(long[] contribution, RowBatch tile) => contribution[0] = tile.FirstRow;

        protected override void Apply(long[] contribution) => FirstRows.Add(contribution[0]);

        protected override void EndRound() => FirstRows.Add(-1);
    }

    /// <summary>Tells of each tile.</summary>
    sealed class Told(Action<RowBatch> tell) : ISum<Told>
    {
        public void Add(RowBatch tile) => tell(tile);

        public void Merge(Told other)
        {
        }

        public void Persist(StateStream state)
        {
        }
    }

    /// <summary>The rows of a sum, in the order in which they came.</summary>
    sealed class RowList : ISum<RowList>
    {
        public List<long> Positions { get; } = [];

        public List<float> Values { get; } = [];

        public void Add(RowBatch tile)
        {
            for (int i = 0; i < tile.RowCount; i++)
            {
                Positions.Add(tile.RowIndex(i));
                Values.Add(tile.Column(0)[i]);
            }
        }

        public void Merge(RowList other)
        {
            Positions.AddRange(other.Positions);
            Values.AddRange(other.Values);
        }

        public void Persist(StateStream state)
        {
            state.List(Positions);
            state.List(Values);
        }
    }
}
