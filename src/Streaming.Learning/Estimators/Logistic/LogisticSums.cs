using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators.Logistic;

/// <summary>
/// The logistic loss over all rows at one set of weights, its first derivatives, and its second: of all pairs of parameters where they fit
/// (<see cref="LogisticShape.HasAllPairs"/>), else of each parameter by itself. Should the weights turn out to be too far from those before
/// them, the losses at halves of the way are known from the same pass.
/// </summary>
/// <remarks>
/// Cost per row, with k outputs and d features: 3 k d multiply-adds and 6 k exponentials; for the second derivatives k (k + 1) / 2 · d² / 2,
/// or k d by themselves.
/// </remarks>
sealed unsafe class LogisticSums : ISum<LogisticSums>
{
    /// <summary>Points on the way at which the loss is known: 1/2, 1/4, 1/8 and 1/16 of it.</summary>
    public const int Halves = 4;

    readonly LogisticShape shape;
    readonly LogisticTrial at;
    readonly LogisticPanel panel;
    readonly AlignedBlock<double> outputs;
    readonly AlignedBlock<double> moves;
    readonly AlignedBlock<double> slopes;
    readonly AlignedBlock<double> curves;
    readonly AlignedBlock<double> weighted;
    readonly AlignedBlock<double> pairs;
    readonly int pairLength;
    readonly double[] gradient;
    readonly double[] diagonal;
    readonly double[] nearer = new double[Halves];
    double loss;
    double rightWeight;
    double weightSum;

    /// <summary>Creates empty sums.</summary>
    /// <param name="shape">The layout.</param>
    /// <param name="at">Where the loss is wanted.</param>
    /// <param name="classWeights">What rows weigh by their class.</param>
    public LogisticSums(LogisticShape shape, LogisticTrial at, ClassWeights classWeights)
    {
        this.shape = shape;
        this.at = at;
        panel = new LogisticPanel(shape, classWeights);
        outputs = new AlignedBlock<double>(shape.Outputs * panel.Capacity);
        moves = new AlignedBlock<double>(outputs.Length);
        slopes = new AlignedBlock<double>(outputs.Length);
        curves = new AlignedBlock<double>(outputs.Length);
        gradient = new double[shape.Length];
        diagonal = new double[shape.HasAllPairs ? 0 : shape.Length];
        int blocks = shape.Columns / CrossProductKernel.Block;
        pairLength = blocks * (blocks + 1) / 2 * CrossProductKernel.Block * CrossProductKernel.Block;
        pairs = new AlignedBlock<double>(shape.HasAllPairs ? shape.Outputs * (shape.Outputs + 1) / 2 * pairLength : 0);
        weighted = new AlignedBlock<double>(shape.HasAllPairs ? shape.Columns * panel.Stride : 0);
    }

    /// <summary>Memory of such sums.</summary>
    public static long BytesFor(LogisticShape shape)
    {
        int rows = LogisticPanel.CapacityFor(shape);
        long pairs = shape.HasAllPairs ? (long)shape.Outputs * (shape.Outputs + 1) / 2 * shape.Columns * (shape.Columns + 4) / 2 : 0;
        return sizeof(double) * (pairs + (shape.HasAllPairs ? 2L : 1L) * shape.Columns * (rows + 8) + 4L * shape.Outputs * rows + 2L * shape.Length);
    }

    /// <summary>Sum of the losses, by the rows' weights.</summary>
    public double Loss => loss;

    /// <summary>Sums of the losses at 1/2, 1/4, … of the way; 0 where the trial has none.</summary>
    public ReadOnlySpan<double> NearerLosses => nearer;

    /// <summary>Sum of the rows' weights.</summary>
    public double WeightSum => weightSum;

    /// <summary>Weights of the rows whose class is predicted.</summary>
    public double RightWeight => rightWeight;

    /// <summary>First derivatives; laid out as the weights.</summary>
    public ReadOnlySpan<double> Gradient => gradient;

    /// <summary>Second derivatives of each parameter by itself, where those of all pairs don't fit.</summary>
    public ReadOnlySpan<double> Diagonal => diagonal;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        for (int first = 0; first < tile.RowCount; first += panel.Capacity)
        {
            panel.Fill(tile, first, Math.Min(panel.Capacity, tile.RowCount - first));
            AddPanel();
        }
    }

    /// <inheritdoc/>
    public void Merge(LogisticSums other)
    {
        loss += other.loss;
        rightWeight += other.rightWeight;
        weightSum += other.weightSum;
        AddTo(nearer, other.nearer);
        AddTo(gradient, other.gradient);
        AddTo(diagonal, other.diagonal);
        AddTo(pairs.Span, other.pairs.Span);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref loss);
        state.Value(ref rightWeight);
        state.Value(ref weightSum);
        state.Values<double>(nearer);
        state.Values<double>(gradient);
        state.Values<double>(diagonal);
        state.Values(pairs.Span);
    }

    /// <summary>Second derivatives of all pairs of parameters, [length × length], times a factor.</summary>
    public void CopyCurvatureTo(Span<double> matrix, double factor)
    {
        int q = shape.Columns, n = shape.Length;
        for (int c = 0; c < shape.Outputs; c++)
        {
            for (int d = 0; d <= c; d++)
            {
                double* pair = Pair(d, c);
                for (int i = 0; i < q; i++)
                {
                    for (int j = 0; j < q; j++)
                    {
                        double value = factor * pair[CrossProductKernel.IndexOf(Math.Min(i, j), Math.Max(i, j))];
                        matrix[(c * q + i) * n + d * q + j] = matrix[(d * q + j) * n + c * q + i] = value;
                    }
                }
            }
        }
    }

    void AddPanel()
    {
        var rows = new SgdStepRows
        {
            Count = panel.Rows,
            OutputCount = shape.Outputs,
            Stride = panel.Capacity,
            Targets = panel.Targets,
            Weights = panel.Weights,
            Outputs = outputs.Pointer,
            Moves = moves.Pointer,
            Slopes = slopes.Pointer,
            Curvatures = curves.Pointer,
        };
        Map(at.Weights, outputs);
        if (at.Step != null)
            Map(at.Step, moves);

        weightSum += PanelKernel.Sum(rows.Weights, rows.Count);
        if (shape.Outputs == 1)
            AddLoss<SgdSeparateLoss<LogisticLanes>>(rows);
        else
            AddLoss<SoftmaxTileLoss>(rows);

        for (int c = 0; c < shape.Outputs; c++)
        {
            int at = c * shape.Columns;
            Span<double> slopeSums = gradient.AsSpan(at, shape.Features + 1);
            if (shape.HasAllPairs)
                PanelKernel.AddDots(panel.Column(0), panel.Stride, Of(slopes, c), rows.Count, slopeSums);
            else
                PanelKernel.AddDotsAndSquares(panel.Column(0), panel.Stride, Of(slopes, c), Of(curves, c), rows.Count, slopeSums, diagonal.AsSpan(at, slopeSums.Length));
        }

        if (shape.HasAllPairs)
            AddPairs(rows);
    }

    void Map(double[] vectors, AlignedBlock<double> result)
    {
        for (int c = 0; c < shape.Outputs; c++)
            PanelKernel.Map(panel.Column(0), panel.Stride, vectors.AsSpan(c * shape.Columns, shape.Features + 1), panel.Rows, Of(result, c));
    }

    void AddLoss<TLoss>(in SgdStepRows rows)
        where TLoss : ISgdTileLoss
    {
        loss += TLoss.Derive(rows, 0);
        for (int i = 0; i < Halves && at.Step != null; i++)
            nearer[i] += TLoss.Loss(rows, 1 - 0.5 / (1 << i));

        rightWeight += TLoss.RightWeight(rows);
    }

    void AddPairs(in SgdStepRows rows)
    {
        for (int c = 0; c < shape.Outputs; c++)
            AddProducts(Of(curves, c), Pair(c, c));

        // Of two outputs the second derivative is -p q: slopes become p times the row's weight.
        for (int c = 0; c < shape.Outputs && shape.Outputs > 1; c++)
        {
            for (int i = 0; i < rows.Count; i++)
                Of(slopes, c)[i] += rows.Targets[i] == c ? rows.Weights[i] : 0;
        }

        for (int d = 1; d < shape.Outputs; d++)
        {
            for (int c = 0; c < d; c++)
            {
                double* p = Of(slopes, c), q = Of(slopes, d), curve = Of(curves, c);
                for (int i = 0; i < rows.Count; i++)
                    curve[i] = rows.Weights[i] > 0 ? -p[i] * q[i] / rows.Weights[i] : 0;

                AddProducts(curve, Pair(c, d));
            }
        }
    }

    void AddProducts(double* curve, double* totals)
    {
        for (int j = 0; j <= shape.Features; j++)
        {
            double* from = panel.Column(j), to = weighted.Pointer + (long)j * panel.Stride;
            for (int i = 0; i < panel.Rows; i += 8)
                (Vector512.Load(from + i) * Vector512.Load(curve + i)).Store(to + i);
        }

        var right = new PanelColumns(panel.Column(0), panel.Stride);
        CrossProductKernel.Add(new PanelColumns(weighted.Pointer, panel.Stride), right, shape.Features + 1, panel.Rows, totals);
    }

    // Second derivatives of the outputs c ≤ d.
    double* Pair(int c, int d) => pairs.Pointer + (long)(d * (d + 1) / 2 + c) * pairLength;

    double* Of(AlignedBlock<double> rows, int output) => rows.Pointer + (long)output * panel.Capacity;

    static void AddTo(Span<double> sum, ReadOnlySpan<double> other)
    {
        for (int i = 0; i < sum.Length; i++)
            sum[i] += other[i];
    }
}

/// <summary>Where a pass is wanted.</summary>
/// <param name="Weights">The weights; never changed.</param>
/// <param name="Step">The way to there, from the weights before; null if there is none, or it is not straight.</param>
sealed record LogisticTrial(double[] Weights, double[]? Step = null);
