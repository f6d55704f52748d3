using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.State;

namespace Streaming.Learning.Training.Preparation;

/// <summary>
/// What a run makes of the columns before the estimator sees them: encodings, filling, scaling. What they need to know is measured in one pass,
/// in which a column of categories stands as one feature, the code of its category.
/// </summary>
sealed class FeaturePreparation : IPersistent, IDisposable
{
    readonly Dataset dataset;
    readonly TrainingOptions options;
    readonly bool isShiftInvariant;
    readonly EncodedColumns encoded;
    readonly FeatureSteps steps;
    readonly FeatureMeasurement measurement;
    readonly FeatureFacts facts;
    FeatureScaling scaling;
    bool isMeasured;

    /// <summary>Finds the columns; of those that are not measured yet, what the footers lead to expect.</summary>
    public FeaturePreparation(Estimator estimator, Dataset dataset, TrainingOptions options, CancellationToken cancellation)
    {
        this.dataset = dataset;
        this.options = options;
        isShiftInvariant = estimator.IsShiftInvariant;
        encoded = new EncodedColumns(dataset, options);
        steps = new FeatureSteps(dataset, options, encoded);
        if (options.Init != null)
        {
            Measured = Columns = EarlierModel.SelectColumns(options.Init, estimator, dataset, options, cancellation);
        }
        else
        {
            Measured = ColumnSelection.Resolve(dataset, options.Features, options.Exclude, options.Target, options.Weight, cancellation, encoded.AsMeasured());
            Measured = steps.WithProducts(Measured);
            Columns = WithIndicators(Measured.With(encoded.AsExpected()), Indicated.Expect(steps.IndicatedOf(Measured), dataset, Measured));
        }

        int[] codes = [.. Measured.FeatureColumns.Where(c => encoded.HasCategoriesOf(c.Name)).Select(c => c.First)];
        Rules = options.Init == null ? steps.RulesOf(Measured) : options.Rules;
        scaling = FeatureScaling.Identity(Measured.Features.Count);
        if (options.Init == null)
            steps.Check(Measured, Rules);

        facts = steps.FactsOf(Rules);
        string purpose = steps.PurposeOf(facts, Rules);
        if (options is { Scalers: [MinMaxScaler { Columns.Count: 0 } scaler], Distributors.Count: 0, Init: null } && FooterRanges.Of(dataset, Measured, options) is { } ranges)
        {
            facts = FeatureFacts.None;
            scaling = scaler.ToScaling(ranges);
        }

        HashSet<int> counted = [.. Enumerable.Range(0, Measured.Features.Count).Where(j => Rules.MissingByFeature?[j] == ValueHandling.MostFrequent).Except(codes)];
        measurement = new FeatureMeasurement(Measured.Features.Count, purpose, facts, codes, counted);
    }

    /// <summary>The columns as the measuring pass reads them.</summary>
    public ColumnSelection Measured { get; }

    /// <summary>The columns as the estimator's passes read them; before the measuring pass, as they are expected to be.</summary>
    public ColumnSelection Columns { get; private set; }

    /// <summary>How the values of the features become those of tiles.</summary>
    public FeatureScaling Scaling => scaling;

    /// <summary>How they become those of tiles while they are measured: quantiles are those of the values as they are.</summary>
    public FeatureScaling MeasuredScaling => facts == FeatureFacts.Summaries ? FeatureScaling.Identity(Measured.Features.Count) : scaling;

    /// <summary>What becomes of missing and infinite values.</summary>
    public ValueRules Rules { get; private set; }

    /// <summary>Whether there is something to measure.</summary>
    public bool NeedsPass => facts != FeatureFacts.None || encoded.HasCategories;

    /// <summary>What the measuring pass holds.</summary>
    public PassPlan Plan() => measurement.Plan(
        options.BatchSize, Columns.FeatureColumns.Where(c => encoded.HasCategoriesOf(c.Name)).Sum(c => c.Count));

    /// <summary>Takes over what a model has learned of the features.</summary>
    public void Take(ModelHeader header)
    {
        scaling = header.Scaling;
        Rules = header.Rules;
    }

    /// <summary>Takes values near the data off the features, where that matters.</summary>
    public void FindPivots(CancellationToken cancellation)
    {
        if (facts == FeatureFacts.Moments || (isShiftInvariant && options.Scalers is not [MinMaxScaler { Columns.Count: 0 }]))
            scaling = PivotPeek.Find(dataset, Measured, cancellation);
    }

    /// <summary>The pass that measures.</summary>
    public Pass NewPass() => measurement.NewPass(Complete);

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref isMeasured);
        string? encodings = isMeasured ? EncodingText.Write(Columns.Encoded) : null;
        state.Text(ref encodings);
        if (state.IsReading && encodings != null)
        {
            IReadOnlyList<FeatureColumn> columns = EncodingText.Read(encodings);
            Columns = Measured.With(columns.Where(c => c.IsRead).ToDictionary(c => c.Name, c => c.Encoding!));
            Columns = WithIndicators(Columns, [.. columns.Select(c => c.Encoding).OfType<MissingIndicatorEncoding>().SelectMany(i => i.Of)]);
            Rules = steps.RulesOf(Columns);
        }

        encoded.Persist(state);
        (double[] offset, double[] factor) = (scaling.Offset.ToArray(), scaling.Factor.ToArray());
        state.Array(ref offset);
        state.Array(ref factor);
        scaling = new FeatureScaling(offset, factor);
        Rules = Rules with { Means = Persisted(state, Rules.Means), Medians = Persisted(state, Rules.Medians), MissingFills = Persisted(state, Rules.MissingFills) };
    }

    static ColumnSelection WithIndicators(ColumnSelection columns, IReadOnlyList<string> of) =>
        of.Count > 0 ? columns.WithMade("missing indicators", new MissingIndicatorEncoding(of)) : columns;

    static double[]? Persisted(StateStream state, IReadOnlyList<double>? statistics)
    {
        double[] values = statistics == null ? [] : [.. statistics];
        state.Array(ref values);
        return values.Length == 0 ? null : values;
    }

    void Complete(ColumnMeasures found)
    {
        Dictionary<string, IReadOnlyList<Category>> categories = [];
        foreach ((string column, int i) in Measured.FeatureColumns.Select(c => c.Name).Where(encoded.HasCategoriesOf).Select((c, i) => (c, i)))
            categories[column] = encoded.CategoriesOf(column, found.Categories[i]);

        IReadOnlyList<Indicated> indicated = Indicated.Find(steps.IndicatedOf(Measured), Measured, found, categories);
        Columns = WithIndicators(Measured.With(encoded.AsFound(categories)), [.. indicated.Select(i => i.Name)]);
        Rules = steps.RulesOf(Columns);
        isMeasured = true;
        Dispose();
        var features = new MeasuredFeatures(Measured, Columns, encoded, categories, indicated);
        FeatureScaling pivots = features.Pivots(scaling);
        scaling = isShiftInvariant ? pivots : FeatureScaling.Identity(Columns.Features.Count);
        if (found.Moments != null)
            Learn(features.Of(found.Moments), pivots);
        else if (found.Summaries != null)
            Learn(features.Of(found.Summaries));
    }

    void Learn(Moments moments, FeatureScaling pivots)
    {
        if (Rules.UsesMeans)
            Rules = SimpleImputer.WithMeans(Rules, moments, pivots, Columns.Features);

        Rules = SimpleImputer.WithFills(
            Rules, Columns.Features, j => moments.Weight[j], j => pivots.Restore(j, moments.Mean[j]), _ => throw new InvalidOperationException("Moments are no summaries."));
        if (steps.ScaleOrDistribute)
        {
            SimpleImputer.Fill(Rules, moments, pivots);
            FeatureScaling standard = StandardScaler.ToScaling(moments, pivots);
            scaling = FeatureScaler.Combined([.. steps.LastOf(Columns).Select(s => s as FeatureScaler)], j => (standard.Offset[j], standard.Factor[j]), scaling);
        }
    }

    void Learn(FeatureSummary[] summaries)
    {
        Rules = SimpleImputer.WithStatistics(Rules, summaries, Columns.Features);
        Rules = SimpleImputer.WithFills(
            Rules, Columns.Features, j => summaries[j].Weight, j => summaries[j].Mean, j => summaries[j]);
        if (steps.ScaleOrDistribute)
        {
            SimpleImputer.Fill(Rules, summaries);
            FeatureTransformer?[] last = steps.LastOf(Columns);
            scaling = FeatureScaler.ToScaling([.. last.Select(s => s as FeatureScaler)], summaries, scaling);
            (Columns, Rules, scaling) = Distribution.Apply(last, summaries, Columns, Rules, scaling);
        }
    }

    /// <inheritdoc cref="EncodedColumns.Dispose"/>
    public void Dispose() => encoded.Dispose();
}
