using Streaming.Learning.Passes;

namespace Streaming.Learning.Preprocessing;

/// <summary>The pass that measures the features before an estimator sees them: to standardise them, to fill values with means, or both.</summary>
static class FeatureMeasurement
{
    /// <summary>What the pass holds.</summary>
    public static PassPlan Plan(RunShape run, bool standardize) => new(PassKind.Sum, PurposeOf(standardize))
    {
        PartitionBytes = Moments.BytesFor(run.Features, run.BatchSize),
        FixedBytes = Moments.BytesFor(run.Features, run.BatchSize),
    };

    /// <summary>The pass.</summary>
    /// <param name="features">Number of features.</param>
    /// <param name="standardize">Whether the features are to be standardised.</param>
    /// <param name="completed">Receives what was measured.</param>
    public static Pass NewPass(int features, bool standardize, Action<Moments> completed) =>
        new SumPass<Moments>(PurposeOf(standardize), () => new Moments(features), completed);

    static string PurposeOf(bool standardize) => standardize ? "standardise" : "means";
}
