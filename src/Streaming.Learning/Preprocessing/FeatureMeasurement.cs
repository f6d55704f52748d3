using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Preprocessing;

/// <summary>What is to be known of the features before an estimator sees them.</summary>
enum FeatureFacts
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Means and variances.</summary>
    Moments,

    /// <summary>Quantiles, too: of doubles, as they are in the data.</summary>
    Summaries,
}

/// <summary>The pass that measures the columns before an estimator sees them: to find categories, to scale, to fill values.</summary>
/// <param name="features">Number of features, those that are codes among them.</param>
/// <param name="purpose">What the pass is for.</param>
/// <param name="facts">What is to be known of the features.</param>
/// <param name="codes">The features that are codes of categories.</param>
/// <param name="counted">The features whose most frequent values are wanted.</param>
sealed class FeatureMeasurement(int features, string purpose, FeatureFacts facts, IReadOnlyList<int> codes, IReadOnlySet<int> counted)
{
    /// <summary>What the pass holds.</summary>
    /// <param name="batchSize">Most rows per tile.</param>
    /// <param name="categories">Categories of all columns that are likely to be found.</param>
    public PassPlan Plan(int batchSize, int categories)
    {
        long bytes = codes.Count * CategoryCounts.BytesFor(0, batchSize) + CategoryCounts.BytesFor(categories, 0) + facts switch
        {
            FeatureFacts.Moments => Moments.BytesFor(features, batchSize),
            FeatureFacts.Summaries => FeatureSummaries.BytesFor(features, counted.Count),
            _ => 0,
        };
        return new(PassKind.Sum, purpose) { PartitionBytes = bytes, FixedBytes = bytes + codes.Count * CategoryTable.PlannedBytes, NeedsDoubles = facts == FeatureFacts.Summaries };
    }

    /// <summary>The pass.</summary>
    /// <param name="completed">Receives what was measured.</param>
    public Pass NewPass(Action<ColumnMeasures> completed) => new SumPass<ColumnMeasures>(
        purpose,
        () => new ColumnMeasures(
            facts == FeatureFacts.Moments ? new Moments(features) : null,
            facts == FeatureFacts.Summaries ? new FeatureSummaries(features, counted) : null,
            [.. codes.Select(feature => new CategoryCounts(feature))]),
        completed,
        needsDoubles: facts == FeatureFacts.Summaries);
}
