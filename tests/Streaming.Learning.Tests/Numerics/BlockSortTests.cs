using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

/// <summary>Blocks are sorted, and runs merged, as the runtime does.</summary>
public class BlockSortTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(512)]
    [InlineData(2048)]
    public void Sort_AnyNumbers_Ascend(int count)
    {
        var random = new Random(count);
        foreach (long range in new[] { 1, 3, 1000, long.MaxValue })
        {
            for (int turn = 0; turn < 30; turn++)
            {
                long[] values = [.. Enumerable.Range(0, count).Select(i => turn switch
                {
                    0 => i,
                    1 => -i,
                    2 => i % 2 == 0 ? long.MinValue : long.MaxValue,
                    _ => random.NextInt64(-range, range),
                })];
                long[] wanted = [.. values.Order()];
                BlockSort.Sort(values, new long[count]);
                Assert.Equal(wanted, values);
            }
        }
    }

    // What sorts every order of zeros and ones sorts everything, by a network (Knuth, volume 3, theorem Z); so each lane of the first step is held to all of them.
    [Fact]
    public void Sort_EveryOrderOfZerosAndOnesInALane_Ascends()
    {
        for (int ones = 0; ones < 256; ones++)
        {
            long[] values = [.. Enumerable.Range(0, 64).Select(i => (long)(ones >> (i / 8) & 1) + 2 * (i % 8))];
            long[] wanted = [.. values.Order()];
            BlockSort.Sort(values, new long[64]);
            Assert.Equal(wanted, values);
        }
    }

    [Fact]
    public void MergeInto_RunsOfAnyLength_Ascend()
    {
        var random = new Random(1);
        for (int turn = 0; turn < 2000; turn++)
        {
            int range = turn % 2 == 0 ? 5 : int.MaxValue;
            long[] values = [.. Enumerable.Range(0, turn % 20).Select(_ => (long)random.Next(range)).Order()];
            long[] run = [.. Enumerable.Range(0, turn / 20 % 20).Select(_ => (long)random.Next(range)).Order()];
            long[] all = [.. values, .. new long[run.Length]];
            BlockSort.MergeInto(all, run);
            Assert.Equal(values.Concat(run).Order(), all);
        }
    }
}
