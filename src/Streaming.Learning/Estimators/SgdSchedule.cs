using System.Runtime.CompilerServices;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>How long the steps of scikit-learn's schedules are, and how far weights shrink with each.</summary>
sealed class SgdSchedule : IPersistent
{
    readonly bool shrinks;
    readonly double squareShare;
    double adaptedEta;

    /// <summary>The schedule of an estimator.</summary>
    /// <param name="parameters">How to learn.</param>
    /// <param name="isJoint">Whether several outputs are learned together, as softmax.</param>
    public SgdSchedule(SgdEstimator parameters, bool isJoint)
    {
        Kind = parameters.LearningRate;
        Alpha = parameters.PlainAlpha;
        Eta0 = adaptedEta = parameters.Eta0;
        PowerT = parameters.PowerT;

        // t₀ of the schedule "optimal": the first step is the size of a typical weight (Bottou).
        Start = 1 / (Math.Sqrt(1 / Math.Sqrt(Alpha)) * Alpha);

        // With joint outputs a row moves its class up and others down, so margins move twice as far as with a single output.
        Scale = isJoint ? 0.5 : 1;
        L1Ratio = parameters.Penalty switch
        {
            Penalty.L1 => 1,
            Penalty.Elasticnet => parameters.L1Ratio,
            _ => 0,
        };
        shrinks = parameters.Penalty is Penalty.L2 or Penalty.Elasticnet;
        squareShare = 1 - L1Ratio;
    }

    public LearningRateSchedule Kind { get; }

    public double Alpha { get; }

    public double L1Ratio { get; }

    public double Eta0 { get; }

    public double PowerT { get; }

    /// <summary>t₀ of the schedule "optimal".</summary>
    public double Start { get; }

    /// <summary>What the steps of the schedule "optimal" are multiplied by.</summary>
    public double Scale { get; }

    /// <summary>The step of the schedules "constant" and "adaptive".</summary>
    public double Fixed => Kind == LearningRateSchedule.Adaptive ? adaptedEta : Eta0;

    /// <summary>Strength of the L2 penalty.</summary>
    public double Decay => shrinks ? squareShare * Alpha : 0;

    /// <summary>The size of a step.</summary>
    /// <param name="rows">Rows so far, its own included.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double StepAt(long rows) => Kind switch
    {
        LearningRateSchedule.Optimal => Scale / (Alpha * (Start + rows - 1)),
        LearningRateSchedule.Invscaling => Eta0 * Elementary.Pow(rows, -PowerT),
        _ => Fixed,
    };

    /// <summary>What the weights are multiplied by in a step of that size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double ShrinkOf(double eta) => shrinks ? Math.Max(0, 1 - squareShare * eta * Alpha) : 1;

    /// <summary>Makes the steps of the schedule <c>adaptive</c> a fifth as long; false if they are as short as they get.</summary>
    public bool SlowDown()
    {
        const double Shortest = 1e-6;
        if (adaptedEta <= Shortest)
            return false;

        adaptedEta /= 5;
        return true;
    }

    /// <inheritdoc/>
    public void Persist(StateStream state) => state.Value(ref adaptedEta);
}
