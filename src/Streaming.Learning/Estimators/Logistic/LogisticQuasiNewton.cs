using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators.Logistic;

/// <summary>
/// L-BFGS (Liu and Nocedal, Math. Program. 45, 1989) for many parameters: what the last steps told of the curvature, on top of the second
/// derivatives of each parameter by itself. With an l1 penalty OWL-QN (Andrew and Gao, ICML 2007): steps stay in the orthant of the
/// weights, so that coefficients become exactly 0.
/// </summary>
sealed class LogisticQuasiNewton : LogisticDescent
{
    /// <summary>Steps that are remembered.</summary>
    public const int History = 10;

    readonly double[] diagonal;
    readonly double[] slopes;
    readonly double[] step;
    readonly List<Pair> pairs = [];

    public LogisticQuasiNewton(LogisticObjective objective, double[] start, double tolerance, int mostIterations)
        : base(objective, start, tolerance, mostIterations)
    {
        diagonal = new double[objective.Shape.Length];
        slopes = new double[diagonal.Length];
        step = new double[diagonal.Length];
    }

    /// <inheritdoc/>
    public override void Persist(StateStream state)
    {
        base.Persist(state);
        state.Values<double>(diagonal);
        state.Values<double>(slopes);
        state.Values<double>(step);
        int count = pairs.Count;
        state.Value(ref count);
        for (int k = 0; k < count; k++)
        {
            if (state.IsReading)
                pairs.Add(new Pair(new double[step.Length], new double[step.Length]));

            state.Values<double>(pairs[k].Move);
            state.Values<double>(pairs[k].Change);
        }
    }

    protected override void Moved(double[] from, double[] to, double[] gradientFrom, double[] gradientTo)
    {
        var pair = new Pair(new double[from.Length], new double[from.Length]);
        for (int i = 0; i < from.Length; i++)
        {
            pair.Move[i] = to[i] - from[i];
            pair.Change[i] = gradientTo[i] - gradientFrom[i];
        }

        // The objective is convex; a step along which it does not curve at all tells nothing.
        if (!(pair.Product > 0))
            return;

        if (pairs.Count == History)
            pairs.RemoveAt(0);

        pairs.Add(pair);
    }

    protected override double Direct(LogisticSums sums, double[] weights, double[] gradient)
    {
        Objective.CopyDiagonalTo(sums, diagonal);
        for (int i = 0; i < slopes.Length; i++)
            slopes[i] = Slope(weights[i], gradient[i], Objective.Cost[i]);

        Multiply(slopes, step);
        double promise = 0;
        for (int i = 0; i < step.Length; i++)
        {
            // A step must not go up in any direction in which the penalty has a kink.
            step[i] = Objective.Cost[i] > 0 && step[i] * slopes[i] <= 0 ? 0 : -step[i];
            promise -= step[i] * slopes[i];
        }

        return promise;
    }

    protected override (LogisticTrial Trial, double Promise) Place(double share, double[] weights)
    {
        var at = new double[weights.Length];
        double[]? way = Objective.HasCost ? null : new double[weights.Length];
        double change = 0;
        for (int i = 0; i < at.Length; i++)
        {
            double to = weights[i] + share * step[i];
            bool leavesOrthant = Objective.Cost[i] > 0 && to * (weights[i] != 0 ? weights[i] : -slopes[i]) <= 0;
            at[i] = leavesOrthant ? 0 : to;
            change += slopes[i] * (at[i] - weights[i]);
            if (way != null)
                way[i] = share * step[i];
        }

        return (new LogisticTrial(at, way), change);
    }

    // The slope of the objective along one number, in the direction in which it falls; 0 where it rises on both sides.
    static double Slope(double weight, double gradient, double cost) =>
        weight > 0 ? gradient + cost
        : weight < 0 ? gradient - cost
        : gradient + cost < 0 ? gradient + cost
        : gradient - cost > 0 ? gradient - cost
        : 0;

    // The inverse of the curvature, as far as it is known, times a vector: the two loops of L-BFGS.
    void Multiply(double[] vector, double[] result)
    {
        vector.CopyTo(result.AsSpan());
        var taken = new double[pairs.Count];
        for (int k = pairs.Count - 1; k >= 0; k--)
        {
            taken[k] = Lanes.Dot(pairs[k].Move, result) / pairs[k].Product;
            AddTo(result, pairs[k].Change, -taken[k]);
        }

        double size = Size();
        for (int i = 0; i < result.Length; i++)
            result[i] = diagonal[i] > 0 ? size * result[i] / diagonal[i] : 0;

        for (int k = 0; k < pairs.Count; k++)
            AddTo(result, pairs[k].Move, taken[k] - Lanes.Dot(pairs[k].Change, result) / pairs[k].Product);
    }

    // How the last step found the curvature beside what the diagonal says.
    double Size()
    {
        if (pairs.Count == 0)
            return 1;

        double square = 0;
        for (int i = 0; i < diagonal.Length; i++)
            square += diagonal[i] > 0 ? pairs[^1].Change[i] * pairs[^1].Change[i] / diagonal[i] : 0;

        return square > 0 ? pairs[^1].Product / square : 1;
    }

    static void AddTo(double[] sum, double[] vector, double factor)
    {
        for (int i = 0; i < sum.Length; i++)
            sum[i] += factor * vector[i];
    }

    /// <summary>A step and what it changed in the gradient.</summary>
    sealed record Pair(double[] Move, double[] Change)
    {
        public double Product => Lanes.Dot(Move, Change);
    }
}
