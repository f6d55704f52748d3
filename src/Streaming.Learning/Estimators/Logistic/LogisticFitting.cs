using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators.Logistic;

/// <summary>A run of <see cref="LogisticRegression"/>: one online pass for a start near the optimum, then the descent.</summary>
sealed class LogisticFitting : Fitting
{
    /// <summary>What the first pass is for.</summary>
    public const string Start = "start";

    /// <summary>What the others are for, followed by their number.</summary>
    public const string Iteration = "iteration";

    readonly LogisticRegression parameters;
    readonly FitContext context;
    readonly ClassWeights classWeights;
    readonly ISgdLearner start;
    readonly SgdPass startPass;
    readonly int outputs;
    bool hasBegun;
    LogisticShape? shape;
    LogisticDescent? descent;

    public LogisticFitting(LogisticRegression parameters, FitContext context)
    {
        this.parameters = parameters;
        this.context = context;
        int classes = context.Target!.Classes.Count;
        outputs = classes == 2 ? 1 : classes;
        classWeights = ClassWeights.Of(parameters.ClassWeight, context.Target);
        double alpha = 1 / (parameters.C * Math.Max(context.RowCount, 1));
        var online = new SgdClassifier { Alpha = alpha, FitIntercept = parameters.FitIntercept };
        start = outputs == 1
            ? SgdLearner.Of<SgdSeparateLoss<LogisticLanes>>(online, context, outputs, classWeights)
            : SgdLearner.Of<SoftmaxTileLoss>(online, context, outputs, classWeights);
        startPass = start.NewPass(Start, LogisticLoss.Name, shuffle: true);
    }

    public override Pass? NextPass()
    {
        if (!hasBegun)
        {
            hasBegun = true;
            return startPass;
        }

        if (descent is null)
        {
            startPass.Finish();
            Begin();
        }

        if (descent!.Trial is not { } trial)
            return null;

        string purpose = $"{Iteration} {descent.Iterations + 1}";
        return new SumPass<LogisticSums>(purpose, () => new LogisticSums(shape!, trial, classWeights), descent.Take, needsDoubles: true);
    }

    public override Model ToModel(ModelHeader header)
    {
        double[] weights = Centred();
        int features = shape!.Features;
        var coef = new double[outputs * features];
        var intercept = new double[outputs];
        for (int c = 0; c < outputs; c++)
        {
            ReadOnlySpan<double> from = weights.AsSpan(c * shape.Columns + 1, features);
            from.CopyTo(coef.AsSpan(c * features));
            intercept[c] = weights[c * shape.Columns] - Lanes.Dot(from, shape.Origin);
        }

        return new LinearClassifierModel(header, coef, intercept, descent!.Iterations);
    }

    public override IReadOnlyList<Metric> TrainingMetrics() =>
    [
        new Metric("log_loss", descent!.Loss),
        new Metric("accuracy", descent.Accuracy),
        new Metric("n_iter", descent.Iterations),
        new Metric("gradient_norm", descent.GradientNorm),
    ];

    public override IReadOnlyList<string> Remarks => descent!.IsConverged ? [] :
    [
        FormattableString.Invariant($"The descent ended in step {descent.Iterations}, short of the optimum: gradient_norm is {descent.GradientNorm:G3}, tol is {parameters.Tol:G3}. ")
            + (descent.Iterations == parameters.MaxIter ? "Allow more steps (--max-iter), or scale the features (--standardize)." : "No step lowers the objective any more that double can show."),
    ];

    public override void Persist(StateStream state)
    {
        state.Value(ref hasBegun);
        bool descends = descent is not null;
        state.Value(ref descends);
        if (!descends)
        {
            start.Persist(state);
            return;
        }

        double[] origin = shape?.Origin ?? new double[context.Features.Count];
        state.Values(origin.AsSpan());
        if (descent is null)
            Descend(origin, []);

        descent!.Persist(state);
    }

    void Begin()
    {
        (double[] coef, double[] intercept) = start.Result();
        double[] origin = start.Means();
        int columns = LogisticShape.Of(outputs, parameters.FitIntercept, origin).Columns;
        var weights = new double[outputs * columns];
        for (int c = 0; c < outputs; c++)
        {
            ReadOnlySpan<double> from = coef.AsSpan(c * origin.Length, origin.Length);
            from.CopyTo(weights.AsSpan(c * columns + 1));
            weights[c * columns] = parameters.FitIntercept ? intercept[c] + Lanes.Dot(from, origin) : 0;
        }

        Descend(origin, weights);
    }

    void Descend(double[] origin, double[] weights)
    {
        shape = LogisticShape.Of(outputs, parameters.FitIntercept, origin);
        var objective = new LogisticObjective(shape, parameters.C, parameters.L1, parameters.L2);
        descent = shape.HasAllPairs
            ? new LogisticNewton(objective, weights, parameters.Tol, parameters.MaxIter)
            : new LogisticQuasiNewton(objective, weights, parameters.Tol, parameters.MaxIter);
    }

    // What no penalty holds is free to move for all classes at once: take the mean of 0, as scikit-learn does.
    double[] Centred()
    {
        double[] weights = [.. descent!.Weights];
        for (int j = 0; j < shape!.Columns && outputs > 1; j++)
        {
            if (shape.IsCoefficient(j) && parameters.L1 + parameters.L2 > 0)
                continue;

            double mean = 0;
            for (int c = 0; c < outputs; c++)
                mean += weights[c * shape.Columns + j] / outputs;

            for (int c = 0; c < outputs; c++)
                weights[c * shape.Columns + j] -= mean;
        }

        return weights;
    }
}
