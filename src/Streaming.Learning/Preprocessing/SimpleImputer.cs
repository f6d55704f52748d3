using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// Fills missing values of features, like scikit-learn's <c>SimpleImputer</c>: with what one pass has measured - of each feature the mean, or the
/// median from a sketch (<see cref="QuantileSketch"/>), or the most frequent value, of equals the smallest -, or with a number. Rows count by their weights. The
/// most frequent value is exact; a feature with more than 10,000 different values is refused. An encoded column of categories that it names is filled before it
/// is encoded: with its most frequent category, or with one that is given.
/// </summary>
public sealed class SimpleImputer : FeatureTransformer
{
    const string MissingValue = "missing_value";

    /// <inheritdoc/>
    public override string Name => "simple-imputer";

    /// <summary>What to fill with: mean, median, most frequent value, zero or constant. Default: mean.</summary>
    public ValueHandling Strategy { get; init; } = ValueHandling.Mean;

    /// <summary>The number of the strategy constant. Default: 0.</summary>
    public double FillValue { get; init; }

    /// <summary>
    /// The category of the strategy constant, for encoded columns that are named. Default: scikit-learn's <c>missing_value</c>; for columns of numbers
    /// <see cref="FillValue"/>. Of ordinal ones it must not be a number, which would be taken for that of a category.
    /// </summary>
    public string? FillCategory { get; init; }

    /// <summary>
    /// Whether each column that it fills, and that has missing values in the training rows, gives one more feature, <c>missingindicator_COLUMN</c>: 1 where a
    /// value is missing, else 0. They stand behind all others. Default: false.
    /// </summary>
    public bool AddIndicator { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!ValueRules.IsFilled(Strategy))
            throw new ArgumentException($"Parameter strategy of simple-imputer: wanted mean, median, most_frequent, zero or constant, found {Strategy}.");

        if (!double.IsFinite(FillValue))
            throw new ArgumentException($"Parameter fill-value of simple-imputer: wanted a finite number, found {FillValue}.");

        if (FillCategory != null && (Strategy != ValueHandling.Constant || Columns.Count == 0))
            throw new ArgumentException($"Parameter fill-value of simple-imputer: wanted the strategy constant and the columns that are filled with the text '{FillCategory}', found {(Columns.Count == 0 ? "no columns" : $"{Strategy}")}.");
    }

    /// <summary>The category that missing values of an encoded column count as.</summary>
    /// <param name="column">The column.</param>
    /// <param name="areNumbers">Whether it holds numbers.</param>
    /// <param name="categories">Its categories, in any order.</param>
    /// <exception cref="DatasetException">There is none that it could be.</exception>
    internal string CategoryFor(string column, bool areNumbers, IReadOnlyList<Category> categories)
    {
        if (Strategy == ValueHandling.MostFrequent)
        {
            // Of equally frequent ones the first in order, as the sort is stable.
            IEnumerable<Category> inOrder = Category.InOrder([.. categories.Where(c => c.Label != null)], areNumbers);
            return inOrder.OrderByDescending(c => c.Weight).FirstOrDefault().Label ?? throw NoValue(column);
        }

        if (!areNumbers)
            return FillCategory ?? MissingValue;

        return GivesCategory ? FillCategory! : NumberCodes.TextOf(NumberOf(FillCategory) ?? FillValue);
    }

    /// <summary>Whether the strategy is to put a category, and no number, in the place of missing values.</summary>
    internal bool GivesCategory => FillCategory != null && NumberOf(FillCategory) == null;

    /// <summary>What a feature is filled with before anything is measured: the number of the strategy constant, else 0.</summary>
    /// <exception cref="ArgumentException">It is filled with a category.</exception>
    internal double NumberFor(string feature)
    {
        if (GivesCategory)
            throw new ArgumentException($"Option impute: wanted a number to fill '{feature}' with, found '{FillCategory}', which only columns of categories (one-hot, ordinal, hash) can be filled with.");

        return Strategy == ValueHandling.Constant ? FillValue : 0;
    }

    static double? NumberOf(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    /// <summary>The rules with the means that they want.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="moments">What was measured on tiles in which values to be filled were left as they are.</param>
    /// <param name="measuredOn">The scaling of those tiles.</param>
    /// <param name="features">Names of the features.</param>
    /// <exception cref="DatasetException">A feature has no value that a mean could be made of.</exception>
    internal static ValueRules WithMeans(ValueRules rules, Moments moments, FeatureScaling measuredOn, IReadOnlyList<string> features)
    {
        var means = new double[measuredOn.Count];
        for (int j = 0; j < means.Length; j++)
        {
            if (!(moments.Weight[j] > 0))
                throw NoValue(features[j]);

            means[j] = measuredOn.Restore(j, moments.Mean[j]);
        }

        return rules with { Means = means };
    }

    /// <summary>The rules with the means and medians that they want, in the units of the data.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="summaries">What was measured of features in which values to be filled were left as they are.</param>
    /// <param name="features">Names of the features.</param>
    /// <exception cref="DatasetException">A feature has no value that a mean or median could be made of.</exception>
    internal static ValueRules WithStatistics(ValueRules rules, IReadOnlyList<FeatureSummary> summaries, IReadOnlyList<string> features)
    {
        for (int j = 0; j < features.Count; j++)
        {
            if ((rules.UsesMeans || rules.UsesMedians) && !(summaries[j].Weight > 0))
                throw NoValue(features[j]);
        }

        return rules with
        {
            Means = rules.UsesMeans ? [.. summaries.Select(s => s.Mean)] : null,
            Medians = rules.UsesMedians ? [.. summaries.Select(s => s.Quantiles([0.5])[0])] : null,
        };
    }

    /// <summary>The rules with what each feature that has an imputer of its own is filled with, in the units of the data.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="features">Names of the features.</param>
    /// <param name="weightOf">Weight of a feature's values.</param>
    /// <param name="meanOf">Their mean.</param>
    /// <param name="summaryOf">What else is known of them; asked for medians and most frequent values only.</param>
    /// <exception cref="DatasetException">A feature has no value that it could be filled with, or more than can be counted.</exception>
    internal static ValueRules WithFills(
        ValueRules rules, IReadOnlyList<string> features, Func<int, double> weightOf, Func<int, double> meanOf, Func<int, FeatureSummary> summaryOf)
    {
        if (rules.MissingByFeature is not { } handling)
            return rules;

        double[] fills = [.. rules.MissingFills!];
        for (int j = 0; j < fills.Length; j++)
        {
            if (handling[j] is not (ValueHandling.Mean or ValueHandling.Median or ValueHandling.MostFrequent))
                continue;

            if (!(weightOf(j) > 0))
                throw NoValue(features[j]);

            fills[j] = handling[j] switch
            {
                ValueHandling.Mean => meanOf(j),
                ValueHandling.Median => summaryOf(j).Quantiles([0.5])[0],
                _ => MostFrequentOf(summaryOf(j).Counts!, features[j]),
            };
        }

        return rules with { MissingFills = fills };
    }

    static double MostFrequentOf(ValueCounts counts, string feature) => !counts.AreTooMany ? counts.MostFrequent : throw new DatasetException(
        $"Feature '{feature}' has more than {ValueCounts.Most:N0} different values, which are more than can be counted one by one: fill it with the median (impute).");

    static DatasetException NoValue(string feature) => new(
        $"Feature '{feature}' has no finite value in the rows to learn from, so there is nothing to fill it with. "
        + "Leave the column out (--exclude).");

    /// <summary>Adds to what was measured the values that are to be filled, so that it tells of the rows as they will be.</summary>
    internal static void Fill(ValueRules rules, IReadOnlyList<FeatureSummary> summaries)
    {
        for (int j = 0; rules.Fills && j < summaries.Count; j++)
        {
            (double missing, double infinite) = (summaries[j].MissingWeight, summaries[j].InfiniteWeight);
            summaries[j].AddConstant(rules.FillOf(isMissing: true, j), missing);
            summaries[j].AddConstant(rules.FillOf(isMissing: false, j), infinite);
        }
    }

    /// <summary>Adds to what was measured the values that are to be filled, so that it tells of the rows as they will be.</summary>
    internal static void Fill(ValueRules rules, Moments moments, FeatureScaling measuredOn)
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
