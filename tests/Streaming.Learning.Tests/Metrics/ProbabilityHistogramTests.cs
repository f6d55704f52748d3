using Streaming.Learning.Metrics;
using Streaming.Learning.State;
using Xunit;

namespace Streaming.Learning.Tests.Metrics;

/// <summary>More rows than wait for their bins, spread over few octaves and over hundreds.</summary>
public sealed class ProbabilityHistogramTests
{
    const int Rows = 150_000;

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public void Area_OfManyRows_IsTheExactOneWithinItsBound_HoweverTheyAreCut(double spread)
    {
        (double Probability, bool IsPositive)[] rows = [.. Enumerable.Range(0, Rows).Select(i => RowOf(i, spread))];
        (double area, double bound) = Of(rows, 1).Rank().RocAuc;
        double exact = Exact(rows);
        Assert.InRange(Math.Abs(area - exact), 0, bound + 1e-12);
        Assert.InRange(bound, 0, 2e-4);
        Assert.Equal(area, Of(rows, 7).Rank().RocAuc.Area, 1e-12);
    }

    [Fact]
    public void State_HoldsRowsThatWaitAndThoseInBins()
    {
        ProbabilityHistogram histogram = Of([.. Enumerable.Range(0, 70_000).Select(i => RowOf(i, 40))], 1), restored = new(12);
        StateReader.Restore(restored, StateWriter.ToBytes(histogram));
        Assert.Equal(histogram.Rank().RocAuc, restored.Rank().RocAuc);
        Assert.Equal(histogram.Rank().AveragePrecision, restored.Rank().AveragePrecision);
    }

    [Fact]
    public void Rows_OfWeightTwo_AreTwoRows_AndThoseOfWeightZeroNone()
    {
        (double Probability, bool IsPositive)[] rows = [.. Enumerable.Range(0, 70_000).Select(i => RowOf(i, 2))];
        ProbabilityHistogram weighted = new(12), repeated = new(12);
        Add(weighted, rows, [.. rows.Select((_, i) => i % 3 * 1.0)]);
        Add(repeated, [.. rows.SelectMany((row, i) => Enumerable.Repeat(row, i % 3))], []);
        Assert.Equal(repeated.Rank().RocAuc, weighted.Rank().RocAuc);
        Assert.Equal(repeated.Rank().AveragePrecision, weighted.Rank().AveragePrecision);
    }

    [Fact]
    public void Complements_ThatAreLeftOut_AreWhatIsLeftOfOne()
    {
        (double Probability, bool IsPositive)[] rows = [.. Enumerable.Range(0, 1003).Select(i => RowOf(i, 40))];
        ProbabilityHistogram given = Of(rows, 1), leftOut = new(12);
        leftOut.Add([.. rows.Select(r => r.Probability)], [], [.. rows.Select(r => r.IsPositive ? 7.0 : 3)], positive: 7, []);
        Assert.Equal(given.Rank().RocAuc, leftOut.Rank().RocAuc);
        Assert.Equal(given.Rank().AveragePrecision, leftOut.Rank().AveragePrecision);
    }

    static (double Probability, bool IsPositive) RowOf(int i, double spread)
    {
        double score = spread * Math.Sin(i * 1.7);
        return (1 / (1 + Math.Exp(-score)), Math.Sin(i * 0.37) * 0.8 + Math.Sin(i * 1.7) > 0.1);
    }

    static ProbabilityHistogram Of((double Probability, bool IsPositive)[] rows, int parts)
    {
        var total = new ProbabilityHistogram(12);
        foreach (var part in rows.Chunk((rows.Length + parts - 1) / parts))
        {
            // Tiles end anywhere.
            var own = new ProbabilityHistogram(12);
            foreach (var tile in part.Chunk(1021))
                Add(own, tile, []);

            total.Merge(own);
        }

        return total;
    }

    static void Add(ProbabilityHistogram histogram, (double Probability, bool IsPositive)[] rows, double[] weights) =>
        histogram.Add([.. rows.Select(r => r.Probability)], [.. rows.Select(r => 1 - r.Probability)], [.. rows.Select(r => r.IsPositive ? 1.0 : 0)], positive: 1, weights);

    static double Exact((double Probability, bool IsPositive)[] rows)
    {
        double sum = 0, below = 0;
        foreach (var ties in rows.GroupBy(r => r.Probability).OrderBy(g => g.Key))
        {
            double positives = ties.Count(t => t.IsPositive), negatives = ties.Count() - positives;
            sum += positives * (below + negatives / 2);
            below += negatives;
        }

        return sum / (below * (rows.Length - below));
    }
}
