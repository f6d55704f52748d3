using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Rows of a step whose curvature stands for that of all: every n-th, which counts n times, and all those that lie far out. Sums of products cost most
/// of what a step costs; and once the past outweighs a step by far, an error in how the step curves moves the weights by no more than that error times
/// what they still move (sub-sampled Newton steps: Roosta-Khorasani and Mahoney, Mathematical Programming 174, 2019; by leverage: Xu and others, NeurIPS 2016).
/// So the more steps are past, the fewer rows are taken: one in four from 4 steps per column on, one in 16 from 16. A feature that hardly a row has makes these
/// rows lie far out, so all of them count.
/// </summary>
sealed unsafe class SgdSample
{
    // Of the rows near the mean at most one in the first is taken, at least one in the last.
    const int First = 4;
    const int Last = 16;

    // Rows are far out beyond this many times the mean of the squared distance, which is the number of features.
    const double FarOut = 2;

    readonly int[] rows;
    readonly double[] counts;
    int count;
    int stepRows;

    /// <summary>Makes room for a sample of the rows of a step.</summary>
    /// <param name="features">Features.</param>
    /// <param name="capacity">Most rows of the step.</param>
    /// <param name="hasIntercept">Whether features are centred.</param>
    public SgdSample(int features, int capacity, bool hasIntercept)
    {
        Panel = new SgdPanel(features, CapacityFor(capacity), hasIntercept, ClassWeights.None);
        rows = new int[Panel.Capacity];
        counts = new double[Panel.Capacity];
    }

    /// <summary>The rows.</summary>
    public SgdPanel Panel { get; }

    /// <summary>Most rows of a sample: more than half of a step's would save too little.</summary>
    public static int CapacityFor(int stepCapacity) => stepCapacity / 16 * 8;

    /// <summary>Takes a sample; false: the past does not outweigh the step by far, or too many rows lie far out.</summary>
    /// <param name="step">The rows.</param>
    /// <param name="distances">The squared distance of each from the mean, in standard deviations.</param>
    /// <param name="past">Steps before this one. Which rows are taken changes with them, too.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Take(SgdPanel step, double[] distances, long past)
    {
        long perColumn = past / step.Columns;
        if (perColumn < First)
            return false;

        int every = (int)Math.Min(Last, BitOperations.RoundUpToPowerOf2((ulong)perColumn + 1) / 2), turn = (int)(past % every);
        (count, stepRows) = (0, step.PaddedRows);
        for (int i = 0; i < step.RowCount; i++)
        {
            bool isFarOut = distances[i] > FarOut * step.Features;
            if (!isFarOut && i % every != turn)
                continue;

            if (count == rows.Length)
                return false;

            counts[count] = isFarOut ? 1 : every;
            rows[count++] = i;
        }

        Panel.Truncate(0);
        Panel.Add(step, rows.AsSpan(0, count));
        Panel.Pad();
        return true;
    }

    /// <summary>
    /// Whether enough rows matter for some to stand for all: as many as there would be if those that matter had equal numbers (Kish's effective sample size), at least one in four. Where classes are
    /// all but told apart, few rows tell all.
    /// </summary>
    /// <param name="numbers">A number per row of the step, not negative; 0 up to a multiple of 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Tells(double* numbers)
    {
        Vector512<double> first = default, second = default;
        for (int i = 0; i < stepRows; i += 8)
        {
            Vector512<double> own = Vector512.Load(numbers + i);
            first += own;
            second = Vector512.FusedMultiplyAdd(own, own, second);
        }

        double sum = Lanes.Sum(first);
        return First * sum * sum >= stepRows * Lanes.Sum(second);
    }

    /// <summary>Gathers the numbers of these rows, each times how many rows it stands for; 0 up to a multiple of 8.</summary>
    /// <param name="numbers">A number per row of the step.</param>
    /// <param name="sampled">Room for a number per row of the sample.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Gather(double* numbers, double* sampled)
    {
        for (int i = 0; i < count; i++)
            sampled[i] = counts[i] * numbers[rows[i]];

        new Span<double>(sampled + count, Panel.PaddedRows - count).Clear();
    }
}
