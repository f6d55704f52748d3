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

    /// <summary>What takes a hundredth of a second to come need not be ahead for longer than a few of them, whatever single turns seem to say.</summary>
    [Theory]
    [InlineData(10, 32)]
    [InlineData(200, 256)]
    public void Bytes_GrowWhereRangesTakeLongToArrive(int milliseconds, long expected)
    {
        var clock = new SetClock();
        var window = new FetchWindow(clock);
        window.Begin();
        for (int turn = 0; turn < 200; turn++)
        {
            Assert.False(window.HasRoom(window.Bytes + 1));
            window.Await();
            window.Arrived(8 * MiB, TimeSpan.FromMilliseconds(milliseconds));

            // A machine that is slow at first and gets faster, as others leave it.
            clock.Advance(0.3 * 32 * MiB / window.Bytes);
            window.Read(window.Bytes);
        }

        Assert.Equal(expected * MiB, window.Bytes & -MiB);
    }
}
