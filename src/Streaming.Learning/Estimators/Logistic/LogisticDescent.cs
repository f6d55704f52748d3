using Streaming.Learning.State;

namespace Streaming.Learning.Estimators.Logistic;

/// <summary>
/// Goes down to the optimum by passes: says at which weights the next pass is wanted (<see cref="Trial"/>), and takes what it found. A
/// trial becomes the weights when the objective fell by a share of what its slope promised (Armijo); else the next trial is nearer to the
/// weights, where the same pass has found the least loss. As directions come with the right length, there is hardly ever more than one
/// trial.
/// </summary>
abstract class LogisticDescent : IPersistent
{
    const double Enough = 1e-4;
    const double Shortest = 1e-10;

    // What the objective, a sum of many rounded numbers, may rise by and still be called the same.
    const double Rounding = 1e-13;

    // Beside the objective, a gain so small that sums of doubles can't show it.
    const double Invisible = 1e-15;

    readonly double tolerance;
    readonly int mostIterations;
    LogisticTrial trial;
    double[] weights = [];
    double[] gradient = [];
    double value;
    double share;
    double promise;
    double norm = double.NaN;
    double loss;
    double accuracy;
    int iterations;
    bool isDone;

    /// <summary>Starts from weights.</summary>
    protected LogisticDescent(LogisticObjective objective, double[] start, double tolerance, int mostIterations)
    {
        Objective = objective;
        this.tolerance = tolerance;
        this.mostIterations = mostIterations;
        trial = new LogisticTrial(start);
    }

    /// <summary>Where the next pass is wanted; null when the descent is over.</summary>
    public LogisticTrial? Trial => isDone ? null : trial;

    /// <summary>The best weights so far.</summary>
    public double[] Weights => weights;

    /// <summary>Steps that were taken.</summary>
    public int Iterations => iterations;

    /// <summary>
    /// The norm of the gradient where the weights are, measured by the inverse of the curvature: the distance to the optimum in standard
    /// errors, but for what the curvature is not known.
    /// </summary>
    public double GradientNorm => norm;

    /// <summary>Whether the gradient is small enough, or too small to be seen in sums of doubles.</summary>
    public bool IsConverged => norm <= tolerance || norm * norm / 2 <= Invisible * value;

    /// <summary>Mean loss of the rows where the weights are.</summary>
    public double Loss => loss;

    /// <summary>Share of the rows whose class is predicted where the weights are.</summary>
    public double Accuracy => accuracy;

    protected LogisticObjective Objective { get; }

    /// <summary>Memory of a descent: the second derivatives and their factors, or the steps that are remembered.</summary>
    public static long BytesFor(LogisticShape shape) =>
        sizeof(double) * (long)shape.Length * (shape.HasAllPairs ? 2 * shape.Length : 2 * LogisticQuasiNewton.History + 8);

    /// <summary>Takes what a pass found at <see cref="Trial"/>.</summary>
    /// <exception cref="InvalidDataException">The rows weigh nothing.</exception>
    public void Take(LogisticSums sums)
    {
        WeightCheck.RequireSome(sums.WeightSum);
        double tried = Objective.Value(sums.Loss, trial.Weights);
        bool isStart = weights.Length == 0;
        if (isStart && !(tried <= Objective.ValueAtZero(sums.WeightSum) * (1 + Rounding)))
            trial = new LogisticTrial(new double[trial.Weights.Length]);
        else if (!isStart && !(tried <= value + Enough * promise + Rounding * value))
            TryNearer(sums);
        else
            Accept(sums, tried);
    }

    /// <inheritdoc/>
    public virtual void Persist(StateStream state)
    {
        double[] at = trial.Weights, step = trial.Step ?? [];
        state.Array(ref at);
        state.Array(ref step);
        if (state.IsReading)
            trial = new LogisticTrial(at, step.Length > 0 ? step : null);

        state.Array(ref weights);
        state.Array(ref gradient);
        state.Value(ref value);
        state.Value(ref share);
        state.Value(ref promise);
        state.Value(ref norm);
        state.Value(ref loss);
        state.Value(ref accuracy);
        state.Value(ref iterations);
        state.Value(ref isDone);
    }

    /// <summary>Finds the direction of the next step from the derivatives at the weights.</summary>
    /// <param name="sums">What the last pass found at the weights.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="gradient">First derivatives of all but the l1 penalty.</param>
    /// <returns>The square of <see cref="GradientNorm"/>.</returns>
    protected abstract double Direct(LogisticSums sums, double[] weights, double[] gradient);

    /// <summary>Puts a share of the step after the weights; says by how much, to first order, the objective changes (below 0).</summary>
    protected abstract (LogisticTrial Trial, double Promise) Place(double share, double[] weights);

    /// <summary>Told of every step.</summary>
    protected virtual void Moved(double[] from, double[] to, double[] gradientFrom, double[] gradientTo)
    {
    }

    void Accept(LogisticSums sums, double tried)
    {
        double[] found = Objective.Gradient(sums, trial.Weights);
        if (weights.Length > 0)
        {
            Moved(weights, trial.Weights, gradient, found);
            iterations++;
        }

        (weights, gradient, value) = (trial.Weights, found, tried);
        (loss, accuracy) = (sums.Loss / sums.WeightSum, sums.RightWeight / sums.WeightSum);
        norm = Math.Sqrt(Math.Max(0, Direct(sums, weights, gradient)));
        isDone = IsConverged || iterations == mostIterations;
        share = 1;
        (trial, promise) = Place(share, weights);
    }

    void TryNearer(LogisticSums sums)
    {
        // Beyond the points that the pass has looked at, or if it could not.
        double nearer = trial.Step is null ? 0.5 : Math.Pow(0.5, LogisticSums.Halves + 1);
        double best = value;
        var point = new double[weights.Length];
        for (int half = 0; half < LogisticSums.Halves && trial.Step is { } step; half++)
        {
            double part = 0.5 / (1 << half);
            for (int i = 0; i < point.Length; i++)
                point[i] = weights[i] + part * step[i];

            double found = Objective.Value(sums.NearerLosses[half], point);
            if (found < best && found <= value + Enough * part * promise)
                (best, nearer) = (found, part);
        }

        share *= nearer;
        isDone = share < Shortest;
        (trial, promise) = Place(share, weights);
    }
}
