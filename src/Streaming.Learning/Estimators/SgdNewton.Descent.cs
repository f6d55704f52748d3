using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <content>Newton's method with a line search: to the least of the past's parabola and the losses of the panel's rows.</content>
sealed unsafe partial class SgdNewton<TLoss>
{
    const int MostIterations = 10;
    const int MostHalvings = 60;

    // Moves the weights to the least of past and panel; leaves the slopes of the panel's rows there. False: there is nothing to learn.
    bool Minimise(double loss, double stepWeight, double enough)
    {
        bool isFactored = false;
        for (int iteration = 0; ; iteration++)
        {
            TLoss.Derive(Rows());
            Gradient(stepWeight);

            // What the last factors still promise, before new ones are paid for.
            if (iteration == MostIterations || (isFactored && Solve() <= enough))
                break;

            (curves, curvesNow) = (curvesNow, curves);
            FillRidge(weightSum + stepWeight);
            for (int c = 0; c < outputs; c++)
            {
                // A parabola curves by the rows' weights, wherever it is learned.
                SgdProducts products = TLoss.IsQuadratic ? gathered.Products : this.products!;
                if (!TLoss.IsQuadratic)
                    products.Compute(panel, curves.Pointer + (long)c * panel.Stride);

                curvatures[c].Factor(products.Totals, ridge);
            }

            isFactored = true;
            double promise = Solve();

            // Not a number, or no way down: nothing to learn here that double could hold.
            if (!(promise > 0 && double.IsFinite(promise)))
                break;

            Map(step, moves.Pointer);
            (double slope, double curve) = AlongPast(stepWeight);
            double share = TLoss.IsQuadratic ? 1 : Search(Rows(), ref loss, promise, slope, curve);
            Move(share);
            if (TLoss.IsQuadratic || share == 0 || promise <= enough)
            {
                TLoss.Derive(Rows());
                break;
            }
        }

        return isFactored;
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
}
