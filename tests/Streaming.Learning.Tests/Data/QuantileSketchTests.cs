using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;
using Xunit;

namespace Streaming.Learning.Tests.Data;

public class QuantileSketchTests
{
    static readonly double[] Shares = [.. Enumerable.Range(0, 101).Select(i => i / 100.0)];

    public static TheoryData<string> Streams => ["uniform", "ascending", "descending", "zigzag", "bell", "few values", "heavy tail"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(1000)]
    [InlineData(2048)]
    public void Quantile_ValuesThatFit_IsExact(int count)
    {
        double[] values = Stream("bell", count);
        var sketch = new QuantileSketch();
        sketch.Add(values);
        Assert.True(sketch.IsExact);
        Array.Sort(values);
        foreach (double share in Shares)
        {
            // numpy.quantile, default method.
            double place = share * (count - 1);
            int below = Math.Min((int)place, Math.Max(count - 2, 0)), above = Math.Min(below + 1, count - 1);
            Assert.Equal(values[below] + (place - below) * (values[above] - values[below]), sketch.Quantile(share), 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Quantile_ManyValues_HasARankWithinTheStatedError(string stream)
    {
        const int Count = 200_000;
        double[] values = Stream(stream, Count);
        double[] sorted = [.. values.Order()];
        foreach (int k in (int[])[256, QuantileSketch.DefaultK])
        {
            foreach (int partitions in (int[])[1, 8])
            {
                QuantileSketch sketch = Sketch(k, values, partitions);
                Assert.False(sketch.IsExact);
                Assert.Equal((sorted[0], sorted[^1]), (sketch.Quantile(0), sketch.Quantile(1)));
                double[] found = sketch.Quantiles(Shares);
                double[] errors = [.. Shares.Select((share, i) => RankError(sorted, share, found[i])).Order()];
                double stated = QuantileSketch.RankErrorOf(k);
                Assert.True(errors[^3] <= stated, $"k = {k}, {partitions} partitions: {errors[^3]} of {stated}");
                Assert.True(errors[^1] <= 1.5 * stated, $"k = {k}, {partitions} partitions: {errors[^1]} of {stated}");
            }
        }
    }

    [Fact]
    public void Quantile_WeightedValues_IsThatOfTheirCopies()
    {
        double[] values = Stream("heavy tail", 50_000);
        double[] weights = [.. values.Select((_, i) => 0.3 * (i * 7 % 11))];
        var sketch = new QuantileSketch(1024);
        for (int i = 0; i < values.Length; i++)
            sketch.Add(values[i], weights[i]);

        Assert.Equal(weights.Sum(), sketch.Weight, 1e-6);
        (double Value, double Weight)[] sorted = [.. values.Zip(weights).OrderBy(v => v.First)];
        for (int percent = 1; percent < 100; percent++)
        {
            double found = sketch.Quantile(percent / 100.0);
            double below = sorted.Where(v => v.Value < found).Sum(v => v.Weight), with = sorted.Where(v => v.Value <= found).Sum(v => v.Weight);
            double wanted = percent / 100.0 * sketch.Weight, error = Math.Max(0, Math.Max(below - wanted, wanted - with)) / sketch.Weight;
            Assert.True(error <= 1.5 * QuantileSketch.RankErrorOf(1024), $"{percent} %: {error}");
        }
    }

    [Fact]
    public void Quantile_FewWeightedValues_IsTheFirstThatReachesTheShare()
    {
        var sketch = new QuantileSketch();
        foreach ((double value, double weight) in new[] { (3.0, 0.5), (1.0, 1.5), (2.0, 0.0), (double.NaN, 1.0), (4.0, 2.0) })
            sketch.Add(value, weight);

        Assert.True(sketch.IsExact);
        Assert.Equal(4, sketch.Weight);
        Assert.Equal([1, 1, 3, 4, 4], sketch.Quantiles([0.1, 0.375, 0.5, 0.51, 1]));
    }

    [Fact]
    public void Rank_IsTheShareAtOrBelow()
    {
        var sketch = new QuantileSketch();
        sketch.Add([1, 2, 2, 3]);
        Assert.Equal([0, 0.25, 0.25, 0.75, 1, 1], new[] { 0.5, 1, 1.5, 2, 3, 9 }.Select(sketch.Rank));
    }

    [Fact]
    public void Empty_HasNoQuantiles()
    {
        var sketch = new QuantileSketch();
        sketch.Add([double.NaN]);
        sketch.Merge(new QuantileSketch());
        Assert.Equal(double.NaN, sketch.Quantile(0.5));
        Assert.Equal(double.NaN, sketch.Rank(1));
        Assert.Equal(0, sketch.Weight);
    }

    [Fact]
    public void Merge_Empty_ChangesNothing()
    {
        QuantileSketch sketch = Sketch(256, Stream("bell", 10_000), 1);
        byte[] before = StateWriter.ToBytes(sketch);
        sketch.Merge(new QuantileSketch(256));
        Assert.Equal(before, StateWriter.ToBytes(sketch));
    }

    [Fact]
    public void Persist_MidWay_GoesOnToTheSameBits()
    {
        double[] values = Stream("uniform", 30_000);
        var whole = new QuantileSketch(256);
        whole.Add(values.AsSpan(0, 12_345));
        var restored = new QuantileSketch(256);
        StateReader.Restore(restored, StateWriter.ToBytes(whole));
        foreach (QuantileSketch sketch in (QuantileSketch[])[whole, restored])
        {
            sketch.Add(values.AsSpan(12_345));
            sketch.Add(7, 0.3);
        }

        Assert.Equal(StateWriter.ToBytes(whole), StateWriter.ToBytes(restored));
    }

    [Fact]
    public void Add_AnyNumberOfValues_HoldsAboutThreeTimesK()
    {
        QuantileSketch sketch = Sketch(1024, Stream("uniform", 1_000_000), 1);
        Assert.InRange(StateWriter.ToBytes(sketch).Length, 8 * 1024, QuantileSketch.BytesFor(1024) + 2000);
    }

    static QuantileSketch Sketch(int k, double[] values, int partitions)
    {
        var total = new QuantileSketch(k);
        for (int p = 0; p < partitions; p++)
        {
            var part = new QuantileSketch(k);
            part.Add(values.AsSpan(values.Length / partitions * p, values.Length / partitions));
            total.Merge(part);
        }

        return total;
    }

    // Distance from the share to the nearest share that the value's place among all values stands for.
    static double RankError(double[] sorted, double share, double value)
    {
        int below = ~Array.BinarySearch(sorted, value, Comparer<double>.Create((a, b) => a < b ? -1 : 1));
        int with = ~Array.BinarySearch(sorted, value, Comparer<double>.Create((a, b) => a <= b ? -1 : 1));
        double place = share * sorted.Length;
        return Math.Max(0, Math.Max(below - place, place - with)) / sorted.Length;
    }

    static double[] Stream(string name, int count)
    {
        var random = new KeyedRandom(5, name);
        double[] values = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
        return name switch
        {
            "uniform" => values,
            "ascending" => [.. values.Order()],
            "descending" => [.. values.OrderDescending()],
            "zigzag" => [.. values.Order().Select((v, i) => i % 2 == 0 ? v : -v)],
            "bell" => [.. values.Select((v, i) => v + values[(i * 31 + 7) % count] + values[(i * 17 + 3) % count])],
            "few values" => [.. values.Select(v => Math.Floor(5 * v * v))],
            _ => [.. values.Select(v => 1 / (1 - v))],
        };
    }
}
