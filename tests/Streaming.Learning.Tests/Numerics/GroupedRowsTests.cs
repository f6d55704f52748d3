using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

/// <summary>Moments by group against their scalar twin, bit for bit.</summary>
public sealed unsafe class GroupedRowsTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(50, true)]
    public void Moments_EveryLength_HaveTheBitsOfTheirTwin(int groups, bool weighted)
    {
        const int Most = 150;
        var random = new KeyedRandom(groups, "grouped rows test");
        var rows = new GroupedRows(groups, Most);
        for (int count = 0; count <= Most; count++)
        {
            double[] group = [.. Enumerable.Range(0, count).Select(_ => (double)(int)(groups * random.NextDouble()))];
            double[] weights = [.. Enumerable.Range(0, weighted ? count : 0).Select(_ => 0.5 + random.NextDouble())];
            double[] column = [.. Enumerable.Range(0, count).Select(_ => 1e6 + random.NextDouble())];
            rows.Sort(group, weights);
            fixed (double* x = column)
                rows.Take(x);

            Assert.Equal(group.Select(g => (int)g).Distinct().Order(), rows.Runs.ToArray().Select(r => r.Group));
            foreach (GroupedRows.Run run in rows.Runs)
            {
                int[] mine = [.. Enumerable.Range(0, count).Where(i => (int)group[i] == run.Group)];
                double[] w = [.. mine.Select(i => weighted ? weights[i] : 1)], v = [.. mine.Select(i => column[i])];
                double weight = w.Aggregate(0.0, (sum, x) => sum + x);
                double mean = Twin(w, v, (sum, a, x) => Math.FusedMultiplyAdd(a, x, sum)) / weight;
                double squares = Twin(w, v, (sum, a, x) => Math.FusedMultiplyAdd(a * (x - mean), x - mean, sum));
                Assert.Equal(new WeightedMoments(weight, mean, squares), rows.MomentsOf(run));
            }
        }
    }

    static double Twin(double[] weights, double[] values, Func<double, double, double, double> add)
    {
        var lanes = new double[32];
        int padded = (values.Length + 7) / 8 * 8, whole = padded / 32 * 32;
        for (int i = 0; i < values.Length; i++)
        {
            ref double lane = ref lanes[i < whole ? i % 32 : i % 8];
            lane = add(lane, weights[i], values[i]);
        }

        double[] eight = [.. Enumerable.Range(0, 8).Select(l => (lanes[l] + lanes[l + 8]) + (lanes[l + 16] + lanes[l + 24]))];
        double[] four = [.. Enumerable.Range(0, 4).Select(l => eight[l] + eight[l + 4])];
        return (four[0] + four[1]) + (four[2] + four[3]);
    }
}
