using System.Numerics;
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
/// is remembered as a parabola - and its slope where the weights are now. Rows that a parabola tells least about are kept
/// (<see cref="SgdReserve"/>); now and then, and at the end of an epoch, their parabolas are taken out of the past and the rows learned anew, if there is
/// anything to be gained by it. So a step moves by the inverse of all curvature seen, which falls as 1/t of its own accord and needs no
/// scale, no step size and no averaging: it does not matter what units the features have, where their zero is, or how they hang
/// together, and a row of weight 2 is two rows. For the squared error it is recursive least squares, hence exact; for the
/// logistic loss it is the stochastic Newton algorithm (Bercu, Godichon and Portier, SIAM J. Control Optim. 58, 2020), as good in the long run
/// as the fit of all rows at once, with the implicit steps of Kulis and Bartlett (ICML 2010) in place of explicit ones, so that
/// nothing overshoots. The least is found by Newton's method with a line search; after the first few steps one iteration does.
/// With several outputs (softmax) each has its own H, the curvature between outputs is left out. Losses with kinks are rounded for it, less with every step.
/// </summary>
/// <remarks>
/// The penalty is that of standardised features: alpha/2 Σ (σ w)² per row, σ being a feature's standard deviation so far. L1 is
/// applied to the finished weights, on the parabola of all rows. Cost per row: about d²/2 + 6 d multiply-adds per output, d²/8 to d²/32 + 6 d once a
/// sample tells how steps curve (<see cref="SgdSample"/>), and d³/3 per step.
/// </remarks>
sealed unsafe partial class SgdNewton<TLoss> : ISgdStepLearner
    where TLoss : ISgdTileLoss
{
    const int StepRows = 2048;

    // Steps up to which kept rows are learned anew each time that there are twice as many, and steps from which on no more are kept where that
    // would gain nothing: weights move ever less, so parabolas of rows to come tell more.
    const int MostOften = 256;
    const int MayBeSettled = 64;

    // A step ends when Newton's method promises less than this per row of the step, in units of the loss; kept rows are learned anew until
    // it promises less than that per row so far, and not at all where it promises less from the beginning.
    const double Negligible = 1e-4;
    const double NegligibleAnew = 1e-9;

    // Pulls as this many rows towards where the weights are, so that the first rows don't decide too much.
    const double Caution = 1e-3;

    readonly SgdReserve? reserve;
    readonly SgdNormalizedPenalty penalty;
    readonly SgdCurvature[] curvatures;
    readonly int outputs;
    readonly int columns;
    readonly double[] weights;
    readonly double[] gradient;
    readonly double[] step;
    readonly double[] slopeSums;
    readonly double[] pull;
    readonly double[] pullBefore;
    readonly double[] past;
    readonly double[] ridge;
    readonly AlignedBlock<double> outputRows;
    readonly AlignedBlock<double> moves;
    readonly AlignedBlock<double> slopes;
    readonly AlignedBlock<double> sampledCurves;
    readonly SgdProducts? products;
    readonly double parameter;
    readonly double[] distances;

    // The curvatures at the last factors, and those where the outputs are now.
    AlignedBlock<double> curves;
    AlignedBlock<double> curvesNow;

    // What is being learned: the rows that were gathered, or those of the reserve.
    SgdPanel panel;
    SgdStep gathered;
    double weightSum;
    long steps;

    public SgdNewton(
        SgdNormalizedPenalty penalty, int outputs, int features, bool hasIntercept, ClassWeights classWeights, double parameter)
    {
        this.penalty = penalty;
        this.parameter = parameter;
        this.outputs = outputs;
        gathered = new SgdStep(features, CapacityFor(features), hasIntercept, classWeights, TLoss.IsQuadratic, IsSampled);
        panel = gathered.Panel;
        reserve = TLoss.IsQuadratic ? null : new SgdReserve(outputs, features, hasIntercept);
        columns = panel.Columns;
        curvatures = [.. Enumerable.Range(0, outputs).Select(_ => new SgdCurvature(columns))];
        weights = new double[outputs * columns];
        gradient = new double[weights.Length];
        step = new double[weights.Length];
        slopeSums = new double[weights.Length];
        pull = new double[weights.Length];
        pullBefore = new double[weights.Length];
        past = new double[weights.Length];
        ridge = new double[columns];
        outputRows = new AlignedBlock<double>(checked(outputs * Math.Max(panel.Stride, reserve?.Panel.Stride ?? 0)));
        moves = new AlignedBlock<double>(outputRows.Length);
        slopes = new AlignedBlock<double>(outputRows.Length);
        curves = new AlignedBlock<double>(outputRows.Length);
        curvesNow = new AlignedBlock<double>(outputRows.Length);
        products = TLoss.IsQuadratic ? null : new SgdProducts(columns);
        sampledCurves = new AlignedBlock<double>(IsSampled ? SgdSample.CapacityFor(panel.Capacity) : 0);
        distances = TLoss.HasKinks ? new double[checked(outputs * panel.Capacity)] : [];
    }

    /// <summary>Memory of the learner.</summary>
    public static long BytesFor(int outputs, int features)
    {
        long columns = features + CrossProductKernel.Block, step = CapacityFor(features), most = TLoss.IsQuadratic ? step : Math.Max(step, SgdReserve.CapacityFor(outputs, features));
        long curvatures = outputs * columns * (2 * columns + ScaledCholesky.StrideFor(columns)), sample = IsSampled ? (columns + 5) * SgdSample.CapacityFor((int)step) : 0;
        return sizeof(double) * (curvatures + sample + (columns + 4) * step + (TLoss.HasKinks ? 6L : 5L) * outputs * most) + SgdProducts.BytesFor(columns)
            + (TLoss.IsQuadratic ? 0 : SgdReserve.BytesFor(outputs, features));
    }

    public SgdStep Gathered => gathered;

    public SgdPass NewPass(string purpose, string lossName, bool shuffle) => new SgdStepPass(purpose, lossName, this, shuffle);

    public void GatherIn(SgdStep step) => (gathered, panel) = (step, step.Panel);

    public void EndEpoch()
    {
        Revisit();
        reserve?.Clear();
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

    public double[] Means() => panel.HasIntercept ? [.. panel.Origin.Select((origin, j) => origin + Spread.Mean(j))] : new double[panel.Features];

    public void Persist(StateStream state)
    {
        gathered.Persist(state);
        foreach (SgdCurvature curvature in curvatures)
            curvature.Persist(state);

        reserve?.Persist(state);
        state.Values(weights.AsSpan());
        state.Values(pull.AsSpan());
        state.Value(ref weightSum);
        state.Value(ref steps);
        state.Value(ref width);
        state.Value(ref meanLoss);
        state.Value(ref penaltyUnit);
    }

    // Of losses with kinks the few rows near one tell how a step curves.
    static bool IsSampled => !TLoss.IsQuadratic && !TLoss.HasKinks;

    SgdFeatureSpread Spread => gathered.Spread;

    static int CapacityFor(int features) => Math.Max(StepRows, 4 * BatchShape.RowStrideOf(features));

    double[] Shrunk()
    {
        double[] finished = [.. weights];
        if (penalty.L1 == 0 || weightSum == 0)
            return finished;

        var cost = new double[columns];
        for (int j = 0; j < panel.Features; j++)
            cost[1 + j] = weightSum * penalty.L1 * Math.Sqrt(Spread.Variance(j));

        FillRidge(weightSum);
        for (int c = 0; c < outputs; c++)
            curvatures[c].Shrink(finished.AsSpan(c * columns, columns), ridge, cost);

        return finished;
    }

    public void LearnStep(SgdProgress progress)
    {
        SgdNewton<TLoss> alone = this;
        LearnStep(new ReadOnlySpan<SgdNewton<TLoss>>(in alone), new ReadOnlySpan<SgdProgress>(in progress));
    }

    // What the outputs tell before the rows of the step are learned; returns their loss.
    double Look(SgdProgress progress)
    {
        double loss = TLoss.HasKinks ? TLoss.Loss(Rows() with { Width = SgdKink.None }, 0) : TLoss.Derive(Rows(), 0);
        progress.AddMany(TLoss.Reported(loss), TLoss.RightWeight(Rows()), gathered.Weight);
        meanLoss = loss / gathered.Weight;
        if (steps == 0 && penalty.IsRelative)
            penaltyUnit = PenaltyUnit();

        return loss;
    }

    void EndStep()
    {
        if (gathered.Weight > 0)
        {
            weightSum += gathered.Weight;
            steps++;
        }

        // After as many again, later after four times as many: the end of the epoch is still to come.
        if (BitOperations.IsPow2(steps) && (steps <= MostOften || (BitOperations.Log2((ulong)steps) & 1) == 0))
            Revisit();
    }

    // The rows of the step become past.
    void Remember(double stepWeight)
    {
        KeepCurvatures();
        if (isUnsearched)
            PullByParabola();
        else
            AddSlopes(stepWeight);

        reserve?.Offer(panel, gathered.Distances, outputRows.Pointer, slopes.Pointer, curves.Pointer);
    }

    // Learns the rows of the reserve anew, their parabolas taken out of the past meanwhile.
    void Revisit()
    {
        if (reserve is null || reserve.Panel.RowCount == 0)
            return;

        panel = reserve.Panel;
        panel.Pad();
        Map(weights, outputRows.Pointer);
        pull.CopyTo(pullBefore);
        reserve.TakeOut(outputRows.Pointer, slopes.Pointer, curves.Pointer);
        DotSlopes();
        AddSlopes(0);
        double loss = TLoss.Derive(Rows(), 0), negligible = NegligibleAnew * LossUnit * weightSum;
        DotSlopes();
        if (Gains(negligible))
        {
            LearnAnew(reserve, loss, negligible);
        }
        else
        {
            pullBefore.CopyTo(pull);
            if (steps >= MayBeSettled)
                reserve.Close();
        }

        panel = gathered.Panel;
    }

    // Whether the panel's rows tell more than the parabolas that the past still curves by, by what Newton's method promises: asked before products are paid for.
    bool Gains(double negligible)
    {
        Gradient(0);
        FillRidge(weightSum);
        foreach (SgdCurvature curvature in curvatures)
            curvature.FactorPast(ridge);

        return !(Solve() <= negligible);
    }

    // The rows' old pull is out of the past already, and their slopes are known.
    void LearnAnew(SgdReserve reserve, double loss, double negligible)
    {
        AddProductsToPast();
        Begin(loss, negligible);
        Descend(0);

        // Without a step the moves are those of rows before.
        if (TLoss.ParabolaReach > 0 && iteration > 0 && LargestMove() <= TLoss.ParabolaReach)
        {
            // How the rows curved at the last factors is near enough, and known already.
            KeepCurvatures();
            AddSlopes(0);
        }
        else
        {
            TLoss.Derive(Rows(), 0);
            (curves, curvesNow) = (curvesNow, curves);
            DotSlopes();
            AddSlopes(0);
            AddProductsToPast();
        }

        reserve.PutBack(outputRows.Pointer, slopes.Pointer, curves.Pointer);
        reserve.Open();
    }

    // Adds how the panel's rows curve to the past.
    void AddProductsToPast()
    {
        for (int c = 0; c < outputs; c++)
        {
            products!.Compute(panel, curves.Pointer + (long)c * panel.Stride);
            curvatures[c].Add(products.Totals);
        }
    }

    // The panel's rows become past, curved as at the last factors.
    void KeepCurvatures()
    {
        foreach (SgdCurvature curvature in curvatures)
            curvature.Keep();
    }

    // Adds what the panel's rows pull, where the outputs are now, to the pull of the past.
    void AddSlopes(double stepWeight)
    {
        for (int c = 0; c < outputs; c++)
        {
            for (int j = 0; j <= panel.Features; j++)
                pull[c * columns + j] += PenaltyCurve(j, stepWeight) * weights[c * columns + j] + slopeSums[c * columns + j];
        }
    }

    SgdStepRows Rows() => new()
    {
        Count = panel.PaddedRows,
        OutputCount = outputs,
        Stride = panel.Stride,
        Targets = panel.Targets,
        Weights = panel.Weights,
        RestWeights = panel.RestWeights,
        Outputs = outputRows.Pointer,
        Moves = moves.Pointer,
        Slopes = slopes.Pointer,
        Curvatures = curvesNow.Pointer,
        Parameter = parameter,
        Width = width,
    };

    // Per row of the panel Σ vector · columns, for every output.
    void Map(double[] vectors, double* result)
    {
        for (int c = 0; c < outputs; c++)
            panel.Map(vectors.AsSpan(c * columns, columns), result + (long)c * panel.Stride);
    }

    double PenaltyCurve(int column, double rowWeight) =>
        column >= 1 && column <= panel.Features ? penaltyUnit * penalty.L2 * rowWeight * Spread.Variance(column - 1) : 0;

    void FillRidge(double rowWeight)
    {
        // A class that has not come yet gets ever less likely, until its intercept has no curvature left that its first row could be weighed against.
        ridge[0] = Caution * CurvatureUnit;
        for (int j = 0; j < panel.Features; j++)
            ridge[1 + j] = (penaltyUnit * penalty.L2 * rowWeight + Caution * CurvatureUnit) * Spread.Variance(j);
    }
}
