using Xunit;

namespace Streaming.Storage.Tests;

public sealed class FetchWindowTests
{
    const long MiB = 1024 * 1024;

    /// <summary>Of a server that is far as much comes per second as was asked for; of one that is near, what it can give.</summary>
    [Theory]
    [InlineData(1e12, 256)]
    [InlineData(1e9, 128)]
    [InlineData(3e8, 32)]
    public void Bytes_GrowWhileThroughputDoes(double server, long expected)
    {
        var clock = new SetClock();
        var window = new FetchWindow(clock);
        window.Begin();
        for (int turn = 0; turn < 200; turn++)
        {
            Assert.False(window.HasRoom(window.Bytes + 1));
            window.Await();
            clock.Advance(Math.Max(0.1, window.Bytes / server));
            window.Read(window.Bytes);
        }

        // A trial may be under way.
        Assert.InRange(window.Bytes, expected * MiB, expected == 256 ? 256 * MiB : 2 * expected * MiB + MiB);
    }

    [Fact]
    public void Bytes_StayWhereNobodyWaits()
    {
        var clock = new SetClock();
        var window = new FetchWindow(clock);
        for (int turn = 0; turn < 200; turn++)
        {
            Assert.False(window.HasRoom(window.Bytes + 1));
            clock.Advance(0.1);
            window.Read(window.Bytes);
        }

        Assert.Equal(32 * MiB, window.Bytes);
    }

    [Fact]
    public void Bytes_StayWhereReadersWaitForTheOnlyPartThatIsLeft()
    {
        var clock = new SetClock();
        var window = new FetchWindow(clock);
        for (int turn = 0; turn < 200; turn++)
        {
            window.Await();
            clock.Advance(0.1);
            window.Read(window.Bytes);
        }

        Assert.Equal(32 * MiB, window.Bytes);
    }
}
