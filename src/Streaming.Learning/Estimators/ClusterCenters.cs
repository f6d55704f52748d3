using System.Runtime.CompilerServices;
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
        bias.Span.Fill(float.NegativeInfinity);
        for (int c = 0; c < Count; c++)
        {
            double square = 0;
            float* block = panel.Pointer + (long)(c / NearestKernel.Centers) * NearestKernel.Centers * Features;
            float* column = block + c % NearestKernel.Centers;
            foreach (double value in this[c])
            {
                *column = (float)value;
                square += (double)*column * *column;
                column += NearestKernel.Centers;
            }

            bias.Span[c] = (float)(-0.5 * square);
        }
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
        new Span<float>(distances, rows).Clear();
        for (int j = 0; j < Features; j++)
        {
            float* column = columns + j * stride;
            ref double value = ref Values[j];
            for (int i = 0; i < rows; i++)
            {
                float difference = column[i] - (float)Unsafe.Add(ref value, labels[i] * Features);
                distances[i] += difference * difference;
            }
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
            Span<double> center = this[c];
            ReadOnlySpan<double> sum = sums.Of(c);
            for (int j = 0; j < center.Length; j++)
                center[j] = (center[j] * weights[c] + sum[j]) / total;

            weights[c] = total;
        }

        Pack();
    }
}
