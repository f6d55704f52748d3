using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

/// <summary>Vector code against its scalar twin, bit for bit, at every length that matters.</summary>
public sealed unsafe class KernelTests
{
    // A pointer doesn't keep its block alive, and a local that is read no more doesn't either.
    readonly List<object> held = [];

    [Fact]
    public void Dot_EveryLength_HasTheBitsOfItsTwin()
    {
        for (int n = 0; n <= 100; n++)
        {
            double[] a = Numbers(n, 1), b = Numbers(n, 2);
            var lanes = new double[8];
            double rest = 0;
            for (int i = 0; i < n; i++)
            {
                if (i < n / 8 * 8)
                    lanes[i % 8] = Math.FusedMultiplyAdd(a[i], b[i], lanes[i % 8]);
                else
                    rest = Math.FusedMultiplyAdd(a[i], b[i], rest);
            }

            Assert.Equal(Tree(lanes) + rest, Lanes.Dot(a, b));
        }
    }

    [Fact]
    public void Sums_EqualsFourTimesSum()
    {
        double[] a = Numbers(32, 3);
        Vector256<double> found = Lanes.Sums(
            Vector512.Create(a, 0), Vector512.Create(a, 8), Vector512.Create(a, 16), Vector512.Create(a, 24));
        for (int i = 0; i < 4; i++)
            Assert.Equal(Tree(a[(i * 8)..(i * 8 + 8)]), found[i]);
    }

    [Fact]
    public void FourVectorsOnAPanel_HaveTheBitsOfEachAlone()
    {
        const int Rows = 600, Stride = Rows + 8;
        AlignedBlock<double> panel = Aligned(Numbers(29 * Stride, 40)), found = Block<double>(4 * Rows), alone = Block<double>(Rows);
        double** results = stackalloc double*[4], arrays = stackalloc double*[4];
        for (int rows = 8; rows <= Rows; rows += 8)
        {
            int length = 1 + rows / 8 % 29;
            double[][] vectors = [.. Enumerable.Range(50, 4).Select(seed => Numbers(length, seed))];
            AlignedBlock<double>[] numbers = [.. Enumerable.Range(60, 4).Select(seed => Aligned(Numbers(Rows, seed)))];
            AlignedBlock<double> four = Aligned([.. Enumerable.Range(0, 4 * length).Select(i => vectors[i % 4][i / 4])]), sums = Block<double>(4 * length);
            for (int k = 0; k < 4; k++)
            {
                results[k] = found.Pointer + k * Rows;
                arrays[k] = numbers[k].Pointer;
            }

            PanelKernel.MapFour(panel.Pointer, Stride, four.Pointer, length, rows, results);
            PanelKernel.DotFour(panel.Pointer, Stride, arrays, length, rows, sums.Pointer);
            for (int k = 0; k < 4; k++)
            {
                PanelKernel.Map(panel.Pointer, Stride, vectors[k], rows, alone.Pointer);
                Assert.True(alone.Span[..rows].SequenceEqual(found.Span.Slice(k * Rows, rows)));
                for (int j = 0; j < length; j++)
                    Assert.Equal(PanelKernel.Dot(panel.Pointer + j * Stride, numbers[k].Pointer, rows), sums.Span[4 * j + k]);
            }
        }
    }

    [Fact]
    public void EightCandidates_EveryLength_HaveTheBitsOfRowKernels()
    {
        for (int length = 16; length <= 80; length += 16)
        {
            float[][] rows = [.. Enumerable.Range(11, 3).Select(seed => Numbers(length, seed).Select(v => (float)v).ToArray())];
            AlignedBlock<double>[] widened = [.. rows.Select(r => Aligned([.. r.Select(v => (double)v)]))];
            AlignedBlock<double>[] alone = [.. Enumerable.Range(20, 8).Select(seed => Aligned(Numbers(length, seed)))];
            AlignedBlock<double> weights = Aligned([.. Enumerable.Range(0, 8 * length).Select(i => alone[i % 8].Span[i / 8])]);
            double[] shrinks = Numbers(8, 30), steps = Numbers(8, 31);
            fixed (float* row = rows[0], next = rows[1], after = rows[2])
            {
                (Vector512<double> dots, double overlap) = CandidateKernels.Dots(weights.Pointer, widened[0].Pointer, widened[1].Pointer, length);
                (Vector512<double> dotsAfter, double overlapAfter) = CandidateKernels.StepAndDots(
                    weights.Pointer, widened[0].Pointer, widened[1].Pointer, widened[2].Pointer, length, Vector512.Create(shrinks), Vector512.Create(steps));
                for (int lane = 0; lane < 8; lane++)
                {
                    Assert.Equal(RowKernels.Dots(alone[lane].Pointer, row, next, length), (dots[lane], overlap));
                    RowKernels.Step(alone[lane].Pointer, row, length, shrinks[lane], steps[lane]);
                    Assert.Equal(RowKernels.Dots(alone[lane].Pointer, next, after, length), (dotsAfter[lane], overlapAfter));
                    for (int j = 0; j < length; j++)
                        Assert.Equal(alone[lane].Span[j], weights.Span[8 * j + lane]);
                }
            }
        }
    }

    [Fact]
    public void RowDotAndStep_EveryLength_HaveTheBitsOfTheirTwins()
    {
        for (int length = 16; length <= 128; length += 16)
        {
            double[] w = Numbers(length, 4);
            float[] x = [.. Numbers(length, 5).Select(v => (float)v)];
            AlignedBlock<double> weights = Block<double>(length);
            w.CopyTo(weights.Span);

            // Four sums of eight lanes take 32 values at a time; a last 16 go to the first two.
            var lanes = new double[32];
            for (int i = 0; i < length; i++)
                lanes[i % 32] = Math.FusedMultiplyAdd(x[i], w[i], lanes[i % 32]);

            var folded = new double[8];
            for (int i = 0; i < 8; i++)
                folded[i] = (lanes[i] + lanes[i + 8]) + (lanes[i + 16] + lanes[i + 24]);

            fixed (float* row = x)
            {
                Assert.Equal(Tree(folded), RowKernels.Dot(weights.Pointer, row, length));
                RowKernels.Step(weights.Pointer, row, length, 0.9, -0.3);
            }

            Assert.Equal([.. w.Select((v, i) => Math.FusedMultiplyAdd((double)x[i], -0.3, v * 0.9))], weights.Span.ToArray());
        }
    }

    [Fact]
    public void PayL1_EqualsScalarTwin()
    {
        const int Length = 64;
        double[] w = Numbers(Length, 6), q = [.. Numbers(Length, 7).Select(v => v * 0.1)];
        w[3] = 0;
        w[5] = -0.0;
        AlignedBlock<double> weights = Block<double>(Length);
        AlignedBlock<double> paid = Block<double>(Length);
        w.CopyTo(weights.Span);
        q.CopyTo(paid.Span);
        RowKernels.PayL1(weights.Pointer, paid.Pointer, Length, 0.2);
        for (int i = 0; i < Length; i++)
        {
            double after = w[i] > 0 ? Math.Max(0, w[i] - (0.2 + q[i])) : w[i] < 0 ? Math.Min(0, w[i] + (0.2 - q[i])) : w[i];
            Assert.Equal(after, weights.Span[i]);
            Assert.Equal(q[i] + (after - w[i]), paid.Span[i]);
        }
    }

    [Fact]
    public void CrossProductKernel_EveryLength_HasTheBitsOfItsTwin()
    {
        const int Padded = 8, Stride = 112;
        for (int rows = 0; rows <= 104; rows += 8)
        {
            AlignedBlock<double> left = Block<double>(Padded * Stride);
            AlignedBlock<double> right = Block<double>(Padded * Stride);
            Numbers(Padded * Stride, 8).CopyTo(left.Span);
            Numbers(Padded * Stride, 9).CopyTo(right.Span);
            AlignedBlock<double> elsewhere = Block<double>(4 * (Stride + 8));
            for (int j = 0; j < 4; j++)
                right.Span.Slice(j * Stride, Stride).CopyTo(elsewhere.Span[(j * (Stride + 8))..]);

            foreach ((int columns, int inOther) in (from c in Enumerable.Range(1, 8) from o in (int[])[0, 4] where o <= c select (c, o)))
            {
                AlignedBlock<double> totals = Block<double>(3 * 16);
                totals.Span.Fill(0.5);
                var columnsOfLeft = new PanelColumns(left.Pointer, Stride);
                var columnsOfRight = new PanelColumns(right.Pointer, Stride, elsewhere.Pointer, Stride + 8, inOther);
                CrossProductKernel.Add(columnsOfLeft, columnsOfRight, columns, rows, totals.Pointer);
                for (int i = 0; i < columns; i++)
                {
                    for (int j = i; j < columns; j++)
                    {
                        var lanes = new double[8];
                        for (int r = 0; r < rows; r++)
                            lanes[r % 8] = Math.FusedMultiplyAdd(left.Span[i * Stride + r], right.Span[j * Stride + r], lanes[r % 8]);

                        Assert.Equal(0.5 + Tree(lanes), totals.Span[CrossProductKernel.IndexOf(i, j)]);
                    }
                }
            }
        }
    }

    [Fact]
    public void CrossProductKernel_MoreColumnsThanARange_FillsEveryTotal()
    {
        const int Columns = 277, Padded = 280, Stride = 24, Rows = 16;
        AlignedBlock<double> panel = Block<double>(Padded * Stride);
        Numbers(Padded * Stride, 12).CopyTo(panel.Span);
        AlignedBlock<double> totals = Block<double>(Padded * (Padded + 4) / 2);
        var columns = new PanelColumns(panel.Pointer, Stride);
        CrossProductKernel.Add(columns, columns, Columns, Rows, totals.Pointer);
        for (int i = 0; i < Columns; i++)
        {
            for (int j = i; j < Columns; j++)
            {
                var lanes = new double[8];
                for (int r = 0; r < Rows; r++)
                    lanes[r % 8] = Math.FusedMultiplyAdd(panel.Span[i * Stride + r], panel.Span[j * Stride + r], lanes[r % 8]);

                Assert.Equal(Tree(lanes), totals.Span[CrossProductKernel.IndexOf(i, j)]);
            }
        }
    }

    [Fact]
    public void AddDotsAndSquares_EveryLength_HasTheBitsOfBothAlone()
    {
        const int Columns = 7, Stride = 56;
        AlignedBlock<double> panel = Aligned(Numbers(Columns * Stride, 12)), numbers = Aligned(Numbers(Stride, 13)), factors = Aligned(Numbers(Stride, 14));
        for (int rows = 0; rows <= 48; rows += 8)
        {
            double[] alone = Numbers(Columns, 15), sums = [.. alone], squares = Numbers(Columns, 16), before = [.. squares];
            PanelKernel.AddDots(panel.Pointer, Stride, numbers.Pointer, rows, alone);
            PanelKernel.AddDotsAndSquares(panel.Pointer, Stride, numbers.Pointer, factors.Pointer, rows, sums, squares);
            Assert.Equal(alone, sums);
            for (int j = 0; j < Columns; j++)
            {
                var lanes = new double[8];
                for (int r = 0; r < rows; r++)
                {
                    double x = panel.Span[j * Stride + r];
                    lanes[r % 8] = Math.FusedMultiplyAdd(factors.Span[r] * x, x, lanes[r % 8]);
                }

                Assert.Equal(before[j] + Tree(lanes), squares[j]);
            }
        }
    }

    [Fact]
    public void AddDots_EveryLength_HasTheBitsOfItsTwin()
    {
        const int Columns = 6, Stride = 56;
        AlignedBlock<double> panel = Block<double>(Columns * Stride);
        AlignedBlock<double> numbers = Block<double>(Stride);
        Numbers(Columns * Stride, 10).CopyTo(panel.Span);
        Numbers(Stride, 11).CopyTo(numbers.Span);
        for (int rows = 0; rows <= 48; rows += 8)
        {
            var sums = new double[Columns];
            Array.Fill(sums, 0.5);
            PanelKernel.AddDots(panel.Pointer, Stride, numbers.Pointer, rows, sums);
            for (int j = 0; j < Columns; j++)
            {
                double[] even = new double[8], odd = new double[8];
                for (int r = 0; r < rows; r++)
                {
                    double[] lanes = r / 8 % 2 == 0 ? even : odd;
                    lanes[r % 8] = Math.FusedMultiplyAdd(panel.Span[j * Stride + r], numbers.Span[r], lanes[r % 8]);
                }

                Assert.Equal(0.5 + Tree([.. even.Zip(odd, (e, o) => e + o)]), sums[j]);
            }
        }
    }

    [Fact]
    public void FloatProductKernel_EveryLength_HasTheBitsOfItsTwin()
    {
        const int Padded = 12, Stride = 112;
        AlignedBlock<float> panel = Block<float>(Padded * Stride);
        double[] numbers = Numbers(Padded * Stride, 18);
        for (int i = 0; i < numbers.Length; i++)
            panel.Span[i] = (float)numbers[i];

        for (int rows = 0; rows <= 112; rows += 16)
        {
            for (int columns = 1; columns <= Padded; columns++)
            {
                AlignedBlock<double> totals = Block<double>(Padded * (Padded + 4) / 2);
                totals.Span.Fill(0.5);
                FloatProductKernel.Add(panel.Pointer, Stride, columns, rows, totals.Pointer);
                for (int i = 0; i < columns; i++)
                {
                    for (int j = i; j < columns; j++)
                        Assert.Equal(0.5 + FloatDot(panel.Pointer + i * Stride, panel.Pointer + j * Stride, rows), totals.Span[CrossProductKernel.IndexOf(i, j)]);
                }
            }
        }
    }

    [Fact]
    public void FloatProductKernel_MoreColumnsThanARange_FillsEveryTotal()
    {
        const int Columns = 277, Padded = 280, Stride = 32, Rows = 16;
        AlignedBlock<float> panel = Block<float>(Padded * Stride);
        double[] numbers = Numbers(Padded * Stride, 19);
        for (int i = 0; i < numbers.Length; i++)
            panel.Span[i] = (float)numbers[i];

        AlignedBlock<double> totals = Block<double>(Padded * (Padded + 4) / 2);
        FloatProductKernel.Add(panel.Pointer, Stride, Columns, Rows, totals.Pointer);
        for (int i = 0; i < Columns; i++)
        {
            for (int j = i; j < Columns; j++)
                Assert.Equal(FloatDot(panel.Pointer + i * Stride, panel.Pointer + j * Stride, Rows), totals.Span[CrossProductKernel.IndexOf(i, j)]);
        }
    }

    [Fact]
    public void ShiftKernel_EveryLength_HasTheBitsOfItsTwin()
    {
        const double Pivot = 0.3, Scale = 1.7;
        AlignedBlock<double> values = Aligned(Numbers(112, 20)), roots = Aligned(Numbers(112, 21));
        AlignedBlock<float> floats = Block<float>(112);
        AlignedBlock<double> doubles = Block<double>(112);
        foreach (bool isWeighted in (bool[])[false, true])
        {
            for (int rows = 0; rows <= 96; rows += 16)
            {
                double* factors = isWeighted ? roots.Pointer : null;
                (double sum, double squares) = ShiftKernel.ToFloats(values.Pointer, rows, Pivot, Scale, factors, 16, floats.Pointer);
                Assert.Equal((sum, squares), ShiftKernel.ToDoubles(values.Pointer, rows, Pivot, Scale, factors, 16, doubles.Pointer));
                double[] even = new double[8], odd = new double[8], evenSquares = new double[8], oddSquares = new double[8];
                for (int r = 0; r < rows; r++)
                {
                    double u = Math.FusedMultiplyAdd(values.Span[r], Scale, -Pivot * Scale), factor = isWeighted ? roots.Span[r] : 1;
                    u *= factor;
                    (double[] lanes, double[] lanesOfSquares) = r % 16 < 8 ? (even, evenSquares) : (odd, oddSquares);
                    lanes[r % 8] = isWeighted ? Math.FusedMultiplyAdd(u, factor, lanes[r % 8]) : lanes[r % 8] + u;
                    lanesOfSquares[r % 8] = Math.FusedMultiplyAdd(u, u, lanesOfSquares[r % 8]);
                    Assert.Equal(u, doubles.Span[r]);
                    Assert.Equal((float)u, floats.Span[r]);
                }

                Assert.Equal(Tree([.. even.Zip(odd, (a, b) => a + b)]), sum);
                Assert.Equal(Tree([.. evenSquares.Zip(oddSquares, (a, b) => a + b)]), squares);
            }
        }
    }

    // The sum of products as 16 lanes of float32 have it.
    static float FloatDot(float* a, float* b, int rows)
    {
        var lanes = new float[16];
        for (int r = 0; r < rows; r++)
            lanes[r % 16] = MathF.FusedMultiplyAdd(a[r], b[r], lanes[r % 16]);

        float[] s = [.. Enumerable.Range(0, 4).Select(l => (lanes[l] + lanes[l + 8]) + (lanes[l + 4] + lanes[l + 12]))];
        return (s[0] + s[2]) + (s[1] + s[3]);
    }

    static double Tree(double[] l) => ((l[0] + l[4]) + (l[1] + l[5])) + ((l[2] + l[6]) + (l[3] + l[7]));

    AlignedBlock<T> Block<T>(int length)
        where T : unmanaged
    {
        var block = new AlignedBlock<T>(length);
        held.Add(block);
        return block;
    }

    AlignedBlock<double> Aligned(double[] values)
    {
        AlignedBlock<double> block = Block<double>(values.Length);
        values.CopyTo(block.Span);
        return block;
    }

    static double[] Numbers(int count, long salt)
    {
        var random = new KeyedRandom(salt, "kernel test");
        var numbers = new double[count];
        foreach (ref double number in numbers.AsSpan())
            number = random.NextDouble() * 2 - 1;

        return numbers;
    }
}
