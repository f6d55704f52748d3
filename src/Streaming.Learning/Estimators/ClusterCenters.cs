using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>The centres of k-means: in double to be moved, packed in float32 to be compared with rows.</summary>
sealed unsafe class ClusterCenters : IPersistent
{
    readonly int blocks;
    readonly AlignedBlock<float> panel;
    readonly AlignedBlock<float> bias;

    /// <summary>Creates centres at zero.</summary>
    public ClusterCenters(int count, int features)
    {
        Count = count;
        Features = features;
        Values = new double[checked(count * features)];
        blocks = (count + NearestKernel.Centers - 1) / NearestKernel.Centers;
        panel = new AlignedBlock<float>(checked(blocks * NearestKernel.Centers * features));
        bias = new AlignedBlock<float>(blocks * NearestKernel.Centers);
    }

    /// <summary>Memory of such centres.</summary>
    public static long BytesFor(int count, int features) =>
        (sizeof(double) * count + sizeof(float) * (count + NearestKernel.Centers - 1L)) * (features + 1);

    /// <summary>Centres.</summary>
    public int Count { get; }

    /// <summary>Features.</summary>
    public int Features { get; }

    /// <summary>The centres, [k × d]; <see cref="Pack"/> makes changes count.</summary>
    public double[] Values { get; }

    public Span<double> this[int center] => Values.AsSpan(center * Features, Features);

    /// <summary>Prepares the centres for <see cref="Assign"/>.</summary>
    public void Pack()
    {
        for (int block = 0; block < blocks; block++)
            PackBlock(block);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Values(Values.AsSpan());
        if (state.IsReading)
            Pack();
    }

    /// <summary>The nearest centre of every row; <paramref name="labels"/> has room for a multiple of 32 rows.</summary>
    public void Assign(float* columns, long stride, int rows, int* labels) =>
        NearestKernel.Find(columns, stride, Features, rows, panel.Pointer, bias.Pointer, blocks, labels);

    /// <summary>The nearest centre of every row, and the squared distance to it; both have room for a multiple of 32 rows.</summary>
    public void AssignWithDistances(float* columns, long stride, int rows, int* labels, float* distances)
    {
        Assign(columns, stride, rows, labels);
        new Span<float>(distances, (rows + NearestKernel.Rows - 1) / NearestKernel.Rows * NearestKernel.Rows).Clear();
        for (int j = 0; j < Features; j++)
        {
            float* column = columns + j * stride;
            float* values = panel.Pointer + j * NearestKernel.Centers;
            if (blocks == 1)
                AddSquares(column, rows, Vector256.Load(values), labels, distances);
            else
                AddSquares(column, rows, values, labels, distances);
        }
    }

    /// <summary>The nearest centre of every row, and how much farther away the next one is, in squared distance.</summary>
    public void AssignWithMargins(float* columns, long stride, int rows, int* labels, float* margins) =>
        NearestKernel.FindMargins(columns, stride, Features, rows, panel.Pointer, bias.Pointer, blocks, labels, margins);

    /// <summary>
    /// Sum of weight · |x - c|² over rows and their centres, from the sums: Σ w|x|² - 2 Σ c·(Σ w x) + Σ (Σ w)|c|², all in double.
    /// </summary>
    public double InertiaOf(GroupSums sums)
    {
        double inertia = sums.Squares;
        for (int c = 0; c < Count; c++)
            inertia += sums.Weights[c] * Lanes.Dot(this[c], this[c]) - 2 * Lanes.Dot(this[c], sums.Of(c));

        return Math.Max(inertia, 0);
    }

    /// <summary>Takes over the first centres of others.</summary>
    public void CopyFrom(ClusterCenters other)
    {
        other.Values.AsSpan(0, Math.Min(Values.Length, other.Values.Length)).CopyTo(Values);
        Pack();
    }

    /// <summary>Moves every centre that rows are nearest to, to their mean: a step of Lloyd's.</summary>
    /// <returns>The sum of the squared distances moved.</returns>
    public double MoveToMeans(GroupSums sums)
    {
        double moved = 0;
        for (int c = 0; c < Count; c++)
        {
            if (!(sums.Weights[c] > 0))
                continue;

            Span<double> center = this[c];
            ReadOnlySpan<double> sum = sums.Of(c);
            for (int j = 0; j < center.Length; j++)
            {
                double mean = sum[j] / sums.Weights[c];
                moved += (mean - center[j]) * (mean - center[j]);
                center[j] = mean;
            }
        }

        Pack();
        return moved;
    }

    /// <summary>
    /// Moves every centre to the mean of the rows it stands for: c ← (c · n + sum) / (n + m), where n is the weight it had, and adds the
    /// weight m of its new rows to n (the update of scikit-learn's <c>MiniBatchKMeans</c>).
    /// </summary>
    public void Move(GroupSums sums, double[] weights)
    {
        for (int c = 0; c < Count; c++)
        {
            double added = sums.Weights[c];
            if (!(added > 0))
                continue;

            double total = weights[c] + added;
            Lanes.Mean(this[c], weights[c], sums.Of(c), total);
            weights[c] = total;
        }

        Pack();
    }

    // A feature of up to eight centres is a vector, in which labels are lanes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddSquares(float* column, int rows, Vector256<float> values, int* labels, float* distances)
    {
        for (int i = 0; i < rows; i += Vector256<float>.Count)
        {
            Vector256<float> difference = Vector256.Load(column + i) - Vector256.Shuffle(values, Vector256.Load(labels + i));
            Vector256.FusedMultiplyAdd(difference, difference, Vector256.Load(distances + i)).Store(distances + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddSquares(float* column, int rows, float* values, int* labels, float* distances)
    {
        for (int i = 0; i < rows; i++)
        {
            float difference = column[i] - values[labels[i] / NearestKernel.Centers * NearestKernel.Centers * Features + labels[i] % NearestKernel.Centers];
            distances[i] = MathF.FusedMultiplyAdd(difference, difference, distances[i]);
        }
    }

    // Eight centres side by side, a lane each: a lane without a centre of its own takes the last one's values, and can't win.
    void PackBlock(int block)
    {
        int first = block * NearestKernel.Centers;
        float* packed = panel.Pointer + (long)first * Features;
        Vector256<double> squareA = default, squareB = default;
        fixed (double* c0 = Lane(first), c1 = Lane(first + 1), c2 = Lane(first + 2), c3 = Lane(first + 3))
        fixed (double* c4 = Lane(first + 4), c5 = Lane(first + 5), c6 = Lane(first + 6), c7 = Lane(first + 7))
        {
            for (int j = 0; j < Features; j++)
            {
                Vector256<float> rounded = Vector256.Narrow(
                    Vector256.Create(c0[j], c1[j], c2[j], c3[j]), Vector256.Create(c4[j], c5[j], c6[j], c7[j]));
                rounded.Store(packed + j * NearestKernel.Centers);
                Vector256<double> a = Vector256.WidenLower(rounded), b = Vector256.WidenUpper(rounded);
                squareA += a * a;
                squareB += b * b;
            }
        }

        for (int lane = 0; lane < NearestKernel.Centers; lane++)
        {
            double square = lane < 4 ? squareA[lane] : squareB[lane - 4];
            bias.Span[first + lane] = first + lane < Count ? (float)(-0.5 * square) : float.NegativeInfinity;
        }

        Span<double> Lane(int center) => this[Math.Min(center, Count - 1)];
    }
}
