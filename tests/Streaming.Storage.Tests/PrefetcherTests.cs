using Xunit;

namespace Streaming.Storage.Tests;

public sealed class PrefetcherTests
{
    const int Length = 64 * 1024;

    static readonly byte[] Content = [.. Enumerable.Range(0, Length).Select(i => (byte)(i * 31 >> 3))];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1024 * 1024)]
    [InlineData(16 * 1024)]
    [InlineData(0)]
    public void Read_GivesTheBytesWhateverTheMemory(long limit)
    {
        using var pool = new BufferPool();
        using var source = new Source();
        using (var prefetcher = new Prefetcher(pool, limit, 2, Stop))
        {
            FetchLane[] lanes = [prefetcher.Add(8, g => Ranges(source, g)), prefetcher.Add(8, g => Ranges(source, g + 8))];
            prefetcher.Start();
            for (int g = 0; g < 8; g++)
            {
                foreach (int lane in new[] { 0, 1 })
                {
                    lanes[lane].MoveTo(g);
                    Check(source, (lane * 8 + g) * 4096, 4096, 100);
                }
            }

            Assert.InRange(pool.PeakBytes, 0, limit);
        }

        Assert.Equal(0, pool.RentedBytes);
        Assert.Equal(Length, source.BytesRead);
        if (limit > Length)
            Assert.Equal((16, 0), (source.Fetches, source.DirectReads));
    }

    [Fact]
    public void Read_WhenOthersHaveTakenTheMemory_GoesToTheSource()
    {
        using var pool = new BufferPool(8192);
        using NativeBuffer taken = pool.Rent(8192, "others");
        using var source = new Source();
        using var prefetcher = new Prefetcher(pool, Length, 1, Stop);
        prefetcher.Add(1, _ => Ranges(source, 0));
        prefetcher.Start();
        Check(source, 0, 4096, 4096);
        Assert.Equal((0, 1), (source.Fetches, source.DirectReads));
    }

    [Fact]
    public void Read_OutsideThePlan_GoesToTheSource()
    {
        using var pool = new BufferPool();
        using var source = new Source();
        using var prefetcher = new Prefetcher(pool, Length, 1, Stop);
        prefetcher.Add(1, _ => [new FetchRange(source, 1000, 1000, 0, [(1000, 2000)])]);
        prefetcher.Start();
        Check(source, 500, 2000, 2000);
        Assert.Equal((1, 2), (source.Fetches, source.DirectReads));
    }

    [Fact]
    public void Read_OfAllThatIsWanted_MakesRoomForWhatComesNext()
    {
        using var pool = new BufferPool();
        using var source = new Source();
        using var prefetcher = new Prefetcher(pool, 4096, 1, Stop);
        prefetcher.Add(2, g => [new FetchRange(source, g * 4096, 4096, 0, [(g * 4096, g * 4096 + 100), (g * 4096 + 200, g * 4096 + 300)])]);
        prefetcher.Start();
        Check(source, 0, 100, 100);
        Assert.Equal(1, source.Fetches);
        Check(source, 200, 100, 100);
        Check(source, 4096, 100, 100);
        Assert.Equal((2, 0), (source.Fetches, source.DirectReads));
    }

    [Fact]
    public unsafe void TryLend_GivesTheBytesWhereTheyLie_AndKeepsThemUntilTheyAreReturned()
    {
        using var pool = new BufferPool();
        using var source = new Source();
        using var prefetcher = new Prefetcher(pool, 4096, 1, Stop);
        prefetcher.Add(3, g => Ranges(source, g));
        prefetcher.Start();
        LentBytes first = source.TryLend(0, 1000);
        LentBytes rest = source.TryLend(900, 4096 - 900, known: 100);

        // There is no memory to fetch what comes next before all of it is returned.
        Check(source, 4096, 4096, 4096);
        Assert.Equal((1, 1), (source.Fetches, source.DirectReads));
        Assert.Equal(8192, source.BytesRead);
        first.Return();
        Assert.Equal(Content[900..4096], new ReadOnlySpan<byte>(rest.Pointer, 4096 - 900).ToArray());
        rest.Return();
        Check(source, 8192, 4096, 4096);
        Assert.Equal((2, 1), (source.Fetches, source.DirectReads));
        Assert.Equal(0, pool.RentedBytes);
    }

    [Theory]
    [InlineData(4000, 200)]
    [InlineData(3 * 4096 + 10, 10)]
    public void TryLend_OfWhatIsNotInOnePart_GivesNone(int offset, int length)
    {
        using var pool = new BufferPool();
        using var source = new Source();
        Assert.False(source.TryLend(offset, length).AreAny);
        using var prefetcher = new Prefetcher(pool, Length, 1, Stop);
        prefetcher.Add(2, g => Ranges(source, g));
        prefetcher.Start();
        Assert.False(source.TryLend(offset, length).AreAny);
        Assert.Equal(0, source.BytesRead);
        Check(source, offset, length, length);
    }

    [Fact]
    public void TryLend_OfWhatCouldNotBeFetched_Throws()
    {
        using var pool = new BufferPool();
        using var source = new Source { Held = new TaskCompletionSource() };
        source.Held.SetException(new IOException("broken"));
        using (var prefetcher = new Prefetcher(pool, Length, 1, Stop))
        {
            prefetcher.Add(1, _ => Ranges(source, 0));
            prefetcher.Start();
            Assert.Equal("broken", Assert.Throws<IOException>(() => source.TryLend(0, 10)).Message);
        }

        Assert.Equal(0, pool.RentedBytes);
    }

    [Fact]
    public async Task WhenReady_WaitsForTheFirstStepOnly()
    {
        using var pool = new BufferPool();
        using var source = new Source { Held = new TaskCompletionSource() };
        using var prefetcher = new Prefetcher(pool, Length, 1, Stop);
        FetchLane lane = prefetcher.Add(1, _ => [.. Ranges(source, 0), .. Ranges(source, 1).Select(r => r with { Step = 1 })]);
        prefetcher.Start();
        Task ready = lane.WhenReady();
        Assert.False(ready.IsCompleted);
        source.Held.SetResult();
        await ready;
        Assert.True(lane.WhenReady().IsCompletedSuccessfully);
    }

    [Fact]
    public void Read_OfWhatCouldNotBeFetched_Throws()
    {
        using var pool = new BufferPool();
        using var source = new Source { Held = new TaskCompletionSource() };
        source.Held.SetException(new IOException("broken"));
        using var prefetcher = new Prefetcher(pool, Length, 1, Stop);
        prefetcher.Add(1, _ => Ranges(source, 0));
        prefetcher.Start();
        Assert.Equal("broken", Assert.Throws<IOException>(() => source.Read(0, new byte[10])).Message);
    }

    [Fact]
    public void Dispose_EndsRequestsThatAreOnTheirWay()
    {
        using var pool = new BufferPool();
        using var source = new Source { Held = new TaskCompletionSource() };
        var prefetcher = new Prefetcher(pool, Length, 1, Stop);
        FetchLane lane = prefetcher.Add(2, g => Ranges(source, g));
        prefetcher.Start();
        lane.MoveTo(1);
        prefetcher.Dispose();
        Assert.Equal(0, pool.RentedBytes);
        Check(source, 0, 8192, 8192);
    }

    // A group begins with what says where the rest lies: that is read to find it, and once more by the reader.
    [Theory]
    [InlineData(1024 * 1024)]
    [InlineData(8 * 1024)]
    [InlineData(0)]
    public async Task Read_OfWhatIsFoundWhileFetching_GivesTheBytesWhateverTheMemory(long limit)
    {
        using var pool = new BufferPool();
        using var source = new Source();
        using (var prefetcher = new Prefetcher(pool, limit, 1, Stop))
        {
            FetchLane lane = prefetcher.AddPlanned(4, g => FoundLater(source, g));
            prefetcher.Start();
            for (int g = 0; g < 4; g++)
            {
                await lane.WhenReady();
                Check(source, g * 8192, 100, 100);
                lane.MoveTo(g);
                Check(source, g * 8192, 100, 100);
                Check(source, g * 8192 + 4096, 4096, 1000);
            }

            lane.MoveTo(4);
        }

        Assert.Equal(0, pool.RentedBytes);
        if (limit > Length)
            Assert.Equal((8, 0), (source.Fetches, source.DirectReads));
    }

    [Fact]
    public async Task WhenReady_WaitsForWhatIsFoundWhileFetching()
    {
        using var pool = new BufferPool();
        using var source = new Source();
        using var prefetcher = new Prefetcher(pool, Length, 1, Stop);
        var found = new TaskCompletionSource<IReadOnlyList<FetchRange>>();
        FetchLane lane = prefetcher.AddPlanned(1, _ => new FetchPlan([new FetchRange(source, 0, 100, 0, [(0, 100)]) { Times = FetchRange.UntilPassed }], () => found.Task.Result));
        prefetcher.Start();
        Check(source, 0, 100, 100);
        Task ready = lane.WhenReady();
        Assert.False(ready.IsCompleted);
        found.SetResult(Ranges(source, 1));
        await ready;
        Check(source, 4096, 4096, 4096);
        Assert.Equal((2, 0), (source.Fetches, source.DirectReads));
    }

    [Fact]
    public async Task Read_WhereTheRestCanNotBeFound_GoesToTheSource()
    {
        using var pool = new BufferPool();
        using var source = new Source();
        using var prefetcher = new Prefetcher(pool, Length, 1, Stop);
        FetchLane lane = prefetcher.AddPlanned(2, g => g == 0 ? new FetchPlan([], () => throw new IOException("broken")) : FoundLater(source, g));
        prefetcher.Start();
        await lane.WhenReady();
        lane.MoveTo(0);
        Check(source, 0, 4096, 4096);
        await lane.WhenReady();
        lane.MoveTo(1);
        Check(source, 8192 + 4096, 4096, 4096);
        Assert.Equal((2, 1), (source.Fetches, source.DirectReads));
    }

    [Fact]
    public async Task Dispose_WaitsForWhoLooksForTheRest()
    {
        using var pool = new BufferPool();
        using var source = new Source();
        var prefetcher = new Prefetcher(pool, Length, 1, Stop);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isOver = false;
        FetchLane lane = null!;
        lane = prefetcher.AddPlanned(1, _ => new FetchPlan([], () =>
        {
            began.SetResult();
            SpinWait.SpinUntil(() => lane.IsDone);
            Volatile.Write(ref isOver, true);
            return Ranges(source, 0);
        }));
        prefetcher.Start();
        await began.Task;
        prefetcher.Dispose();
        Assert.True(Volatile.Read(ref isOver));
        Assert.Equal(0, source.Fetches);
    }

    // More than the window takes, so that what is asked for shows whose turn it is.
    [Fact]
    public void Fetching_GoesOnWithTheLaneThatComesNext_WhereAllOfOneIsAskedFor()
    {
        using var pool = new BufferPool();
        using var source = new LargeSource();
        using var prefetcher = new Prefetcher(pool, long.MaxValue, 1, Stop);
        FetchLane[] lanes = [.. Enumerable.Range(0, 3).Select(l => prefetcher.Add(3, g => [source.Range(l * 3 + g)]))];
        prefetcher.Start();
        source.CheckAsked(pool, 0, 0, 1);
        for (int read = 0; read < 9; read++)
        {
            lanes[read / 3].MoveTo(read % 3);
            source.TryLend(read * LargeSource.RangeBytes, LargeSource.RangeBytes).Return();
            source.CheckAsked(pool, read + 1, [.. Enumerable.Range(0, Math.Min(9, read + 3))]);
            if (read % 3 == 2)
                lanes[read / 3].MoveTo(3);
        }
    }

    // As of local files, each of whose row groups may have a lane: all would be looked at whenever one is done.
    [Fact]
    public void Lanes_ThatAskForNothing_AreNotAllPlannedAtOnce()
    {
        const int Open = 2;
        using var pool = new BufferPool();
        using var prefetcher = new Prefetcher(pool, long.MaxValue, Open, Stop);
        int planned = 0;
        FetchLane[] lanes = [.. Enumerable.Range(0, 10_000).Select(_ => prefetcher.Add(1, _ =>
        {
            planned++;
            return [];
        }))];
        prefetcher.Start();
        for (int lane = 0; lane < 1000; lane++)
        {
            Assert.True(lanes[lane].WhenReady().IsCompletedSuccessfully);
            Assert.InRange(planned, lane + 1, lane + 1 + Open + Prefetcher.MostRequests);
            lanes[lane].MoveTo(0);
            lanes[lane].MoveTo(1);
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1000, true)]
    public async Task Fetching_OfAServerThatIsNear_BeginsWithWhatReadersBeginWith(int milliseconds, bool isAllAtOnce)
    {
        using var pool = new BufferPool();
        using var source = new LargeSource { Held = new TaskCompletionSource() };
        var window = new FetchWindow();
        window.Arrived(LargeSource.RangeBytes, TimeSpan.FromMilliseconds(milliseconds));
        using var prefetcher = new Prefetcher(pool, long.MaxValue, 2, Stop, window);
        FetchLane[] lanes = [.. Enumerable.Range(0, 2).Select(l => prefetcher.Add(3, g => [source.Range(l * 3 + g)]))];
        prefetcher.Start();
        source.CheckAsked(pool, 0, isAllAtOnce ? [0, 1, 3, 4] : [0, 3]);
        source.Held.SetResult();
        await lanes[1].WhenReady();
        source.CheckAsked(pool, 0, 0, 1, 3, 4);
    }

    static FetchPlan FoundLater(Source source, int group) => new(
        [new FetchRange(source, group * 8192L, 100, 0, [(group * 8192L, group * 8192L + 100)]) { Times = FetchRange.UntilPassed }],
        () =>
        {
            Check(source, group * 8192, 100, 100);
            return Ranges(source, group * 2 + 1);
        });

    static List<FetchRange> Ranges(Source source, int group) =>
        [new FetchRange(source, group * 4096L, 4096, 0, [(group * 4096L, group * 4096L + 4096)])];

    static void Check(Source source, int offset, int length, int step)
    {
        var bytes = new byte[length];
        for (int i = 0; i < length; i += step)
            source.Read(offset + i, bytes.AsSpan(i, Math.Min(step, length - i)));

        Assert.Equal(Content[offset..(offset + length)], bytes);
    }

    /// <summary>A source that tells how it was read, and holds fetches back until the test lets them go.</summary>
    sealed class Source() : ByteRangeSource("source", PrefetcherTests.Length)
    {
        int fetches;
        int directReads;

        public TaskCompletionSource? Held { get; init; }

        public int Fetches => Volatile.Read(ref fetches);

        public int DirectReads => Volatile.Read(ref directReads);

        public override IDisposable Hold(bool isReadThrough = false) => Stream.Null;

        protected override void ReadCore(long offset, Span<byte> destination)
        {
            Interlocked.Increment(ref directReads);
            Content.AsSpan((int)offset, destination.Length).CopyTo(destination);
        }

        protected internal override async Task FetchAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
        {
            Interlocked.Increment(ref fetches);
            if (Held != null)
                await Held.Task.WaitAsync(cancellation);

            Content.AsMemory((int)offset, destination.Length).CopyTo(destination);
        }
    }

    /// <summary>Ranges that are never filled, and which of them were asked for.</summary>
    sealed class LargeSource() : ByteRangeSource("large", 9L * RangeBytes)
    {
        public const int RangeBytes = 20 * 1024 * 1024;

        readonly HashSet<long> asked = [];

        public TaskCompletionSource? Held { get; init; }

        /// <summary>
        /// Asserts which ranges are asked for in the end, of which some are gone. Requests are made by other threads, and ends of requests, which
        /// others may wait for, are noted by other threads.
        /// </summary>
        public void CheckAsked(BufferPool pool, int gone, params int[] expected)
        {
            long rented = (expected.Length - gone) * (long)RangeBytes;
            Assert.True(
                SpinWait.SpinUntil(() => pool.RentedBytes == rented && expected.SequenceEqual(Asked()), TimeSpan.FromSeconds(10)),
                $"asked for {string.Join(", ", Asked())}; {pool.RentedBytes} bytes rented, expected {rented}");
        }

        public FetchRange Range(int number) =>
            new(this, (long)number * RangeBytes, RangeBytes, 0, [((long)number * RangeBytes, (number + 1L) * RangeBytes)]);

        public override IDisposable Hold(bool isReadThrough = false) => Stream.Null;

        int[] Asked()
        {
            lock (asked)
                return [.. asked.Order().Select(o => (int)(o / RangeBytes))];
        }

        protected override void ReadCore(long offset, Span<byte> destination) => Assert.Fail("It was to be fetched.");

        protected internal override Task FetchAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
        {
            lock (asked)
                asked.Add(offset);

            return Held?.Task.WaitAsync(cancellation) ?? Task.CompletedTask;
        }
    }
}
