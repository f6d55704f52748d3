using Streaming.Learning.Data;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// What to fill missing and infinite values with, from what one pass has measured: like scikit-learn's <c>SimpleImputer</c> with
/// <c>strategy="mean"</c>, or <c>"constant"</c> and 0. Rows count by their weights.
/// </summary>
static class SimpleImputer
{
    /// <summary>The rules with the means that they want.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="moments">What was measured on tiles in which values to be filled were left as they are.</param>
    /// <param name="measuredOn">The scaling of those tiles.</param>
    /// <param name="features">Names of the features.</param>
    /// <exception cref="DatasetException">A feature has no value that a mean could be made of.</exception>
    public static ValueRules WithMeans(ValueRules rules, Moments moments, FeatureScaling measuredOn, IReadOnlyList<string> features)
    {
        var means = new double[measuredOn.Count];
        for (int j = 0; j < means.Length; j++)
        {
            if (!(moments.Weight[j] > 0))
            {
                throw new DatasetException(
                    $"Feature '{features[j]}' has no finite value in the {moments.RowCount} rows to learn from, so there is no mean to fill it with. "
                    + "Leave the column out (--exclude).");
            }

            means[j] = measuredOn.Restore(j, moments.Mean[j]);
        }

        return rules with { Means = means };
    }

    /// <summary>Adds to what was measured the values that are to be filled, so that it tells of the rows as they will be.</summary>
    public static void Fill(ValueRules rules, Moments moments, FeatureScaling measuredOn)
    {
        for (int j = 0; j < measuredOn.Count; j++)
        {
            Add(j, isMissing: true, moments.Missing[j]);
            Add(j, isMissing: false, moments.Infinite[j]);
        }

        void Add(int feature, bool isMissing, double weight)
        {
            double value = rules.FillOf(isMissing, feature);
            moments.AddConstant(feature, (value - measuredOn.Offset[feature]) * measuredOn.Factor[feature], weight);
        }
    }
}
