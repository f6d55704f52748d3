using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Once the columns are open, tiles come and go without a byte from the heap.</summary>
public sealed class SteadyStateTests : IDisposable
{
    const int BatchSize = 100;

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public Task Sum_AllocatesNothingPerTile() =>
        AllocatesNothingAsync(counter => new SumPass<CountingSum>("test", () => new CountingSum(counter), _ => { }), partitions: 1);

    /// <summary>Nor do features that are made of others: products, and what tells of missing values.</summary>
    [Fact]
    public Task FeaturesMadeOfOthers_AllocateNothingPerTile() => AllocatesNothingAsync(
        counter => new SumPass<CountingSum>("test", () => new CountingSum(counter), _ => { }),
        partitions: 1,
        columns => columns.WithMade("products", new PolynomialEncoding(columns.Features, interactionOnly: false))
            .WithMade("missing indicators", new MissingIndicatorEncoding(columns.Features)));

    [Fact]
    public Task Round_AllocatesNothingPerTile() => AllocatesNothingAsync(counter => new CountingRoundPass(counter), partitions: 3);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Ordered_AllocatesNothingPerTile(bool shuffled) =>
        AllocatesNothingAsync(counter => new CountingOrderedPass(counter, shuffled), partitions: 3);

    // A single worker: all that happens between two tiles happens on its thread, so nothing else in the process is counted.
    async Task AllocatesNothingAsync(Func<AllocationCount, Pass> newPass, int partitions, Func<ColumnSelection, ColumnSelection>? make = null)
    {
        await data.WriteNumberedAsync("a.parquet", [.. Enumerable.Repeat(60_000 / partitions, partitions)]);
        using Dataset dataset = data.Open("a.parquet");
        ColumnSelection columns = ColumnSelection.Resolve(dataset, ["*"], [], null, null);
        columns = make?.Invoke(columns) ?? columns;
        var source = new TileSource(dataset, columns, FeatureScaling.Identity(columns.Features.Count), null, RowFilter.None, BatchSize);
        var counter = new AllocationCount();
        var runner = new PassRunner(dataset, partitions, workers: 1, 0, new ProgressMeter(null, () => 0), CancellationToken.None);
        await runner.RunAsync(newPass(counter), source);
        Assert.Equal(600, counter.Tiles);
        Assert.InRange(counter.Allocating, 0, counter.Tiles / 20);
    }

    sealed class CountingSum(AllocationCount counter) : ISum<CountingSum>
    {
        public void Add(RowBatch tile) => counter.Next();

        public void Merge(CountingSum other)
        {
        }

        public void Persist(StateStream state)
        {
        }
    }

    sealed class CountingRoundPass(AllocationCount counter) : RoundPass<AllocationCount>("test")
    {
        public override void Persist(StateStream state)
        {
        }

        protected override AllocationCount NewContribution() => counter;

        protected override void Contribute(AllocationCount contribution, RowBatch tile) => contribution.Next();

        protected override void Apply(AllocationCount contribution)
        {
        }

        protected override void EndRound()
        {
        }
    }

    sealed class CountingOrderedPass(AllocationCount counter, bool shuffled) : OrderedPass("test")
    {
        public override bool NeedsRowMajor => shuffled;

        public override bool WantsShuffledRows => shuffled;

        public override void Learn(RowBatch tile) => counter.Next();

        public override void Persist(StateStream state)
        {
        }
    }
}
