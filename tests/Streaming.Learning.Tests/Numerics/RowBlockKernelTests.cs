using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

/// <summary>Kernels of mini-batches against their scalar twins, bit for bit, at every width and count that matters.</summary>
public sealed unsafe class RowBlockKernelTests
{
    // Up to 1024 numbers are added in float32; the widest rows have two such sums and a bit.
    public static TheoryData<int> Widths => [.. Enumerable.Range(1, 7).Select(w => 16 * w), 1024, 1040, 2096];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Map_HasTheBitsOfItsTwin(int length)
    {
        for (int count = 0; count <= 35; count++)
        {
            float[] rows = Numbers(length * count, 1), weights = Numbers(length, 2);
            var outputs = new double[count];
            fixed (float* r = rows, w = weights)
            fixed (double* o = outputs)
                RowBlockKernels.Map(w, r, length, count, 0.25, o);

            for (int i = 0; i < count; i++)
            {
                double sum = 0.25;
                for (int first = 0; first < length; first += 1024)
                {
                    var lanes = new float[16];
                    for (int j = first; j < Math.Min(length, first + 1024); j++)
                        lanes[j % 16] = MathF.FusedMultiplyAdd(rows[i * length + j], weights[j], lanes[j % 16]);

                    float[] s = [.. Enumerable.Range(0, 4).Select(l => (lanes[l] + lanes[l + 8]) + (lanes[l + 4] + lanes[l + 12]))];
                    sum += (s[0] + s[2]) + (s[1] + s[3]);
                }

                Assert.Equal(sum, outputs[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void AddScaled_HasTheBitsOfItsTwin(int length)
    {
        for (int count = 0; count <= 35; count++)
        {
            float[] rows = Numbers(length * count, 3), slopes = Numbers(count, 4), sums = Numbers(length, 5), before = [.. sums];
            fixed (float* r = rows, s = slopes, g = sums)
                RowBlockKernels.AddScaled(r, length, count, s, g);

            for (int j = 0; j < length; j++)
            {
                var places = new float[4];
                for (int i = 0; i < count; i++)
                {
                    int place = i < count / 4 * 4 ? i % 4 : 0;
                    places[place] = MathF.FusedMultiplyAdd(rows[i * length + j], slopes[i], places[place]);
                }

                Assert.Equal(before[j] + ((places[0] + places[1]) + (places[2] + places[3])), sums[j]);
            }
        }
    }

    [Fact]
    public void SumAndLargest_EveryCount_HaveTheBitsOfTheirTwins()
    {
        for (int count = 0; count <= 40; count++)
        {
            float[] numbers = [.. Numbers(count, 6), .. new float[8]];
            double[] lanes = new double[8], wide = [.. numbers.Select(v => (double)v)];
            for (int i = 0; i < count; i++)
                lanes[i % 8] += numbers[i];

            double sum = ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
            fixed (float* n = numbers)
                Assert.Equal((sum, (double)numbers.Max(Math.Abs)), RowBlockKernels.SumAndLargest(n, count));

            fixed (double* n = wide)
                Assert.Equal(sum, PanelKernel.Sum(n, (count + 7) / 8 * 8));
        }
    }

    [Fact]
    public void MoveTo_AddsInDoubleAndClears()
    {
        float[] floats = Numbers(48, 7), before = [.. floats];
        var sums = new double[48];
        Array.Fill(sums, 1e9);
        fixed (float* f = floats)
        fixed (double* s = sums)
            RowBlockKernels.MoveTo(f, floats.Length, s);

        Assert.Equal(before.Select(v => 1e9 + v), sums);
        Assert.All(floats, v => Assert.Equal(0, v));
    }

    static float[] Numbers(int count, int seed)
    {
        var random = new KeyedRandom(seed, "row blocks");
        return [.. Enumerable.Range(0, count).Select(_ => (float)(2 * random.NextDouble() - 1))];
    }
}
