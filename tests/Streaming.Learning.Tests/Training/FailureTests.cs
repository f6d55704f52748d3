using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Learning.Training;
using Streaming.Parquet;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>
/// What goes wrong in the middle of a pass ends the run with that error, whatever the number of workers: nothing hangs, and all memory
/// comes back.
/// </summary>
public sealed class FailureTests : IDisposable
{
    const int BatchSize = 100;

    // Only a run that hangs takes this long, even where the tests share a busy machine.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    readonly TestData data = new();

    public static TheoryData<string, int> Places()
    {
        var places = new TheoryData<string, int>();
        foreach (string place in new[] { "NewState", "Add", "Merge", "Contribute", "Apply", "EndRound", "Learn" })
        {
            foreach (int workers in new[] { 1, 2, 5 })
                places.Add(place, workers);
        }

        return places;
    }

    public static TheoryData<PassKind, string, int> Changes()
    {
        var changes = new TheoryData<PassKind, string, int>();
        foreach (PassKind kind in Enum.GetValues<PassKind>())
        {
            foreach (string how in new[] { "cut", "replaced", "deleted" })
            {
                foreach (int workers in new[] { 1, 2 })
                    changes.Add(kind, how, workers);
            }
        }

        return changes;
    }

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Places))]
    public async Task ExceptionOfAnEstimator_EndsTheRunAndIsTheOneThatIsThrown(string place, int workers)
    {
        await data.WriteNumberedAsync("a.parquet", 900, 300, 700, 500);
        using Dataset dataset = data.Open("a.parquet");
        var trap = new Trap(place, call: place is "Add" or "Contribute" or "Learn" or "Apply" ? 7 : 2);
        Pass pass = place switch
        {
            "NewState" or "Add" or "Merge" => new SumPass<FailingSum>("test", () => new FailingSum(trap), _ => { }),
            "Learn" => new FailingOrderedPass(trap),
            _ => new FailingRoundPass(trap),
        };
        var error = await Assert.ThrowsAsync<InjectedException>(() => RunAsync(dataset, pass, workers));
        Assert.Equal(place, error.Message);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task FileThatVanishesBeforeItIsRead_EndsTheRunAndIsNamed(int workers)
    {
        await data.WriteNumberedAsync("a.parquet", 500, 500);
        await data.WriteNumberedAsync("b.parquet", 500, 500);
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        File.Delete(data.In("b.parquet"));
        var error = await Assert.ThrowsAnyAsync<IOException>(() => RunAsync(dataset, Counting(PassKind.Sum, _ => { }), workers));
        Assert.Contains("b.parquet", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task FileThatChangesWhileItIsRead_EndsTheRunAndIsNamed_UnlessItWasReadOnAsItWas(PassKind kind, string how, int workers)
    {
        string path = await data.WriteNumberedAsync("a.parquet", [.. Enumerable.Repeat(20_000, 20)]);
        string other = await data.WriteNumberedAsync("other.parquet", [.. Enumerable.Repeat(20_000, 20)]);
        using Dataset dataset = data.Open("a.parquet");
        int seen = 0;
        Pass pass = Counting(kind, tiles =>
        {
            if ((seen = tiles) == 5)
                Change();
        });
        Exception? error = await Record.ExceptionAsync(() => RunAsync(dataset, pass, workers, partitions: kind == PassKind.Sum ? 1 : 3));
        Assert.Equal(0, dataset.Pool.RentedBytes);
        if (error == null)
        {
            // An open file that lost its name is still there, whole, until it is closed.
            Assert.NotEqual("cut", how);
            Assert.Equal(400_000 / BatchSize, seen);
            return;
        }

        Assert.True(error is IOException or ParquetException, error.ToString());
        Assert.Contains("a.parquet", error.Message, StringComparison.Ordinal);

        void Change()
        {
            switch (how)
            {
                case "cut":
                    using (FileStream file = File.OpenWrite(path))
                        file.SetLength(file.Length / 3);

                    break;
                case "replaced":
                    File.SetLastWriteTimeUtc(other, File.GetLastWriteTimeUtc(path).AddSeconds(1));
                    File.Move(other, path, overwrite: true);
                    break;
                default:
                    File.Delete(path);
                    break;
            }
        }
    }

    static Pass Counting(PassKind kind, Action<int> onTile)
    {
        int tiles = 0;
        void Count() => onTile(Interlocked.Increment(ref tiles));
        return kind switch
        {
            PassKind.Sum => new SumPass<CallbackSum>("test", () => new CallbackSum(Count), _ => { }),
            PassKind.Round => new CallbackRoundPass(Count),
            _ => new CallbackOrderedPass(Count),
        };
    }

    static async Task RunAsync(Dataset dataset, Pass pass, int workers, int partitions = 3)
    {
        ColumnSelection columns = ColumnSelection.Resolve(dataset, ["*"], [], null, null);
        var source = new TileSource(dataset, columns, FeatureScaling.Identity(2), null, RowFilter.None, BatchSize);
        var runner = new PassRunner(dataset, partitions, workers, 0, new ProgressMeter(null, () => 0), CancellationToken.None);
        await runner.RunAsync(pass, source).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    sealed class InjectedException(string place) : Exception(place);

    /// <summary>Throws at the n-th time that a place is passed.</summary>
    sealed class Trap(string place, int call)
    {
        int calls;

        public void Pass(string here)
        {
            if (here == place && Interlocked.Increment(ref calls) == call)
                throw new InjectedException(place);
        }
    }

    sealed class FailingSum : ISum<FailingSum>
    {
        readonly Trap trap;

        public FailingSum(Trap trap)
        {
            this.trap = trap;
            trap.Pass("NewState");
        }

        public void Add(RowBatch tile) => trap.Pass("Add");

        public void Merge(FailingSum other) => trap.Pass("Merge");

        public void Persist(StateStream state)
        {
        }
    }

    sealed class CallbackSum(Action onTile) : ISum<CallbackSum>
    {
        public void Add(RowBatch tile) => onTile();

        public void Merge(CallbackSum other)
        {
        }

        public void Persist(StateStream state)
        {
        }
    }

    sealed class CallbackRoundPass(Action onTile) : RoundPass<Action>("test")
    {
        public override void Persist(StateStream state)
        {
        }

        protected override Action NewContribution() => onTile;

        protected override void Contribute(Action contribution, RowBatch tile) => contribution();

        protected override void Apply(Action contribution)
        {
        }

        protected override void EndRound()
        {
        }
    }

    sealed class CallbackOrderedPass(Action onTile) : OrderedPass("test")
    {
        public override void Learn(RowBatch tile) => onTile();

        public override void Persist(StateStream state)
        {
        }
    }

    sealed class FailingRoundPass(Trap trap) : RoundPass<Trap>("test")
    {
        public override void Persist(StateStream state)
        {
        }

        protected override Trap NewContribution() => trap;

        protected override void Contribute(Trap contribution, RowBatch tile) => trap.Pass("Contribute");

        protected override void Apply(Trap contribution) => trap.Pass("Apply");

        protected override void EndRound() => trap.Pass("EndRound");
    }

    sealed class FailingOrderedPass(Trap trap) : OrderedPass("test")
    {
        public override void Learn(RowBatch tile) => trap.Pass("Learn");

        public override void Persist(StateStream state)
        {
        }
    }
}
