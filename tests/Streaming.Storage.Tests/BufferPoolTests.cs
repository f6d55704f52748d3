using Xunit;

namespace Streaming.Storage.Tests;

public sealed unsafe class BufferPoolTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(1_000_000)]
    public void Rent_AnySize_IsAlignedAndLargeEnoughAndWastesAtMostAQuarter(long size)
    {
        using var pool = new BufferPool();
        using NativeBuffer buffer = pool.Rent(size, "a test");
        Assert.True(buffer.Length >= size);
        Assert.True(buffer.Length <= Math.Max(1024, size * 5 / 4));
        Assert.Equal(0, (long)buffer.Pointer % 64);
        new Span<byte>(buffer.Pointer, (int)buffer.Length + BufferPool.Slack).Fill(1);
    }

    [Fact]
    public void Return_CountsBackToZeroAndIsUsedAgain()
    {
        using var pool = new BufferPool();
        NativeBuffer first = pool.Rent(5000, "a test");
        byte* pointer = first.Pointer;
        first.Dispose();
        first.Dispose();
        Assert.Equal(0, pool.RentedBytes);
        using NativeBuffer second = pool.Rent(5000, "a test");
        Assert.True(second.Pointer == pointer);
        Assert.Equal(second.Length, pool.PeakBytes);
    }

    [Fact]
    public void Rent_BeyondTheLimit_SaysWhatForAndHowMuchWouldDo()
    {
        using var pool = new BufferPool(100_000);
        using NativeBuffer held = pool.Rent(60_000, "the first");
        var error = Assert.Throws<MemoryBudgetException>(() => pool.Rent(50_000, "a dictionary"));
        Assert.Contains("a dictionary", error.Message);
        Assert.Contains("--memory", error.Message);
        Assert.Contains((held.Length + 50_000).ToString("N0"), error.Message);
    }

    [Fact]
    public void Rent_WhenIdleBuffersFillTheLimit_FreesThem()
    {
        using var pool = new BufferPool(100_000);
        pool.Rent(60_000, "a test").Dispose();
        using NativeBuffer other = pool.Rent(90_000, "a test");
        Assert.True(pool.PeakBytes <= 100_000);
    }

    [Fact]
    public void KeepWithin_FreesWhatCameBackBeforeMoreIsHeld_AndRefusesNothing()
    {
        using var pool = new BufferPool { KeepWithin = 100_000 };
        pool.Rent(60_000, "a test").Dispose();
        using (NativeBuffer other = pool.Rent(90_000, "a test"))
            Assert.Equal(other.Length, pool.PeakBytes);

        using NativeBuffer large = pool.Rent(200_000, "a test");
        Assert.Equal(large.Length, pool.RentedBytes);
    }

    [Fact]
    public void Reserve_CountsAgainstTheLimitUntilItIsDisposedOf()
    {
        using var pool = new BufferPool(100_000);
        using (IDisposable states = pool.Reserve(70_000, "states"))
        {
            Assert.Equal((70_000, 0), (pool.ReservedBytes, pool.RentedBytes));
            Assert.Throws<MemoryBudgetException>(() => pool.Rent(40_000, "a test"));
            Assert.Throws<MemoryBudgetException>(() => pool.Reserve(40_000, "more states"));
            states.Dispose();
        }

        Assert.Equal((0, 70_000), (pool.ReservedBytes, pool.PeakBytes));
        pool.Rent(90_000, "a test").Dispose();
    }

    [Theory]
    [InlineData(16_384)]
    [InlineData(300_000)]
    [InlineData(2_000_000)]
    public void Rent_ManySmallBuffers_DoNotTouchEachOther_AlsoWhenSomeAreFreedAndTakenAnew(int size)
    {
        using var pool = new BufferPool();
        NativeBuffer[] buffers = new NativeBuffer[3 * (8 << 20) / size];
        for (int i = 0; i < buffers.Length; i++)
            buffers[i] = Filled(i);

        // What came back is freed before a larger buffer is made.
        for (int i = 0; i < buffers.Length; i += 2)
            buffers[i].Dispose();

        pool.KeepWithin = pool.RentedBytes;
        pool.Rent(4 << 20, "a test").Dispose();
        for (int i = 0; i < buffers.Length; i += 2)
            buffers[i] = Filled(i);

        for (int i = 0; i < buffers.Length; i++)
        {
            Assert.Equal(0, (long)buffers[i].Pointer % 64);
            Assert.False(Whole(buffers[i]).ContainsAnyExcept((byte)i), $"buffer {i} has changed");
            buffers[i].Dispose();
        }

        Assert.Equal(0, pool.RentedBytes);

        NativeBuffer Filled(int i)
        {
            NativeBuffer buffer = pool.Rent(size, "a test");
            Whole(buffer).Fill((byte)i);
            return buffer;
        }

        static Span<byte> Whole(NativeBuffer buffer) => new(buffer.Pointer, (int)buffer.Length + BufferPool.Slack);
    }

    [Fact]
    public void Rent_FromManyThreads_KeepsCount()
    {
        using var pool = new BufferPool();
        Parallel.For(0, 1000, i => pool.Rent(1000 + i * 10, "a test").Dispose());
        Assert.Equal(0, pool.RentedBytes);
    }
}
