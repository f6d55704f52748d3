using Streaming.Learning.Estimators;
using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

/// <summary>The kernels of k-means against their scalar twins, bit for bit where the order of additions is fixed.</summary>
public sealed unsafe class ClusterKernelTests
{
    [Fact]
    public void Nearest_EveryLength_HasTheLabelsOfItsTwin()
    {
        foreach ((int features, int centers) in ((int, int)[])[(1, 1), (3, 7), (5, 8), (16, 9), (28, 20)])
        {
            int blocks = (centers + 7) / 8;
            float[] center = Numbers(centers * features, 1);
            var panel = new float[blocks * 8 * features];
            var bias = new float[blocks * 8];
            Array.Fill(bias, float.NegativeInfinity);
            for (int c = 0; c < centers; c++)
            {
                bias[c] = -0.5f * c / centers;
                for (int j = 0; j < features; j++)
                    panel[(c / 8 * features + j) * 8 + c % 8] = center[c * features + j];
            }

            for (int rows = 0; rows <= 100; rows++)
            {
                int stride = (rows + 15) / 16 * 16 + 16;
                float[] columns = Numbers(stride * features, rows);
                var labels = new int[(rows + 31) / 32 * 32];
                fixed (float* x = columns, p = panel, b = bias)
                fixed (int* l = labels)
                    NearestKernel.Find(x, stride, features, rows, p, b, blocks, l);

                for (int i = 0; i < rows; i++)
                {
                    (float best, int label) = (float.NegativeInfinity, 0);
                    for (int c = 0; c < centers; c++)
                    {
                        float score = bias[c];
                        for (int j = 0; j < features; j++)
                            score = MathF.FusedMultiplyAdd(columns[j * stride + i], center[c * features + j], score);

                        (best, label) = score > best ? (score, c) : (best, label);
                    }

                    Assert.Equal(label, labels[i]);
                }
            }
        }
    }

    [Fact]
    public void Margins_EveryLength_AreThoseOfTheirTwin()
    {
        foreach ((int features, int centers) in ((int, int)[])[(1, 2), (3, 7), (5, 8), (16, 9), (28, 20)])
        {
            int blocks = (centers + 7) / 8;
            float[] panel = Numbers(blocks * 8 * features, 1);
            var bias = new float[blocks * 8];
            Array.Fill(bias, float.NegativeInfinity);
            bias.AsSpan(0, centers).Clear();
            for (int rows = 0; rows <= 70; rows++)
            {
                int stride = (rows + 15) / 16 * 16 + 16;
                float[] columns = Numbers(stride * features, rows);
                var labels = new int[(rows + 31) / 32 * 32];
                var margins = new float[labels.Length];
                fixed (float* x = columns, p = panel, b = bias, m = margins)
                fixed (int* l = labels)
                    NearestKernel.FindMargins(x, stride, features, rows, p, b, blocks, l, m);

                for (int i = 0; i < rows; i++)
                {
                    (float Score, int Center)[] best =
                        [.. Enumerable.Range(0, centers).Select(c => (Score: Score(c, i), Center: c)).OrderByDescending(s => s.Score).ThenBy(s => s.Center)];
                    Assert.Equal(best[0].Center, labels[i]);
                    Assert.Equal(2 * (best[0].Score - best[1].Score), margins[i]);
                }

                float Score(int center, int row)
                {
                    float score = 0;
                    for (int j = 0; j < features; j++)
                        score = MathF.FusedMultiplyAdd(columns[j * stride + row], panel[(center / 8 * features + j) * 8 + center % 8], score);

                    return score;
                }
            }
        }
    }

    [Fact]
    public void Closer_EveryLength_HasTheBitsOfItsTwin()
    {
        for (int rows = 0; rows <= 70; rows++)
        {
            int padded = (rows + 15) / 16 * 16;
            float[] a = Numbers(padded, 1), b = Numbers(padded, 2);
            double[] weights = [.. Numbers(padded, 3).Select(w => (double)w)];
            var lanes = new double[16];
            double rest = 0;
            for (int i = 0; i < rows; i++)
            {
                ref double sum = ref rest;
                if (i < rows / 16 * 16)
                    sum = ref lanes[i % 16];

                sum = Math.FusedMultiplyAdd(weights[i], Math.Min(a[i], b[i]), sum);
            }

            double[] eight = [.. Enumerable.Range(0, 8).Select(l => lanes[l] + lanes[l + 8])];
            double[] four = [.. Enumerable.Range(0, 4).Select(l => eight[l] + eight[l + 4])];
            fixed (float* pa = a, pb = b)
            fixed (double* pw = weights)
            {
                Assert.Equal((four[0] + four[1]) + (four[2] + four[3]) + rest, DistanceKernel.SumOfCloser(pa, pb, pw, rows));
                float[] wanted = [.. a.Zip(b, Math.Min)];
                DistanceKernel.TakeCloser(pa, pb, rows);
                Assert.Equal(wanted[..rows], b[..rows]);
            }
        }
    }

    [Fact]
    public void Distances_EveryLength_HaveTheBitsOfTheirTwin()
    {
        const int Features = 5;
        float[] point = Numbers(Features, 2);
        for (int rows = 0; rows <= 100; rows++)
        {
            int stride = (rows + 15) / 16 * 16 + 16;
            float[] columns = Numbers(stride * Features, rows);
            var found = new float[(rows + 31) / 32 * 32];
            fixed (float* x = columns, p = point, f = found)
                DistanceKernel.Find(x, stride, Features, rows, p, f);

            for (int i = 0; i < rows; i++)
            {
                float sum = 0;
                for (int j = 0; j < Features; j++)
                {
                    float difference = columns[j * stride + i] - point[j];
                    sum = MathF.FusedMultiplyAdd(difference, difference, sum);
                }

                Assert.Equal(sum, found[i]);
            }
        }
    }

    [Fact]
    public void DistancesToNearest_EveryLength_HaveTheBitsOfTheirTwin()
    {
        foreach (int centers in (int[])[1, 8, 9, 20])
        {
            var all = new ClusterCenters(centers, 5);
            float[] values = Numbers(centers * 5, 2);
            for (int v = 0; v < values.Length; v++)
                all.Values[v] = values[v];

            all.Pack();
            for (int rows = 0; rows <= 70; rows++)
            {
                int stride = (rows + 31) / 32 * 32 + 16;
                float[] columns = Numbers(stride * 5, rows);
                var labels = new int[(rows + 31) / 32 * 32];
                var distances = new float[labels.Length];
                fixed (float* x = columns, d = distances)
                fixed (int* l = labels)
                    all.AssignWithDistances(x, stride, rows, l, d);

                for (int i = 0; i < rows; i++)
                {
                    float expected = 0;
                    for (int j = 0; j < 5; j++)
                    {
                        float difference = columns[j * stride + i] - values[labels[i] * 5 + j];
                        expected = MathF.FusedMultiplyAdd(difference, difference, expected);
                    }

                    Assert.Equal(BitConverter.SingleToUInt32Bits(expected), BitConverter.SingleToUInt32Bits(distances[i]));
                }
            }
        }
    }

    [Fact]
    public void GroupSums_EveryLength_EqualPlainSums()
    {
        const int Groups = 3;
        foreach (int features in (int[])[1, 15, 16, 17, 40])
        {
            for (int rows = 0; rows <= 67; rows++)
            {
                int stride = (rows + 15) / 16 * 16 + 16;
                float[] columns = Numbers(stride * features, rows);
                double[] weights = [.. Numbers(rows, 3).Select(w => (double)w + 2)];
                int[] groups = [.. Enumerable.Range(0, rows).Select(i => i * 7 % Groups)];
                foreach (bool weighted in (bool[])[false, true])
                {
                    var sums = new GroupSums(Groups, features);
                    fixed (float* x = columns)
                    fixed (double* w = weights)
                    fixed (int* g = groups)
                        sums.Add(x, stride, rows, weighted ? w : null, g);

                    // Rows are added one after another, so even the bits are those of a plain loop.
                    var wanted = new double[Groups * features];
                    var wantedWeights = new double[Groups];
                    double squares = 0;
                    for (int i = 0; i < rows; i++)
                    {
                        double weight = weighted ? weights[i] : 1;
                        wantedWeights[groups[i]] += weight;
                        for (int j = 0; j < features; j++)
                        {
                            double value = columns[j * stride + i];
                            wanted[groups[i] * features + j] += value * weight;
                            squares += weight * value * value;
                        }
                    }

                    for (int c = 0; c < Groups; c++)
                        Assert.Equal(wanted[(c * features)..((c + 1) * features)], sums.Of(c).ToArray());

                    Assert.Equal(wantedWeights, sums.Weights);
                    Assert.Equal(squares, sums.Squares, 1e-12 * (1 + squares));
                }
            }
        }
    }

    [Fact]
    public void GroupSums_SetToOthers_AddsThemInTheirOrder()
    {
        const int Groups = 3, Features = 17, Rows = 40, Stride = 48;
        GroupSums[] parts = [.. Enumerable.Range(0, 4).Select(_ => new GroupSums(Groups, Features))];
        GroupSums wanted = new(Groups, Features), found = new(Groups, Features);
        int[] groups = [.. Enumerable.Range(0, Rows).Select(i => i * 7 % Groups)];
        for (int p = 0; p < parts.Length; p++)
        {
            fixed (float* x = Numbers(Stride * Features, p))
            fixed (int* g = groups)
                parts[p].Add(x, Stride, Rows, null, g);

            wanted.Add(parts[p]);
        }

        // What was there before is gone.
        found.Add(parts[0]);
        found.SetTo(parts);
        Assert.Equal(wanted.Totals, found.Totals);
        Assert.Equal(wanted.Weights, found.Weights);
        Assert.Equal(wanted.Squares, found.Squares);
    }

    static float[] Numbers(int count, long salt)
    {
        var random = new KeyedRandom(salt, "cluster kernel test");
        var numbers = new float[count];
        foreach (ref float number in numbers.AsSpan())
            number = (float)(random.NextDouble() * 2 - 1);

        return numbers;
    }
}
