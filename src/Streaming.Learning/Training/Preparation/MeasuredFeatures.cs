using Streaming.Learning.Data;
using Streaming.Learning.Preprocessing;

namespace Streaming.Learning.Training.Preparation;

/// <summary>
/// What was measured of the features as the estimator will see them: those that stood as codes of categories have got features of their own, whose
/// values follow from the categories' weights.
/// </summary>
/// <param name="measured">The columns as they were measured.</param>
/// <param name="columns">The columns as they are.</param>
/// <param name="encoded">The steps that encode columns.</param>
/// <param name="categories">The categories of those that stood as codes.</param>
/// <param name="indicated">What the last features tell of, which are indicators of missing values.</param>
sealed class MeasuredFeatures(
    ColumnSelection measured,
    ColumnSelection columns,
    EncodedColumns encoded,
    IReadOnlyDictionary<string, IReadOnlyList<Category>> categories,
    IReadOnlyList<Indicated> indicated)
{
    // A column as it was measured, and as it is.
    IEnumerable<(FeatureColumn Measured, FeatureColumn Column)> Columns => measured.FeatureColumns.Zip(columns.FeatureColumns);

    IEnumerable<(int Feature, Indicated Value)> Indicators => indicated.Select((value, k) => (columns.Features.Count - indicated.Count + k, value));

    /// <summary>What was taken off the features while they were measured. Codes were measured as they are, and so are the features that stand in their place.</summary>
    public FeatureScaling Pivots(FeatureScaling scaling)
    {
        var pivots = new double[columns.Features.Count];
        foreach ((FeatureColumn before, FeatureColumn column) in Columns.Where(c => !categories.ContainsKey(c.Column.Name)))
            scaling.Offset.Slice(before.First, column.Count).CopyTo(pivots.AsSpan(column.First));

        double[] ones = [.. pivots.Select(_ => 1.0)];
        return new FeatureScaling(pivots, ones);
    }

    /// <summary>Their moments.</summary>
    public Moments Of(Moments found)
    {
        var moments = new Moments(columns.Features.Count);
        foreach ((FeatureColumn before, FeatureColumn column) in Columns)
        {
            if (categories.TryGetValue(column.Name, out IReadOnlyList<Category>? own))
            {
                encoded.AddValues(column, own, (k, value, weight) => moments.AddConstant(column.First + k, value, weight));
                continue;
            }

            for (int k = 0; k < column.Count; k++)
                moments.Take(column.First + k, found, before.First + k);
        }

        foreach ((int feature, Indicated value) in Indicators)
        {
            moments.AddConstant(feature, 1, value.MissingWeight);
            moments.AddConstant(feature, 0, value.OtherWeight);
        }

        return moments;
    }

    /// <summary>Their summaries.</summary>
    public FeatureSummary[] Of(FeatureSummaries found)
    {
        var summaries = new FeatureSummary[columns.Features.Count];
        foreach ((FeatureColumn before, FeatureColumn column) in Columns)
        {
            bool isCounted = categories.TryGetValue(column.Name, out IReadOnlyList<Category>? own);
            for (int k = 0; k < column.Count; k++)
                summaries[column.First + k] = isCounted ? new FeatureSummary(QuantileSketch.DefaultK, countsValues: true) : found.Features[before.First + k];

            if (isCounted)
                encoded.AddValues(column, own!, (k, value, weight) => summaries[column.First + k].AddConstant(value, weight));
        }

        foreach ((int feature, Indicated value) in Indicators)
        {
            summaries[feature] = new FeatureSummary(QuantileSketch.DefaultK, countsValues: true);
            summaries[feature].AddConstant(1, value.MissingWeight);
            summaries[feature].AddConstant(0, value.OtherWeight);
        }

        return summaries;
    }
}
