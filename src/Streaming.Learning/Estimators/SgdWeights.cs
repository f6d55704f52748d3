using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// The weights of linear outputs and how one row moves them: the step of scikit-learn's <c>_plain_sgd</c>, in double. Per row the
/// weights shrink by the L2 penalty, move against the gradient, are averaged, and pay the L1 penalty. (scikit-learn keeps the
/// shrinking as one factor beside the weights, which pays for sparse rows; for dense ones it is one more multiplication.)
/// </summary>
sealed unsafe class SgdWeights : IPersistent
{
    // Where scikit-learn cuts gradients off. One that large means that training has run away, so we say so instead.
    const double Runaway = 1e12;

    readonly int features;
    readonly int stride;
    readonly AlignedBlock<double> weights;
    readonly double[] intercepts;
    readonly AlignedBlock<double>? paid;
    readonly AlignedBlock<double>? sum;
    readonly double[] interceptSum;
    readonly SgdSchedule schedule;
    long steps;
    double eta;
    double shrink = 1;
    double due;
    double largestGradient;

    /// <summary>Creates weights that are all 0.</summary>
    /// <param name="parameters">How to learn.</param>
    /// <param name="outputs">Linear outputs.</param>
    /// <param name="features">Features.</param>
    /// <param name="isJoint">Whether the outputs are learned together, as softmax.</param>
    public SgdWeights(SgdEstimator parameters, int outputs, int features, bool isJoint = false)
    {
        this.features = features;
        stride = BatchShape.RowStrideOf(features);
        weights = new AlignedBlock<double>(checked(outputs * stride));
        intercepts = new double[outputs];
        interceptSum = new double[outputs];
        schedule = new SgdSchedule(parameters, isJoint);
        FitsIntercept = parameters.FitIntercept;
        paid = parameters.Penalty is Penalty.L1 or Penalty.Elasticnet ? new AlignedBlock<double>(weights.Length) : null;
        sum = parameters.Average ? new AlignedBlock<double>(weights.Length) : null;
        Gradient = parameters.MiniBatchSize > 1 ? new SgdGradient(outputs, stride) : null;
    }

    /// <summary>Memory of such weights, and of their part of a block of lanes (<see cref="SgdLanes{TLoss}"/>), which at least two candidates share.</summary>
    public static long BytesFor(SgdEstimator parameters, int outputs, int features)
    {
        int sets = 1 + (parameters.Penalty is Penalty.L1 or Penalty.Elasticnet ? 1 : 0) + (parameters.Average ? 1 : 0);
        const int LaneSets = (8 + 2) / 2;
        long stride = BatchShape.RowStrideOf(features), lanes = parameters.MiniBatchSize == 1 && outputs == 1 ? LaneSets : 0;
        return sizeof(double) * (sets * outputs + lanes) * stride + (parameters.MiniBatchSize > 1 ? SgdMiniBatch.BytesFor(outputs, (int)stride) : 0);
    }

    /// <summary>Linear outputs.</summary>
    public int Outputs => intercepts.Length;

    /// <summary>Numbers from one output's weights to the next, and of a padded row.</summary>
    public int Stride => stride;

    /// <summary>Whether the intercept is learned.</summary>
    public bool FitsIntercept { get; }

    /// <summary>The steps.</summary>
    public SgdSchedule Schedule => schedule;

    /// <summary>Whether a step is a move of one output and nothing more - no L1 penalty, no averages -, as <see cref="SgdLanes{TLoss}"/> has it.</summary>
    public bool IsPlain => Outputs == 1 && IsLinear && sum is null;

    /// <summary>The intercept of the first output.</summary>
    public double Intercept { get => intercepts[0]; set => intercepts[0] = value; }

    /// <summary>The mini-batch that is being gathered; null where every row is a step.</summary>
    public SgdGradient? Gradient { get; }

    /// <summary>Steps done: rows learned, or mini-batches.</summary>
    public long Steps { get => steps; set => steps = value; }

    /// <summary>The largest derivative of the loss so far.</summary>
    public double LargestGradient { get => largestGradient; set => largestGradient = value; }

    /// <summary>An output for a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Output(int output, float* row) =>
        RowKernels.Dot(weights.Pointer + (long)output * stride, row, stride) + intercepts[output];

    /// <summary>
    /// Whether a step is linear in the weights (no L1 penalty). Then the next row's output is <c>start + step · slope</c>, of which
    /// <see cref="LookAhead"/> finds both before the step is known: (w · shrink + step · x) · x' + b + step.
    /// </summary>
    public bool IsLinear => paid is null;

    /// <summary>How the first output for the next row depends on the step of this one; asked after <see cref="BeginStep"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (double Start, double Slope) LookAhead(float* row, float* next)
    {
        (double output, double overlap) = RowKernels.Dots(weights.Pointer, row, next, stride);
        return (Math.FusedMultiplyAdd(shrink, output, intercepts[0]), overlap + (FitsIntercept ? 1 : 0));
    }

    /// <summary>Begins the step of the next row: fixes its size. Needs no output, so it may be computed while they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeginStep()
    {
        steps++;
        eta = schedule.StepAt(steps);
        shrink = schedule.ShrinkOf(eta);
    }

    /// <summary>Makes the steps of the schedule <c>adaptive</c> shorter; false if they are as short as they get.</summary>
    public bool SlowDown() => schedule.SlowDown();

    /// <summary>Moves the weights of one output.</summary>
    /// <param name="output">Which output.</param>
    /// <param name="row">The row.</param>
    /// <param name="gradient">Derivative of the loss by the output.</param>
    /// <param name="rowWeight">Weight of the row.</param>
    /// <returns>By how much of the row the weights moved.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Move(int output, float* row, double gradient, double rowWeight)
    {
        largestGradient = Math.Max(largestGradient, Math.Abs(gradient));
        double step = -eta * rowWeight * gradient;
        RowKernels.Step(weights.Pointer + (long)output * stride, row, stride, shrink, step);
        if (FitsIntercept)
            intercepts[output] += step;

        return step;
    }

    /// <summary>The intercept of an output.</summary>
    public double InterceptOf(int output) => intercepts[output];

    /// <summary>The weights rounded to float32, laid out likewise.</summary>
    public void RoundTo(float* rounded)
    {
        for (int j = 0; j < weights.Length; j += 16)
            FloatLanes.Narrow(Vector512.Load(weights.Pointer + j), Vector512.Load(weights.Pointer + j + 8)).Store(rounded + j);
    }

    /// <summary>Takes note of the largest derivative of the loss of some rows.</summary>
    public void SeeSlopes(double largest) => largestGradient = Math.Max(largestGradient, largest);

    /// <summary>Moves the weights against the mean gradient of the mini-batch, and begins another.</summary>
    public void StepByGradient()
    {
        BeginStep();
        double step = -eta / Gradient!.Rows;
        for (int c = 0; c < Outputs; c++)
        {
            RowKernels.Step(weights.Pointer + (long)c * stride, Gradient.Of(c), stride, shrink, step);
            if (FitsIntercept)
                intercepts[c] += step * Gradient.InterceptOf(c);
        }

        EndStep();
        Gradient.Clear();
    }

    /// <summary>Ends the step of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndStep()
    {
        if (sum is not null)
            AddToAverage();

        if (paid is not null)
        {
            due += schedule.L1Ratio * eta * schedule.Alpha;
            RowKernels.PayL1(weights.Pointer, paid.Pointer, weights.Length, due);
        }
    }

    /// <summary>Copies the weights of the first output to every <paramref name="step"/>th number.</summary>
    public void CopyTo(double* to, int step)
    {
        for (int j = 0; j < stride; j++)
            to[j * step] = weights.Pointer[j];
    }

    /// <summary>Copies them back.</summary>
    public void CopyFrom(double* from, int step)
    {
        for (int j = 0; j < stride; j++)
            weights.Pointer[j] = from[j * step];
    }

    /// <summary>Stops training that has run away.</summary>
    /// <exception cref="DivergenceException">A weight is not finite, or errors are beyond all measure.</exception>
    public void ThrowIfDiverged()
    {
        // A number times 0 is 0, unless it is infinite or not a number.
        double check = 0;
        foreach (double weight in weights.Span)
            check += weight * 0;

        foreach (double intercept in intercepts)
            check += intercept * 0;

        if (check == 0 && largestGradient <= Runaway)
            return;

        throw new DivergenceException(
            $"Training ran away within {steps} {(Gradient is null ? "rows" : "mini-batches")}: the steps are too large for the data. "
            + "Try --learning-rate normalized, or to standardise the features (--standardize), or a smaller first step (--eta0, with "
            + "--learning-rate constant or invscaling).");
    }

    /// <summary>The weights to keep, [outputs × features], and the intercepts.</summary>
    public (double[] Coef, double[] Intercept) Result()
    {
        var coef = new double[Outputs * features];
        var intercept = new double[Outputs];
        ReadOnlySpan<double> from = sum is null ? weights.Span : sum.Span;
        double count = sum is null ? 1 : Math.Max(steps, 1);
        for (int i = 0; i < coef.Length; i++)
            coef[i] = from[i / features * stride + i % features] / count;

        for (int i = 0; i < intercept.Length; i++)
            intercept[i] = (sum is null ? intercepts[i] : interceptSum[i]) / count;

        return (coef, intercept);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref steps);
        state.Values(weights.Span);
        state.Values(intercepts.AsSpan());
        if (paid is not null)
            state.Values(paid.Span);

        if (sum is not null)
            state.Values(sum.Span);

        state.Values(interceptSum.AsSpan());
        state.Value(ref due);
        state.Value(ref largestGradient);
        schedule.Persist(state);
        Gradient?.Persist(state);
    }

    void AddToAverage()
    {
        RowKernels.AddTo(sum!.Pointer, weights.Pointer, weights.Length);
        for (int i = 0; i < intercepts.Length; i++)
            interceptSum[i] += intercepts[i];
    }
}
