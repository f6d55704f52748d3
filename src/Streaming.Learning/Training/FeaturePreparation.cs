using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.State;
using Streaming.Parquet;

namespace Streaming.Learning.Training;

/// <summary>
/// What a run makes of the columns before the estimator sees them: encodings, filling, scaling. What they need to know is measured in one pass,
/// in which a column of categories stands as one feature, the code of its category.
/// </summary>
sealed class FeaturePreparation : IPersistent, IDisposable
{
    // A column of whole numbers with a wider range is not expected to have a category for each of them.
    const double MostCategoriesByRange = 256;

    readonly Dataset dataset;
    readonly TrainingOptions options;
    readonly bool isShiftInvariant;
    readonly OrderedDictionary<string, ColumnTransformer> transformers = [];
    readonly Dictionary<string, CategoryTable> tables = [];
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
        if (options.Init != null)
        {
            Measured = Columns = EarlierModel.SelectColumns(options.Init, estimator, dataset, options, cancellation);
        }
        else
        {
            FindTransformers();
            var encodings = transformers.ToDictionary(t => t.Key, t => MeasuredAs(t.Key, t.Value));
            Measured = ColumnSelection.Resolve(dataset, options.Features, options.Exclude, options.Target, options.Weight, cancellation, encodings);
            if (options.Preprocessing.OfType<PolynomialFeatures>().FirstOrDefault() is { } polynomial)
                Measured = Measured.WithProducts(polynomial.InteractionOnly);

            Columns = Measured.With(EncodingsOf(ExpectedCategories));
        }

        int[] codes = [.. Measured.FeatureColumns.Where(c => tables.ContainsKey(c.Name)).Select(c => c.First)];
        Rules = options.Init == null ? RulesOf(Measured) : options.Rules;
        scaling = FeatureScaling.Identity(Measured.Features.Count);
        facts = options.Facts;
        if (facts == FeatureFacts.Summaries && options.Scalers is [MinMaxScaler { Columns.Count: 0 } scaler] && FooterRanges.Of(dataset, Measured, options) is { } ranges)
        {
            facts = FeatureFacts.None;
            scaling = scaler.ToScaling(ranges);
        }

        HashSet<int> counted = [.. Enumerable.Range(0, Measured.Features.Count).Where(j => Rules.MissingByFeature?[j] == ValueHandling.MostFrequent).Except(codes)];
        measurement = new FeatureMeasurement(Measured.Features.Count, PurposeOf(options), facts, codes, counted);
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
    public bool NeedsPass => facts != FeatureFacts.None || tables.Count > 0;

    /// <summary>What the measuring pass holds.</summary>
    public PassPlan Plan() => measurement.Plan(
        options.BatchSize, Columns.FeatureColumns.Where(c => tables.ContainsKey(c.Name)).Sum(c => c.Count));

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
        string? encoded = isMeasured ? EncodingText.Write(Columns.Encoded) : null;
        state.Text(ref encoded);
        if (state.IsReading && encoded != null)
        {
            Columns = Measured.With(EncodingText.Read(encoded).ToDictionary(c => c.Name, c => c.Encoding!));
            Rules = RulesOf(Columns);
        }

        foreach (CategoryTable table in tables.Values)
            table.Persist(state);

        (double[] offset, double[] factor) = (scaling.Offset.ToArray(), scaling.Factor.ToArray());
        state.Array(ref offset);
        state.Array(ref factor);
        scaling = new FeatureScaling(offset, factor);
        Rules = Rules with { Means = Persisted(state, Rules.Means), Medians = Persisted(state, Rules.Medians), MissingFills = Persisted(state, Rules.MissingFills) };
    }

    FeatureScaler?[] ScalersOf(ColumnSelection columns) => FeatureTransformer.ByFeature(options.Scalers, dataset, columns);

    // Until they are measured, means and medians are 0.
    ValueRules RulesOf(ColumnSelection columns)
    {
        if (options.Imputers.All(i => i.Columns.Count == 0 && i.Strategy != ValueHandling.MostFrequent))
            return options.Rules;

        SimpleImputer?[] imputers = FeatureTransformer.ByFeature(options.Imputers, dataset, columns);
        return options.Rules with
        {
            MissingByFeature = [.. imputers.Select(i => i?.Strategy ?? options.OnMissing)],
            MissingFills = [.. imputers.Select(i => i?.Strategy == ValueHandling.Constant ? i.FillValue : 0)],
        };
    }

    static double[]? Persisted(StateStream state, IReadOnlyList<double>? statistics)
    {
        double[] values = statistics == null ? [] : [.. statistics];
        state.Array(ref values);
        return values.Length == 0 ? null : values;
    }

    static string PurposeOf(TrainingOptions options) => options switch
    {
        { Facts: FeatureFacts.Moments, Scalers.Count: > 0 } or { Scalers: [StandardScaler] } => "standardise",
        { Scalers.Count: > 0 } or { Distributor: not null } => "ranges and quantiles",
        { Facts: FeatureFacts.Summaries } when options.Imputers.Any(i => i.Strategy == ValueHandling.MostFrequent) => "values to fill with",
        { Facts: FeatureFacts.Summaries } => "medians",
        { Facts: FeatureFacts.Moments } => "means",
        _ => "categories",
    };

    void FindTransformers()
    {
        foreach (ColumnTransformer transformer in options.Preprocessing.OfType<ColumnTransformer>())
        {
            foreach (string column in ColumnSelection.Match(dataset, transformer.Columns))
            {
                if (column == options.Target || column == options.Weight)
                    throw new ArgumentException($"Column '{column}' is the {(column == options.Target ? "target" : "weight")}: {transformer.Name} makes features.");

                if (!transformers.TryAdd(column, transformer))
                    throw new ArgumentException($"Column '{column}' is encoded twice, by {transformers[column].Name} and {transformer.Name}: name it once.");
            }
        }
    }

    ColumnEncoding MeasuredAs(string column, ColumnTransformer transformer)
    {
        if (!transformer.WantsCategories)
            return transformer.Encode(dataset.Files[0].RequireColumn(column), []);

        CategoryTable table = transformer.NewTable(column, dataset.Pool);
        tables.Add(column, table);
        return new CodeEncoding(table);
    }

    Dictionary<string, ColumnEncoding> EncodingsOf(Func<string, IReadOnlyList<Category>> categoriesOf) =>
        tables.Keys.ToDictionary(c => c, c => transformers[c].Encode(dataset.Files[0].RequireColumn(c), categoriesOf(c)));

    void Complete(ColumnMeasures found)
    {
        Dictionary<string, IReadOnlyList<Category>> categories = [];
        foreach ((string column, int i) in Measured.FeatureColumns.Select(c => c.Name).Where(tables.ContainsKey).Select((c, i) => (c, i)))
            categories[column] = CategoriesOf(tables[column], found.Categories[i]);

        Columns = Measured.With(EncodingsOf(column => categories[column]));
        Rules = RulesOf(Columns);
        isMeasured = true;
        Dispose();
        FeatureScaling pivots = PivotsOf();
        scaling = isShiftInvariant ? pivots : FeatureScaling.Identity(Columns.Features.Count);
        if (found.Moments != null)
            Learn(MomentsOf(found.Moments, categories), pivots);
        else if (found.Summaries != null)
            Learn(SummariesOf(found.Summaries, categories));
    }

    void Learn(Moments moments, FeatureScaling pivots)
    {
        if (Rules.UsesMeans)
            Rules = SimpleImputer.WithMeans(Rules, moments, pivots, Columns.Features);

        Rules = SimpleImputer.WithFills(
            Rules, Columns.Features, j => moments.Weight[j], j => pivots.Restore(j, moments.Mean[j]), _ => throw new InvalidOperationException("Moments are no summaries."));
        if (options.Scalers.Count > 0)
        {
            SimpleImputer.Fill(Rules, moments, pivots);
            FeatureScaling standard = StandardScaler.ToScaling(moments, pivots);
            scaling = FeatureScaler.Combined(ScalersOf(Columns), j => (standard.Offset[j], standard.Factor[j]), scaling);
        }
    }

    void Learn(FeatureSummary[] summaries)
    {
        Rules = SimpleImputer.WithStatistics(Rules, summaries, Columns.Features);
        Rules = SimpleImputer.WithFills(
            Rules, Columns.Features, j => summaries[j].Weight, j => summaries[j].Mean, j => summaries[j]);
        if (options.Scalers.Count > 0)
        {
            SimpleImputer.Fill(Rules, summaries);
            scaling = FeatureScaler.ToScaling(ScalersOf(Columns), summaries, scaling);
        }
        else if (options.Distributor is { } distributor)
        {
            SimpleImputer.Fill(Rules, summaries);
            Distribute(distributor, summaries);
        }
    }

    // In order, so that sums over them do not depend on who met which first.
    static IReadOnlyList<Category> CategoriesOf(CategoryTable table, CategoryCounts counts) =>
    [
        .. counts.Found
            .Select(f => new Category(f.Code == 0 ? null : table.LabelOf(f.Code - 1), f.Rows, f.Weight))
            .OrderBy(c => c.Label == null)
            .ThenBy(c => c.Label, StringComparer.Ordinal),
    ];

    // Columns of numbers are encoded then, and so is what they are filled with.
    void Distribute(QuantileTransformer distributor, FeatureSummary[] summaries)
    {
        var encodings = new Dictionary<string, ColumnEncoding>();
        double[]? means = Rules.Means?.ToArray(), medians = Rules.Medians?.ToArray();
        foreach (FeatureColumn column in Columns.FeatureColumns.Where(c => c.Encoding == null))
        {
            if (column.Length != null)
                throw new ArgumentException($"Column '{column.Name}' holds lists, which {distributor.Name} can't distribute: leave it out (--exclude).");

            QuantileEncoding encoding = distributor.Encode(summaries[column.First]);
            encodings.Add(column.Name, encoding);
            foreach (double[]? fill in new[] { means, medians })
            {
                if (fill != null)
                    fill[column.First] = encoding.Transform(fill[column.First]);
            }
        }

        Columns = Columns.With(encodings);
        Rules = Rules with { Means = means, Medians = medians };
        scaling = FeatureScaling.Identity(Columns.Features.Count);
    }

    // Codes were measured as they are, and so are the features that stand in their place.
    FeatureScaling PivotsOf()
    {
        var pivots = new double[Columns.Features.Count];
        foreach ((FeatureColumn measured, FeatureColumn column) in Measured.FeatureColumns.Zip(Columns.FeatureColumns))
        {
            if (!tables.ContainsKey(column.Name))
                scaling.Offset.Slice(measured.First, column.Count).CopyTo(pivots.AsSpan(column.First));
        }

        double[] ones = [.. pivots.Select(_ => 1.0)];
        return new FeatureScaling(pivots, ones);
    }

    Moments MomentsOf(Moments found, Dictionary<string, IReadOnlyList<Category>> categories)
    {
        var moments = new Moments(Columns.Features.Count);
        foreach ((FeatureColumn measured, FeatureColumn column) in Measured.FeatureColumns.Zip(Columns.FeatureColumns))
        {
            if (categories.TryGetValue(column.Name, out IReadOnlyList<Category>? own))
            {
                AddValues(column, own, (k, value, weight) => moments.AddConstant(column.First + k, value, weight));
                continue;
            }

            for (int k = 0; k < column.Count; k++)
                moments.Take(column.First + k, found, measured.First + k);
        }

        return moments;
    }

    FeatureSummary[] SummariesOf(FeatureSummaries found, Dictionary<string, IReadOnlyList<Category>> categories)
    {
        var summaries = new FeatureSummary[Columns.Features.Count];
        foreach ((FeatureColumn measured, FeatureColumn column) in Measured.FeatureColumns.Zip(Columns.FeatureColumns))
        {
            bool isCounted = categories.TryGetValue(column.Name, out IReadOnlyList<Category>? own);
            for (int k = 0; k < column.Count; k++)
                summaries[column.First + k] = isCounted ? new FeatureSummary(QuantileSketch.DefaultK, countsValues: true) : found.Features[measured.First + k];

            if (isCounted)
                AddValues(column, own!, (k, value, weight) => summaries[column.First + k].AddConstant(value, weight));
        }

        return summaries;
    }

    void AddValues(FeatureColumn column, IReadOnlyList<Category> categories, Action<int, double, double> add) => CategoryValues.Add(
        column.Count, categories, category => transformers[column.Name].Find((CategoryEncoding)column.Encoding!, category), add);

    // What the footers tell: as many categories as the range of whole numbers has room for; else two, until they have been found.
    IReadOnlyList<Category> ExpectedCategories(string name)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (DatasetRowGroup group in dataset.RowGroups)
        {
            if (group.File.RequireColumn(name).Stored is { Kind: ColumnKind.Number } stored
                && group.File.Parquet.RowGroups[group.Index].Chunks[stored.Index] is { Min: { } min, Max: { } max })
            {
                (low, high) = (Math.Min(low, min), Math.Max(high, max));
            }
        }

        int count = high - low < MostCategoriesByRange ? Math.Max(2, (int)(high - low) + 1) : 2;
        return [.. Enumerable.Range(0, count).Select(i => new Category($"{i + 1}", dataset.RowsToRead, dataset.RowsToRead))];
    }

    /// <summary>Forgets the categories that were counted, and gives their memory back to the pool's ledger.</summary>
    public void Dispose()
    {
        foreach (CategoryTable table in tables.Values)
            table.Dispose();
    }
}
