using System.Globalization;
using Streaming.Learning.Data;
using Xunit;

namespace Streaming.Learning.Tests.Data;

public sealed class PartitionsTests
{
    public static TheoryData<long[], int> Cases()
    {
        var cases = new TheoryData<long[], int>();
        foreach (int partitions in new[] { 1, 2, 3, 7, 8, 100 })
        {
            cases.Add([5], partitions);
            cases.Add([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], partitions);
            cases.Add([1_000_000, 1, 1, 1], partitions);
            cases.Add([1, 1, 1, 1_000_000], partitions);
            cases.Add([0, 10, 0, 0, 7, 3, 0], partitions);
            cases.Add([122_880, 122_880, 122_880, 122_880, 8_480], partitions);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Deal_GivesEveryFilledRowGroupOnceInOrderAndNoEmptyPartition(long[] rows, int partitions)
    {
        DatasetRowGroup[] groups = [.. rows.Select((r, i) => new DatasetRowGroup(null!, i, 0, 0, r))];
        IReadOnlyList<IReadOnlyList<DatasetRowGroup>> dealt = Partitions.Deal(groups, partitions);
        Assert.Equal(groups.Where(g => g.RowCount > 0), dealt.SelectMany(p => p));
        Assert.Equal(Math.Min(partitions, rows.Count(r => r > 0)), dealt.Count);
        Assert.All(dealt, p => Assert.NotEmpty(p));
    }

    [Fact]
    public void Deal_EqualRowGroups_SharesThemEvenly()
    {
        DatasetRowGroup[] groups = [.. Enumerable.Range(0, 41).Select(i => new DatasetRowGroup(null!, i, 0, 0, 122_880))];
        Assert.All(Partitions.Deal(groups, 8), p => Assert.InRange(p.Count, 5, 6));
    }

    [Theory]
    [InlineData(10, "0", "")]
    [InlineData(10, "0 3 0 4 3 1 0", "3+4+3 1")]
    [InlineData(10, "11 1 9 1 10 12 2", "11 1+9 1 10 12 2")]
    [InlineData(0, "5 0 5", "5 5")]
    public void Gather_PutsNeighboursTogetherUpToTheRows_AndLeavesOutThoseWithout(long rows, string sizes, string expected)
    {
        IEnumerable<DatasetRowGroup> groups = sizes.Split(' ').Select((r, i) => new DatasetRowGroup(null!, i, 0, 0, long.Parse(r, CultureInfo.InvariantCulture)));
        Assert.Equal(expected, string.Join(' ', Partitions.Gather(groups, rows).Select(run => string.Join('+', run.Select(g => g.RowCount)))));
    }
}
