using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Preprocessing;

namespace Streaming.Learning.Training.Preparation;

/// <summary>Which of a run's steps fills, multiplies, scales or distributes each of the features, and what a pass must measure for them.</summary>
/// <param name="dataset">The data.</param>
/// <param name="options">The steps.</param>
/// <param name="encoded">Knows the columns that are encoded.</param>
sealed class FeatureSteps(Dataset dataset, TrainingOptions options, EncodedColumns encoded)
{
    /// <summary>Whether features are scaled or distributed.</summary>
    public bool ScaleOrDistribute => options.Scalers.Count > 0 || options.Distributors.Count > 0;

    /// <summary>Per feature the step that scales or distributes it; null for none.</summary>
    public FeatureTransformer?[] LastOf(ColumnSelection columns) =>
        FeatureTransformer.ByFeature<FeatureTransformer>([.. options.Scalers, .. options.Distributors], dataset, columns);

    /// <summary>The rules for missing and infinite values. Until they are measured, means and medians are 0.</summary>
    public ValueRules RulesOf(ColumnSelection columns)
    {
        // A number that is for all features is another one for each that is distributed.
        bool isOneForAll = options.Distributors.Count == 0 || options.Rules.OnMissing is not (ValueHandling.Constant or ValueHandling.Zero);
        if (isOneForAll && options.Imputers.All(i => i.Columns.Count == 0 && i.Strategy != ValueHandling.MostFrequent))
            return options.Rules;

        SimpleImputer?[] imputers = [.. FillersOf(columns).SelectMany(f => Enumerable.Repeat(encoded.IsFilled(f.Column.Name) ? null : f.Imputer, f.Column.Count))];
        if (isOneForAll && imputers.All(i => i == null))
            return options.Rules;

        return options.Rules with
        {
            MissingByFeature = [.. imputers.Select(i => i?.Strategy ?? options.OnMissing)],
            MissingFills = [.. imputers.Select((i, j) => i?.NumberFor(columns.Features[j]) ?? 0)],
        };
    }

    /// <summary>The values of rows, columns or elements of lists, of which a feature is to tell whether they are missing, where any is.</summary>
    public IReadOnlyList<string> IndicatedOf(ColumnSelection columns) =>
        [.. FillersOf(columns).Where(f => f.Imputer?.AddIndicator == true).SelectMany(f => f.Column.ValueNames)];

    /// <summary>The columns, and behind them the products of their features.</summary>
    /// <exception cref="ArgumentException">There is nothing to multiply.</exception>
    public ColumnSelection WithProducts(ColumnSelection columns)
    {
        PolynomialFeatures?[] steps = FeatureTransformer.ByFeature(options.Polynomials, dataset, columns);
        ColumnSelection all = columns;
        foreach (PolynomialFeatures step in options.Polynomials)
        {
            FeatureColumn[] own = [.. columns.FeatureColumns.Where(c => steps[c.First] == step)];
            RequireNumbers(step, own);
            string[] factors = [.. own.Where(c => c.Encoding == null).SelectMany(c => c.FeatureNames)];
            if (factors.Length < (step.InteractionOnly ? 2 : 1))
                throw new ArgumentException($"Step {step.Name}: wanted {(step.InteractionOnly ? "at least two features" : "a feature")} that are numbers to multiply, found {(factors.Length == 0 ? "none" : $"only '{factors[0]}'")}.");

            all = all.WithMade("products", new PolynomialEncoding(factors, step.InteractionOnly));
        }

        return all;
    }

    /// <summary>Checks that steps can work on what they are to work on.</summary>
    /// <exception cref="ArgumentException">One can't: names the column.</exception>
    public void Check(ColumnSelection columns, ValueRules rules)
    {
        FeatureTransformer?[] last = LastOf(columns);
        foreach (QuantileTransformer step in options.Distributors)
        {
            FeatureColumn[] own = [.. columns.FeatureColumns.Where(c => last[c.First] == step)];
            RequireNumbers(step, own);
            if (own.FirstOrDefault(c => c is { Encoding: null, Length: not null }) is { } list)
                throw new ArgumentException($"Column '{list.Name}' holds lists, which {step.Name} can't distribute: leave it out (--exclude), or name the columns that are to be distributed.");
        }

        // The measuring pass multiplies values as they are.
        foreach (string factor in columns.FeatureColumns.Select(c => c.Encoding).OfType<PolynomialEncoding>().SelectMany(p => p.Of))
        {
            int j = columns.Features.ToList().IndexOf(factor);
            if (last[j] is QuantileTransformer)
                throw new ArgumentException($"Feature '{factor}' is multiplied (polynomial-features) and distributed (quantile-transformer): wanted one of both. Name the columns of each.");

            if (ValueRules.IsFilled(rules.HandlingOf(isMissing: true, j)) || ValueRules.IsFilled(rules.OnInfinite))
            {
                throw new ArgumentException(
                    $"Feature '{factor}' is multiplied (polynomial-features) and filled (imputer, on-missing or on-infinite): wanted one of both. Name the columns of each, or leave rows with missing values out "
                    + "(on-missing drop).");
            }
        }
    }

    /// <summary>What a pass must find out of the features before the estimator sees them.</summary>
    public FeatureFacts FactsOf(ValueRules rules)
    {
        if (options.Init != null)
            return FeatureFacts.None;

        if (options.Scalers.Any(s => s.WantsSummaries) || options.Distributors.Count > 0 || rules.UsesMedians || FillsWith(rules, ValueHandling.Median) || FillsWith(rules, ValueHandling.MostFrequent))
            return FeatureFacts.Summaries;

        return options.Scalers.Count > 0 || rules.UsesMeans || FillsWith(rules, ValueHandling.Mean) || options.Imputers.Any(i => i.AddIndicator) ? FeatureFacts.Moments : FeatureFacts.None;
    }

    /// <summary>What the pass is for that finds out such facts.</summary>
    public string PurposeOf(FeatureFacts facts, ValueRules rules) => options switch
    {
        { Scalers.Count: > 0 } when facts == FeatureFacts.Moments => "standardise",
        { Scalers: [StandardScaler], Distributors.Count: 0 } => "standardise",
        { Scalers.Count: > 0 } or { Distributors.Count: > 0 } => "ranges and quantiles",
        _ when FillsWith(rules, ValueHandling.MostFrequent) => "values to fill with",
        _ when facts == FeatureFacts.Summaries => "medians",
        _ when rules.UsesMeans || FillsWith(rules, ValueHandling.Mean) => "means",
        _ => facts == FeatureFacts.Moments ? "missing values" : "categories",
    };

    static bool FillsWith(ValueRules rules, ValueHandling handling) => rules.MissingByFeature?.Contains(handling) == true;

    // A pattern may match more than numbers.
    static void RequireNumbers(FeatureTransformer step, FeatureColumn[] columns)
    {
        if (columns.FirstOrDefault(c => c.Encoding != null && step.Columns.Contains(c.Name)) is { } column)
            throw new ArgumentException($"Column '{column.Name}' of {step.Name}: wanted a column of numbers, found one that is encoded. Leave it out.");
    }

    // What fills the missing values of each column; nothing does where they are a category, unless that is filled, or where there are none.
    IEnumerable<(FeatureColumn Column, SimpleImputer? Imputer)> FillersOf(ColumnSelection columns)
    {
        SimpleImputer?[] imputers = FeatureTransformer.ByFeature(options.Imputers, dataset, columns);
        return columns.FeatureColumns.Select(c => (c, c.IsRead && encoded.CanBeFilled(c.Name) ? imputers[c.First] : null));
    }
}
