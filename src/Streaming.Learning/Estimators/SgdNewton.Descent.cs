using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <content>Newton's method with a line search: to the least of the past's parabola and the losses of the panel's rows.</content>
sealed unsafe partial class SgdNewton<TLoss>
{
    const int MostIterations = 10;
    const int MostHalvings = 60;

    // Where the descent to the least of past and panel is: the loss of the panel's rows, what ends it, what the next step promises.
    double rowLoss;
    double enough;
    double promise;
    int iteration;
    bool isOver;

    // Whether the last step was taken without a look at the loss where it leads, for which the parabola tells enough: outputs and slopes are still those it starts from.
    bool isUnsearched;

    // Whether the next step is so short that nothing need be known of how it moves the outputs.
    bool isSurelyShort;

    // Moves the weights to the least of past and panel, from where the loss and the slopes of the panel's rows are known; leaves the slopes there.
    void Minimise(double loss, double stepWeight, double negligible)
    {
        Begin(loss, negligible);
        DotSlopes();
        Descend(stepWeight);
    }

    void Begin(double loss, double negligible) => (rowLoss, enough, iteration, isOver, isUnsearched) = (loss, negligible, 0, false, false);

    void Descend(double stepWeight)
    {
        while (Aim(stepWeight))
        {
            if (!TLoss.IsQuadratic && !isSurelyShort)
                Map(step, moves.Pointer);

            Go(stepWeight);
            if (!isUnsearched)
                DotSlopes();
        }
    }

    // Finds the next step from the slopes. False: there is none.
    bool Aim(double stepWeight)
    {
        if (isOver)
            return false;

        Gradient(stepWeight);

        // What the last factors still promise, before new ones are paid for.
        isOver = iteration == MostIterations || (iteration > 0 && Solve() <= enough);
        if (isOver)
            return false;

        (curves, curvesNow) = (curvesNow, curves);
        FillRidge(weightSum + stepWeight);
        for (int c = 0; c < outputs; c++)
            curvatures[c].Factor(Curving(c).Totals, ridge);

        promise = Solve();

        // Not a number, or no way down: nothing to learn here that double could hold.
        isOver = !(promise > 0 && double.IsFinite(promise));
        isSurelyShort = !isOver && IsSurelyShort();
        return !isOver;
    }

    // How the panel's rows curve by an output: products of columns by the rows' curvatures.
    SgdProducts Curving(int output)
    {
        // A parabola curves by the rows' weights, wherever it is learned.
        if (TLoss.IsQuadratic)
            return gathered.Products;

        double* own = curves.Pointer + (long)output * panel.Stride;
        if (panel == gathered.Panel && gathered.Sample is { } sample && sample.Tells(own))
        {
            sample.Gather(own, sampledCurves.Pointer);
            products!.Compute(sample.Panel, sampledCurves.Pointer);
        }
        else
        {
            products!.Compute(panel, own);
        }

        return products;
    }

    // Takes the step, by what it takes off the outputs.
    void Go(double stepWeight)
    {
        isUnsearched = TLoss.IsQuadratic || IsShort();
        if (isUnsearched)
        {
            for (int i = 0; i < weights.Length; i++)
                weights[i] -= step[i];

            isOver = true;
            return;
        }

        (double slope, double curve) = AlongPast(stepWeight);
        double share = Search(Rows(), slope, curve);
        Move(share);
        iteration++;
        isOver = share == 0 || promise <= enough;

        // The search has derived the loss where the share leads that it found.
        if (share == 0)
            TLoss.Derive(Rows(), 0);
    }

    // Whether a step of gathered rows promises next to nothing and leads nowhere where the parabola would not hold.
    bool IsShort() => isSurelyShort || (MayBeShort && LargestMove() <= TLoss.ParabolaReach);

    bool MayBeShort => TLoss.ParabolaReach > 0 && panel == gathered.Panel && promise <= enough;

    // Whether that holds wherever rows lie that are no farther out than the farthest (Cauchy and Schwarz): then no row need be looked at.
    bool IsSurelyShort()
    {
        if (!MayBeShort)
            return false;

        for (int c = 0; c < outputs; c++)
        {
            double middle = step[c * columns], squares = 0;
            for (int j = 0; j < panel.Features; j++)
            {
                double own = step[c * columns + 1 + j];
                middle += own * Spread.Mean(j);
                squares += own * own * Spread.Variance(j);
            }

            if (!(Math.Abs(middle) + Math.Sqrt(squares * gathered.Farthest) <= TLoss.ParabolaReach))
                return false;
        }

        return true;
    }

    double LargestMove()
    {
        Vector512<double> most = default;
        for (int c = 0; c < outputs; c++)
        {
            double* own = moves.Pointer + (long)c * panel.Stride;
            for (int i = 0; i < panel.PaddedRows; i += 8)
                most = Vector512.Max(most, Vector512.Abs(Vector512.Load(own + i)));
        }

        return Lanes.Max(most);
    }

    // The pull behind a step that was not searched, by the parabola that it is the least of but for the columns that were left out. The ridge is still that of the factors.
    void PullByParabola()
    {
        for (int c = 0; c < outputs; c++)
        {
            int at = c * columns;
            curvatures[c].MultiplyPast(step.AsSpan(at, columns), past.AsSpan(at, columns));
            for (int j = 0; j < columns; j++)
                pull[at + j] = gradient[at + j] - past[at + j] - ridge[j] * step[at + j];
        }
    }

    // How much of the step to take: halves it until the goal falls by a share of what was promised (Armijo).
    double Search(in SgdStepRows rows, double slope, double curve)
    {
        const double Enough = 1e-4, Rounding = 1e-12;
        double share = 1;
        for (int halving = 0; halving < MostHalvings; halving++, share /= 2)
        {
            double tried = TLoss.Derive(rows, share);
            double rise = tried - rowLoss + share * slope + share * share / 2 * curve;
            if (rise <= Rounding * rowLoss - Enough * share * promise)
            {
                rowLoss = tried;
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
            for (int j = 0; j < columns; j++)
            {
                int at = c * columns + j;
                gradient[at] = pull[at] + PenaltyCurve(j, stepWeight) * weights[at] + slopeSums[at];
            }
        }
    }

    // What the slopes of the panel's rows come to by column.
    void DotSlopes()
    {
        for (int c = 0; c < outputs; c++)
        {
            Span<double> sums = slopeSums.AsSpan(c * columns, columns);
            sums.Clear();
            panel.AddDots(slopes.Pointer + (long)c * panel.Stride, sums);
        }
    }
}
