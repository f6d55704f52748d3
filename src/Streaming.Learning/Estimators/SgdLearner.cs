using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>What learns the rows of the schedule <c>normalized</c>, one tile after another, over all epochs.</summary>
interface ISgdLearner : IPersistent
{
    /// <summary>An epoch.</summary>
    /// <param name="purpose">What progress shows.</param>
    /// <param name="lossName">Name of the loss in progress.</param>
    /// <param name="shuffle">Whether rows come in random order.</param>
    SgdPass NewPass(string purpose, string lossName, bool shuffle);

    /// <summary>The weights, [outputs × features], and the intercepts, for tile values.</summary>
    (double[] Coef, double[] Intercept) Result();

    /// <summary>The mean of every feature over the rows so far, for tile values; zeros without an intercept.</summary>
    double[] Means();
}

/// <summary>Chooses the learner.</summary>
static class SgdLearner
{
    // 4 MB of doubles, three times over. Beyond, the curvature costs more time per row than any data is worth in one pass.
    const long MostCurvature = 1 << 19;

    /// <summary>Memory of the learner.</summary>
    public static long BytesFor<TLoss>(int outputs, int features)
        where TLoss : ISgdTileLoss => HasCurvature<TLoss>(outputs, features)
        ? SgdNewton<TLoss>.BytesFor(outputs, features)
        : sizeof(double) * (3L * outputs + 7) * BatchShape.RowStrideOf(features);

    /// <summary>A learner for a loss of one or more outputs.</summary>
    /// <param name="parameters">How to learn.</param>
    /// <param name="context">The run.</param>
    /// <param name="outputs">Linear outputs.</param>
    /// <param name="classWeights">What rows weigh by their class.</param>
    /// <param name="parameter">The parameter of the loss.</param>
    public static ISgdLearner Of<TLoss>(SgdEstimator parameters, FitContext context, int outputs, ClassWeights classWeights, double parameter = 0)
        where TLoss : ISgdTileLoss
    {
        int features = context.Features.Count;
        SgdNormalizedPenalty penalty = SgdNormalizedPenalty.Of(parameters, context.EarlierRows + context.RowCount);
        return HasCurvature<TLoss>(outputs, features)
            ? new SgdNewton<TLoss>(penalty, outputs, features, parameters.FitIntercept, classWeights, parameter)
            : new SgdDiagonal<TLoss>(penalty, outputs, features, parameters.FitIntercept, classWeights, parameter);
    }

    static bool HasCurvature<TLoss>(int outputs, int features)
        where TLoss : ISgdTileLoss => TLoss.IsMinimised && (long)outputs * (features + 1) * (features + 1) <= MostCurvature;
}
