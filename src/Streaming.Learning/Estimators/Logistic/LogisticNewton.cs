using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators.Logistic;

/// <summary>
/// Newton's method, where the second derivatives of all pairs of parameters fit: a step goes to the least of the parabola that touches
/// the losses at the weights, plus the penalty. (Iteratively reweighted least squares; with an l1 penalty a proximal Newton method,
/// Lee, Sun and Saunders, SIAM J. Optim. 24, 2014.) Near the optimum every step doubles the digits.
/// </summary>
sealed class LogisticNewton : LogisticDescent
{
    readonly double[] curvature;
    readonly double[] step;
    readonly ScaledCholesky? factors;
    double slope;

    public LogisticNewton(LogisticObjective objective, double[] start, double tolerance, int mostIterations)
        : base(objective, start, tolerance, mostIterations)
    {
        int n = objective.Shape.Length;
        curvature = new double[n * n];
        step = new double[n];
        factors = objective.HasCost ? null : new ScaledCholesky(n);
    }

    /// <inheritdoc/>
    public override void Persist(State.StateStream state)
    {
        base.Persist(state);
        state.Values<double>(step);
        state.Value(ref slope);
    }

    protected override double Direct(LogisticSums sums, double[] weights, double[] gradient)
    {
        Objective.CopyCurvatureTo(sums, curvature);
        if (factors != null)
        {
            factors.Factor(curvature, Objective.Ridge);
            factors.Solve(gradient, step);
            for (int i = 0; i < step.Length; i++)
                step[i] = -step[i];
        }
        else
        {
            weights.CopyTo(step.AsSpan());
            QuadraticLasso.Minimise(curvature, Objective.Ridge, gradient, Objective.Cost, step);
            for (int i = 0; i < step.Length; i++)
                step[i] -= weights[i];
        }

        slope = Lanes.Dot(gradient, step);
        for (int i = 0; i < step.Length; i++)
            slope += Objective.Cost[i] * (Math.Abs(weights[i] + step[i]) - Math.Abs(weights[i]));

        return -slope;
    }

    protected override (LogisticTrial Trial, double Promise) Place(double share, double[] weights)
    {
        var at = new double[weights.Length];
        var way = new double[weights.Length];
        for (int i = 0; i < at.Length; i++)
        {
            way[i] = share * step[i];
            at[i] = weights[i] + way[i];
        }

        return (new LogisticTrial(at, way), share * slope);
    }
}
