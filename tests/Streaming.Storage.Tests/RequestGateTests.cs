using Streaming.Storage.S3;
using Xunit;

namespace Streaming.Storage.Tests;

public sealed class RequestGateTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A link that gives each request 10 MB/s until it is full: there is no point in more requests than fill it.</summary>
    [Theory]
    [InlineData(20e6, 16)] // Where the first ones fill it already, there are never more.
    [InlineData(300e6, 30)]
    [InlineData(1e12, 160)]
    public async Task Limit_GrowsWhileThroughputDoes(double link, int expected)
    {
        var clock = new SetClock();
        var gate = new RequestGate(clock);
        await RunAsync(gate, clock, n => Math.Min(10e6 * n, link), rounds: 60);
        Assert.InRange(gate.Limit, expected, expected == 160 ? 160 : expected * 1.6);
    }

    [Fact]
    public async Task SlowDown_HalvesTheLimit()
    {
        var clock = new SetClock();
        var gate = new RequestGate(clock);
        gate.SlowDown();
        Assert.Equal(8, gate.Limit);

        // Answers to requests that were on their way then.
        gate.SlowDown();
        Assert.Equal(8, gate.Limit);
        await RunAsync(gate, clock, n => 10e6 * n, rounds: 10);
        Assert.InRange(gate.Limit, 16, 160);
    }

    [Fact]
    public async Task Enter_LetsNoMoreInThanTheLimit()
    {
        var gate = new RequestGate(new SetClock());
        Task[] entries = [.. Enumerable.Range(0, 20).Select(_ => gate.EnterAsync(Stop))];
        Assert.Equal(16, entries.Count(e => e.IsCompletedSuccessfully));
        gate.Leave(1);
        await entries[16];
        Assert.False(entries[17].IsCompleted);
    }

    [Fact]
    public async Task Enter_CanBeCancelled_AndTakesNoPlaceThen()
    {
        var gate = new RequestGate(new SetClock());
        for (int i = 0; i < 16; i++)
            await gate.EnterAsync(Stop);

        using var cancelled = new CancellationTokenSource();
        Task waiting = gate.EnterAsync(cancelled.Token);
        Task behind = gate.EnterAsync(Stop);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.Leave(1);
        await behind;
    }

    [Fact]
    public void Pace_KnowsWhatLagsOnceItHasSeenEnough()
    {
        var pace = new RequestPace();
        for (int i = 0; i < 31; i++)
            pace.Add(8 << 20, TimeSpan.FromSeconds(1));

        Assert.Null(pace.Patience(8 << 20));
        pace.Add(8 << 20, TimeSpan.FromSeconds(100));
        Assert.Equal(4, pace.Patience(8 << 20)!.Value.TotalSeconds, 1e-6);
        Assert.Equal(12, pace.Patience(32 << 20)!.Value.TotalSeconds, 1e-6);

        // Where others are slow as well, it does not.
        pace.Add(8 << 20, TimeSpan.FromSeconds(100));
        Assert.Equal(200, pace.Patience(8 << 20)!.Value.TotalSeconds, 1e-6);
        for (int i = 0; i < 32; i++)
            pace.Add(8 << 20, TimeSpan.FromMilliseconds(1));

        Assert.Equal(2, pace.Patience(8 << 20)!.Value.TotalSeconds, 1e-6);
    }

    // Requests of 1 MB, always as many as are let in.
    static async Task RunAsync(RequestGate gate, SetClock clock, Func<int, double> rate, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            List<Task> entries = [];
            do
                entries.Add(gate.EnterAsync(Stop));
            while (entries[^1].IsCompletedSuccessfully);

            int running = entries.Count - 1;
            clock.Advance(running * 1e6 / rate(running));
            for (int i = 0; i < running; i++)
                gate.Leave(1_000_000);

            await entries[^1];
            gate.Leave(0);
        }
    }
}
