using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Of several rows that can't be learned from, the one that is named depends on the data alone: the first in the order of use.</summary>
public sealed class FirstErrorTests : IDisposable
{
    const int BatchSize = 100;
    const int PartitionRows = 1000;
    const int Partitions = 3;

    readonly TestData data = new();

    public static TheoryData<string, int> Passes()
    {
        var passes = new TheoryData<string, int>();
        foreach (string kind in new[] { "sum", "round", "ordered", "shuffled" })
        {
            foreach (int workers in new[] { 1, 2, 3, 7 })
                passes.Add(kind, workers);
        }

        return passes;
    }

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Passes))]
    public async Task RowThatIsNamed_IsTheFirstInTheOrderOfUse(string kind, int workers)
    {
        // A sum uses partition after partition, the others round after round of tiles; the quicker a worker comes to a bad row, the later it is used.
        int[] bad = [850, PartitionRows + 420, 2 * PartitionRows + 410];
        int named = kind == "sum" ? bad[0] : bad[1];
        await WriteAsync(bad);
        using Dataset dataset = data.Open("a.parquet");
        Pass pass = kind switch
        {
            "sum" => new SumPass<SlowSum>("test", () => new SlowSum(), _ => { }),
            "round" => new SlowRoundPass(),
            _ => new SlowOrderedPass(kind == "shuffled"),
        };
        ColumnSelection columns = ColumnSelection.Resolve(dataset, ["*"], [], null, null);
        var source = new TileSource(dataset, columns, FeatureScaling.Identity(2), null, RowFilter.None, BatchSize);
        var runner = new PassRunner(dataset, Partitions, workers, 0, new ProgressMeter(null, () => 0), CancellationToken.None);
        var error = await Assert.ThrowsAsync<DatasetException>(() => runner.RunAsync(pass, source));
        Assert.Contains($"row {named} (row group", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    async Task WriteAsync(int[] bad)
    {
        double[] row = [.. Enumerable.Range(0, Partitions * PartitionRows).Select(i => (double)i)];
        double?[] x = [.. row.Select(r => (double?)Math.Sin(r))];
        foreach (int r in bad)
            x[r] = null;

        await data.WriteAsync("a.parquet", [.. Enumerable.Repeat(PartitionRows, Partitions)], ("row", row), ("x", x));
    }

    // Partitions before the last take long, so that workers come to the last one's bad row first.
    static void Dawdle(RowBatch tile)
    {
        if (tile.Partition < Partitions - 1)
            Thread.Sleep(2);
    }

    sealed class SlowSum : ISum<SlowSum>
    {
        public void Add(RowBatch tile) => Dawdle(tile);

        public void Merge(SlowSum other)
        {
        }

        public void Persist(StateStream state)
        {
        }
    }

    sealed class SlowRoundPass() : RoundPass<SlowSum>("test")
    {
        public override void Persist(StateStream state)
        {
        }

        protected override SlowSum NewContribution() => new();

        protected override void Contribute(SlowSum contribution, RowBatch tile) => contribution.Add(tile);

        protected override void Apply(SlowSum contribution)
        {
        }

        protected override void EndRound()
        {
        }
    }

    sealed class SlowOrderedPass(bool shuffles) : OrderedPass("test")
    {
        public override bool WantsShuffledRows => shuffles;

        public override bool NeedsRowMajor => shuffles;

        public override void Learn(RowBatch tile) => Dawdle(tile);

        public override void Persist(StateStream state)
        {
        }
    }
}
