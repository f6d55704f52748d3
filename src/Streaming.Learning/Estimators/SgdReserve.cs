using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Rows of which a parabola tells too little: they pull hard, or lie far out, so that their loss looks different where the weights are by now.
/// The parabolas of these rows are part of what <see cref="SgdNewton{TLoss}"/> remembers of the past, as those of all rows; but as the
/// rows are here, it can take them out again, and learn the rows anew. What counts is the size of a row's slope times its squared
/// distance from the mean, in standard deviations.
/// </summary>
sealed unsafe class SgdReserve : IPersistent
{
    const int MostRows = 16_384;
    const long MostBytes = 32 << 20;

    readonly int outputs;
    readonly AlignedBlock<double> margins;
    readonly AlignedBlock<double> slopes;
    readonly AlignedBlock<double> curves;
    readonly double[] scores;
    readonly double[] ranked;
    readonly int[] chosen;
    double least;

    /// <summary>Creates an empty reserve.</summary>
    public SgdReserve(int outputs, int features, bool hasIntercept)
    {
        this.outputs = outputs;
        Panel = new SgdPanel(features, CapacityFor(outputs, features), hasIntercept, ClassWeights.None);
        margins = new AlignedBlock<double>(checked(outputs * Panel.Stride));
        slopes = new AlignedBlock<double>(margins.Length);
        curves = new AlignedBlock<double>(margins.Length);
        scores = new double[Panel.Capacity];
        ranked = new double[Panel.Capacity];
        chosen = new int[Panel.Capacity];
    }

    /// <summary>The rows.</summary>
    public SgdPanel Panel { get; }

    /// <summary>Most rows: twice as many as are kept when there is no more room.</summary>
    public static int CapacityFor(int outputs, int features) =>
        (int)Math.Min(MostRows, MostBytes / (sizeof(double) * (features + 3L * outputs + CrossProductKernel.Block)) / 8 * 8);

    /// <summary>Memory of a reserve.</summary>
    public static long BytesFor(int outputs, int features) =>
        sizeof(double) * (features + 3L * outputs + 6L + CrossProductKernel.Block) * CapacityFor(outputs, features);

    bool IsClosed => double.IsPositiveInfinity(least);

    /// <summary>Keeps no more rows.</summary>
    public void Close() => least = double.PositiveInfinity;

    /// <summary>Keeps rows again.</summary>
    public void Open()
    {
        if (IsClosed)
            least = Panel.RowCount < Panel.Capacity / 2 ? 0 : scores.Take(Panel.RowCount).Min();
    }

    /// <summary>Keeps those rows of a step that count more than what is here.</summary>
    /// <param name="step">The rows.</param>
    /// <param name="distances">How far out each is.</param>
    /// <param name="margin">Their outputs, where the parabolas were made; [outputs × stride of the panel], as the next two.</param>
    /// <param name="slope">The slopes there.</param>
    /// <param name="curve">The curvatures.</param>
    public void Offer(SgdPanel step, double[] distances, double* margin, double* slope, double* curve)
    {
        if (IsClosed)
            return;

        int count = 0;
        for (int first = 0; first < step.RowCount; first += 8)
        {
            // Before long hardly a row counts enough: eight are passed over at a time.
            Vector512<double> score = Scores(step, distances, slope, first);
            if (!Vector512.GreaterThanAny(score, Vector512.Create(least)))
                continue;

            for (int i = first; i < Math.Min(first + 8, step.RowCount); i++)
            {
                if (!(score[i - first] > least))
                    continue;

                if (Panel.RowCount + count == Panel.Capacity)
                {
                    Add(step, chosen.AsSpan(0, count), margin, slope, curve);
                    count = 0;
                    Halve();
                }

                scores[Panel.RowCount + count] = score[i - first];
                chosen[count++] = i;
            }
        }

        Add(step, chosen.AsSpan(0, count), margin, slope, curve);
    }

    /// <summary>The slopes, where the outputs are now, and the curvatures of what takes the rows' parabolas out of a sum.</summary>
    public void TakeOut(double* margin, double* slope, double* curve)
    {
        for (int c = 0; c < outputs; c++)
        {
            for (int i = 0; i < Panel.PaddedRows; i++)
            {
                long at = (long)c * Panel.Stride + i;
                bool isRow = i < Panel.RowCount;
                slope[at] = isRow ? -(slopes.Pointer[at] + curves.Pointer[at] * (margin[at] - margins.Pointer[at])) : 0;
                curve[at] = isRow ? -curves.Pointer[at] : 0;
            }
        }
    }

    /// <summary>Notes the rows' new parabolas.</summary>
    public void PutBack(double* margin, double* slope, double* curve)
    {
        for (int c = 0; c < outputs; c++)
        {
            int at = c * Panel.Stride;
            new Span<double>(margin + at, Panel.RowCount).CopyTo(margins.Span[at..]);
            new Span<double>(slope + at, Panel.RowCount).CopyTo(slopes.Span[at..]);
            new Span<double>(curve + at, Panel.RowCount).CopyTo(curves.Span[at..]);
        }
    }

    /// <summary>Lets all rows go.</summary>
    public void Clear()
    {
        Panel.Truncate(0);
        least = 0;
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        Panel.Persist(state);
        state.Values(scores.AsSpan(0, Panel.RowCount));
        state.Value(ref least);
        for (int c = 0; c < outputs; c++)
        {
            foreach (AlignedBlock<double> block in (ReadOnlySpan<AlignedBlock<double>>)[margins, slopes, curves])
                state.Values(block.Span.Slice(c * Panel.Stride, Panel.RowCount));
        }
    }

    // How much eight rows count.
    Vector512<double> Scores(SgdPanel step, double[] distances, double* slope, int first)
    {
        Vector512<double> steepest = default;
        for (int c = 0; c < outputs; c++)
            steepest = Vector512.Max(steepest, Vector512.Abs(Vector512.Load(slope + (long)c * step.Stride + first)));

        return steepest * Vector512.Create<double>(distances.AsSpan(first, 8));
    }

    void Add(SgdPanel step, ReadOnlySpan<int> rows, double* margin, double* slope, double* curve)
    {
        for (int c = 0; c < outputs; c++)
        {
            long from = (long)c * step.Stride, to = (long)c * Panel.Stride + Panel.RowCount;
            SgdPanel.Gather(margin + from, rows, margins.Pointer + to);
            SgdPanel.Gather(slope + from, rows, slopes.Pointer + to);
            SgdPanel.Gather(curve + from, rows, curves.Pointer + to);
        }

        Panel.Add(step, rows);
    }

    // Keeps the half that counts more; of equals, the first.
    void Halve()
    {
        int count = Panel.RowCount, half = count / 2, kept = 0;
        scores.AsSpan(0, count).CopyTo(ranked);
        least = Selection.Ranked(ranked.AsSpan(0, count), half);
        int room = count - half;
        foreach (double score in scores.AsSpan(0, count))
            room -= score > least ? 1 : 0;

        for (int i = 0; i < count; i++)
        {
            // Half of the rows go, nobody can foresee which: no branch, but for equals.
            double score = scores[i];
            scores[kept] = score;
            chosen[kept] = i;
            kept += score == least && room-- > 0 ? 1 : Unsafe.BitCast<bool, byte>(score > least);
        }

        ReadOnlySpan<int> rows = chosen.AsSpan(0, kept);
        for (int c = 0; c < outputs; c++)
        {
            foreach (AlignedBlock<double> block in (ReadOnlySpan<AlignedBlock<double>>)[margins, slopes, curves])
                SgdPanel.Gather(block.Pointer + (long)c * Panel.Stride, rows, block.Pointer + (long)c * Panel.Stride);
        }

        Panel.Keep(rows);
    }
}
