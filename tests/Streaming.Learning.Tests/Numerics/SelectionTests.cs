using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

public sealed class SelectionTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    [InlineData(100, 1000)]
    [InlineData(1000, 7)]
    [InlineData(1000, 1)]
    public void Ranked_EveryRank_IsTheOneThatSortingFinds(int count, int different)
    {
        var random = new KeyedRandom(count, "selection");
        double[] values = [.. Enumerable.Range(0, count).Select(_ => random.Next(different) == 0 ? double.PositiveInfinity : random.Next(different))];
        double[] sorted = [.. values.Order()];
        for (int rank = 0; rank < count; rank++)
            Assert.Equal(sorted[rank], Selection.Ranked<double>([.. values], rank));
    }
}
