using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// The schedule <c>normalized</c> where the curvature fits in memory. Rows are learned in steps of a thousand or so, each by the weights
/// <code>
/// w = argmin ½ (w - w')' H (w - w') + Σ loss of the step's rows + penalty
/// </code>
/// w' being the weights so far and H the sum of the second derivatives of all rows before, each where it was learned: what is past
/// is remembered as a parabola. So a step moves by the inverse of all curvature seen, which falls as 1/t of its own accord and needs no
/// scale, no step size and no averaging: it does not matter what units the features have, where their zero is, or how they hang
/// together, and a row of weight 2 is two rows. For the squared error it is recursive least squares, hence exact; for the
/// logistic loss it is the stochastic Newton algorithm (Bercu, Godichon and Portier, SIAM J. Control Optim. 58, 2020), as good in the long run
/// as the fit of all rows at once, with the implicit steps of Kulis and Bartlett (ICML 2010) in place of explicit ones, so that
/// nothing overshoots. The least is found by Newton's method with a line search; after the first few steps one iteration does.
/// With several outputs (softmax) each has its own H, the curvature between outputs is left out.
/// </summary>
/// <remarks>
/// The penalty is that of standardised features: alpha/2 Σ (σ w)² per row, σ being a feature's standard deviation so far. L1 is
/// applied to the finished weights, on the parabola of all rows. Cost per row: about d²/2 + 6 d multiply-adds per output, and d³/3 per step.
/// </remarks>
sealed unsafe class SgdNewton<TLoss> : ISgdLearner
    where TLoss : ISgdTileLoss
{
    const int StepRows = 2048;
    const int ProductRows = 256;
    const int MostIterations = 10;
    const int MostHalvings = 30;

    // A step ends when Newton's method promises less than this per row, in units of the loss.
    const double Negligible = 1e-4;

    // Pulls as this many rows towards where the weights are, so that the first rows don't decide too much.
    const double Caution = 1e-3;

    readonly SgdPanel panel;
    readonly SgdNormalizedPenalty penalty;
    readonly SgdFeatureSpread spread;
    readonly SgdCurvature[] curvatures;
    readonly int outputs;
    readonly int columns;
    readonly double[] weights;
    readonly double[] gradient;
    readonly double[] step;
    readonly double[] pull;
    readonly double[] past;
    readonly double[] ridge;
    readonly AlignedBlock<double> outputRows;
    readonly AlignedBlock<double> moves;
    readonly AlignedBlock<double> slopes;
    readonly AlignedBlock<double> curves;
    readonly AlignedBlock<double> products;
    readonly AlignedBlock<double> weighted;
    double weightSum;

    public SgdNewton(SgdNormalizedPenalty penalty, int outputs, int features, bool hasIntercept, ClassWeights classWeights)
    {
        this.penalty = penalty;
        this.outputs = outputs;
        panel = new SgdPanel(features, CapacityFor(features), hasIntercept, classWeights);
        spread = new SgdFeatureSpread(features);
        columns = panel.Columns;
        curvatures = [.. Enumerable.Range(0, outputs).Select(_ => new SgdCurvature(columns))];
        weights = new double[outputs * columns];
        gradient = new double[weights.Length];
        step = new double[weights.Length];
        pull = new double[weights.Length];
        past = new double[weights.Length];
        ridge = new double[columns];
        outputRows = new AlignedBlock<double>(checked(outputs * panel.Stride));
        moves = new AlignedBlock<double>(outputRows.Length);
        slopes = new AlignedBlock<double>(outputRows.Length);
        curves = new AlignedBlock<double>(outputRows.Length);
        int blocks = columns / CrossProductKernel.Block;
        products = new AlignedBlock<double>(blocks * (blocks + 1) / 2 * CrossProductKernel.Block * CrossProductKernel.Block);
        weighted = new AlignedBlock<double>(checked(columns * panel.Stride));
    }

    /// <summary>Memory of the learner.</summary>
    public static long BytesFor(int outputs, int features)
    {
        long columns = features + CrossProductKernel.Block;
        long rows = CapacityFor(features);
        long curvatures = 3 * outputs * columns * columns;
        return sizeof(double) * (curvatures + columns * (columns + CrossProductKernel.Block) / 2 + (2 * columns + 4L * outputs + 2) * rows);
    }

    public void Learn(RowBatch tile, SgdProgress progress)
    {
        for (int first = 0; first < tile.RowCount;)
        {
            first += panel.Take(tile, first);
            if (panel.RowCount == panel.Capacity)
                Step(progress);
        }
    }

    public void Finish(SgdProgress progress)
    {
        if (panel.RowCount > 0)
            Step(progress);
    }

    public (double[] Coef, double[] Intercept) Result()
    {
        int features = panel.Features;
        var coef = new double[outputs * features];
        var intercept = new double[outputs];
        double[] finished = Shrunk();
        for (int c = 0; c < outputs; c++)
        {
            ReadOnlySpan<double> from = finished.AsSpan(c * columns + 1, features);
            from.CopyTo(coef.AsSpan(c * features));
            intercept[c] = finished[c * columns] - Lanes.Dot(from, panel.Origin);
        }

        return (coef, intercept);
    }

    public double[] Means() => panel.HasIntercept ? [.. panel.Origin.Select((origin, j) => origin + spread.Mean(j))] : new double[panel.Features];

    public void Persist(StateStream state)
    {
        panel.Persist(state);
        spread.Persist(state);
        foreach (SgdCurvature curvature in curvatures)
            curvature.Persist(state);

        state.Values(weights.AsSpan());
        state.Value(ref weightSum);
    }

    static int CapacityFor(int features) => Math.Max(StepRows, 4 * BatchShape.RowStrideOf(features));

    double[] Shrunk()
    {
        double[] finished = [.. weights];
        if (penalty.L1 == 0 || weightSum == 0)
            return finished;

        var cost = new double[columns];
        for (int j = 0; j < panel.Features; j++)
            cost[1 + j] = weightSum * penalty.L1 * Math.Sqrt(spread.Variance(j));

        FillRidge(weightSum);
        for (int c = 0; c < outputs; c++)
            curvatures[c].Shrink(finished.AsSpan(c * columns, columns), ridge, cost);

        return finished;
    }

    void Step(SgdProgress progress)
    {
        panel.Pad();
        double stepWeight = spread.Add(panel);
        if (stepWeight > 0)
        {
            SgdStepRows rows = Rows();
            Map(weights, outputRows.Pointer);
            double loss = TLoss.Loss(rows, 0);
            progress.AddMany(TLoss.Reported(loss), TLoss.RightWeight(rows), stepWeight);
            Minimise(rows, loss, stepWeight);
            weightSum += stepWeight;
        }

        panel.Clear();
    }

    SgdStepRows Rows() => new()
    {
        Count = panel.PaddedRows,
        OutputCount = outputs,
        Stride = panel.Stride,
        Targets = panel.Targets,
        Weights = panel.Weights,
        Outputs = outputRows.Pointer,
        Moves = moves.Pointer,
        Slopes = slopes.Pointer,
        Curvatures = curves.Pointer,
    };

    void Minimise(in SgdStepRows rows, double loss, double stepWeight)
    {
        Array.Clear(pull);
        bool isFactored = false;
        for (int iteration = 0; iteration < MostIterations; iteration++)
        {
            TLoss.Derive(rows);
            Gradient(stepWeight);

            // What the last factors still promise, before new ones are paid for.
            if (isFactored && Solve() <= Negligible * stepWeight)
                break;

            FillRidge(weightSum + stepWeight);
            for (int c = 0; c < outputs; c++)
            {
                Products(curves.Pointer + (long)c * panel.Stride);
                curvatures[c].Factor(products.Pointer, ridge);
            }

            isFactored = true;
            double promise = Solve();

            // Not a number, or no way down: nothing to learn here that double could hold.
            if (!(promise > 0 && double.IsFinite(promise)))
                break;

            Map(step, moves.Pointer);
            (double slope, double curve) = AlongPast(stepWeight);
            double share = TLoss.IsQuadratic ? 1 : Search(rows, ref loss, promise, slope, curve);
            Move(share);
            if (TLoss.IsQuadratic || share == 0 || promise <= Negligible * stepWeight)
                break;
        }

        if (isFactored)
        {
            foreach (SgdCurvature curvature in curvatures)
                curvature.Keep();
        }
    }

    // How much of the step to take: halves it until the goal falls by a share of what was promised (Armijo).
    double Search(in SgdStepRows rows, ref double loss, double promise, double slope, double curve)
    {
        const double Enough = 1e-4, Rounding = 1e-12;
        double share = 1;
        for (int halving = 0; halving < MostHalvings; halving++, share /= 2)
        {
            double tried = TLoss.Loss(rows, share);
            double rise = tried - loss + share * slope + share * share / 2 * curve;
            if (rise <= Rounding * loss - Enough * share * promise)
            {
                loss = tried;
                return share;
            }
        }

        return 0;
    }

    // Takes a share of the step off the weights, the outputs, and adds it to the pull of the past.
    void Move(double share)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] -= share * step[i];
            pull[i] -= share * past[i];
        }

        Vector512<double> back = Vector512.Create(-share);
        for (int c = 0; c < outputs; c++)
        {
            double* to = outputRows.Pointer + (long)c * panel.Stride, from = moves.Pointer + (long)c * panel.Stride;
            for (int i = 0; i < panel.PaddedRows; i += 8)
                Vector512.FusedMultiplyAdd(back, Vector512.Load(from + i), Vector512.Load(to + i)).Store(to + i);
        }
    }

    // Solves for the step of every output; the promise is twice what the parabola says that it gains.
    double Solve()
    {
        for (int c = 0; c < outputs; c++)
            curvatures[c].Solve(gradient.AsSpan(c * columns, columns), step.AsSpan(c * columns, columns));

        return Lanes.Dot(gradient, step);
    }

    // The first and second derivative, by the share of the step, of all but the loss of the step's rows.
    (double Slope, double Curve) AlongPast(double stepWeight)
    {
        FillRidge(weightSum);
        double slope = 0, curve = 0;
        for (int c = 0; c < outputs; c++)
        {
            int at = c * columns;
            curvatures[c].MultiplyPast(step.AsSpan(at, columns), past.AsSpan(at, columns));
            for (int j = 0; j < columns; j++)
            {
                double own = PenaltyCurve(j, stepWeight);
                past[at + j] += ridge[j] * step[at + j];
                slope -= step[at + j] * (pull[at + j] + own * weights[at + j]);
                curve += step[at + j] * (past[at + j] + own * step[at + j]);
            }
        }

        return (slope, curve);
    }

    void Gradient(double stepWeight)
    {
        for (int c = 0; c < outputs; c++)
        {
            double* slope = slopes.Pointer + (long)c * panel.Stride;
            for (int j = 0; j < columns; j++)
            {
                int at = c * columns + j;
                gradient[at] = pull[at] + PenaltyCurve(j, stepWeight) * weights[at] + (j <= panel.Features ? panel.Dot(j, slope) : 0);
            }
        }
    }

    // Per row of the panel Σ vector · columns, for every output.
    void Map(double[] vectors, double* result)
    {
        for (int c = 0; c < outputs; c++)
            panel.Map(vectors.AsSpan(c * columns, columns), result + (long)c * panel.Stride);
    }

    // Products of columns, weighted by what the loss curves at each row; as many rows at a time as stay in the cache.
    void Products(double* curvature)
    {
        products.Span.Clear();
        for (int first = 0; first < panel.PaddedRows; first += ProductRows)
        {
            int count = Math.Min(ProductRows, panel.PaddedRows - first);
            for (int j = 0; j <= panel.Features; j++)
            {
                double* from = panel.Column(j) + first, to = weighted.Pointer + (long)j * panel.Stride + first;
                for (int i = 0; i < count; i += 8)
                    (Vector512.Load(from + i) * Vector512.Load(curvature + first + i)).Store(to + i);
            }

            CrossProductKernel.Add(weighted.Pointer + first, panel.Column(0) + first, panel.Stride, columns, count, products.Pointer);
        }
    }

    double PenaltyCurve(int column, double rowWeight) =>
        column >= 1 && column <= panel.Features ? penalty.L2 * rowWeight * spread.Variance(column - 1) : 0;

    void FillRidge(double rowWeight)
    {
        for (int j = 0; j < panel.Features; j++)
            ridge[1 + j] = (penalty.L2 * rowWeight + Caution) * spread.Variance(j);
    }
}
