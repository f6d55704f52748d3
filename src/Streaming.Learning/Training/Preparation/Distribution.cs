using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Preprocessing;

namespace Streaming.Learning.Training.Preparation;

/// <summary>Columns of numbers that are distributed anew: they are encoded then, and so is what they are filled with.</summary>
static class Distribution
{
    /// <summary>The columns, rules and scaling with what is distributed.</summary>
    /// <param name="steps">Per feature the last step that works on it.</param>
    /// <param name="summaries">What was measured of each.</param>
    /// <param name="columns">The columns as they are before.</param>
    /// <param name="rules">The rules before.</param>
    /// <param name="scaling">The scaling before.</param>
    public static (ColumnSelection Columns, ValueRules Rules, FeatureScaling Scaling) Apply(
        FeatureTransformer?[] steps, FeatureSummary[] summaries, ColumnSelection columns, ValueRules rules, FeatureScaling scaling)
    {
        var encodings = new Dictionary<string, ColumnEncoding>();
        double[]? means = rules.Means?.ToArray(), medians = rules.Medians?.ToArray(), fills = rules.MissingFills?.ToArray();
        double[] offset = scaling.Offset.ToArray(), factor = scaling.Factor.ToArray();
        foreach (FeatureColumn column in columns.FeatureColumns.Where(c => c.Encoding == null))
        {
            int j = column.First;
            if (steps[j] is not QuantileTransformer distributor)
                continue;

            QuantileEncoding encoding = distributor.Encode(summaries[j]);
            encodings.Add(column.Name, encoding);
            (offset[j], factor[j]) = (0, 1);
            foreach (double[]? fill in new[] { means, medians, fills })
            {
                if (fill != null)
                    fill[j] = encoding.Transform(fill[j]);
            }
        }

        return (columns.With(encodings), rules with { Means = means, Medians = medians, MissingFills = fills }, new FeatureScaling(offset, factor));
    }
}
