using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;

namespace Streaming.Learning.Training;

/// <summary>How to train. The defaults train on all columns of all rows, once.</summary>
public sealed record TrainingOptions
{
    const int MostBatchSize = 1 << 24;

    /// <summary>Target column; wanted by estimators that learn one.</summary>
    public string? Target { get; init; }

    /// <summary>Names or patterns (<c>*</c>, <c>?</c>) of feature columns; a column of lists of numbers gives a feature per element. Default: all columns but target and weight.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Names or patterns of columns that are no features. Default: none.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>
    /// Steps that make features of columns of strings, categories and dates; such columns are features whatever <see cref="Features"/> names.
    /// Default: none.
    /// </summary>
    public IReadOnlyList<Transformer> Preprocessing { get; init; } = [];

    /// <summary>Column with a weight per row (finite, at least 0). Default: each row weighs 1.</summary>
    public string? Weight { get; init; }

    /// <summary>Whether a first pass measures mean and standard deviation of every feature, and training sees standardised features. Default: false.</summary>
    public bool Standardize { get; init; }

    /// <summary>What becomes of rows with a missing value (null or NaN) in a feature, the target or the weight. Default: they end the run.</summary>
    public ValueHandling OnMissing { get; init; }

    /// <summary>What becomes of rows with an infinite value likewise. Default: they end the run.</summary>
    public ValueHandling OnInfinite { get; init; }

    /// <summary>Passes of the training loop, for estimators that have one. Default: 1.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Most rows per tile, from 1 to 2^24. Default: 1024.</summary>
    public int BatchSize { get; init; } = 1024;

    /// <summary>Seed of all randomness. Default: 0.</summary>
    public long Seed { get; init; }

    /// <summary>Threads that decode and learn; the result does not depend on it. Default: the processors of this machine.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Partitions that the row groups are dealt to; the result depends on it. Default: <see cref="Data.Partitions.Default"/>, at most one per row group.</summary>
    public int Partitions { get; init; } = Data.Partitions.Default;

    /// <summary>Share of rows, chosen by a hash of their position, that is kept back for scoring; in [0, 1). Default: 0.</summary>
    public double HoldoutFraction { get; init; }

    /// <summary>Rows to score the model on, in place of a holdout. Default: none.</summary>
    public Dataset? Validation { get; init; }

    /// <summary>
    /// Whether to stop when epochs no longer lower the error on the held-out or validation rows (log-loss, RMSE, inertia), and to keep what had been
    /// learned by the end of the best epoch; wants such rows, and an estimator with epochs. Default: false.
    /// </summary>
    public bool EarlyStopping { get; init; }

    /// <summary>Epochs in a row without improvement after which early stopping stops, at least 1. Default: 5.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>Share of the lowest error so far by which an epoch must lower it to count as an improvement, from 0 to below 1. Default: 0.0001.</summary>
    public double MinImprovement { get; init; } = 1e-4;

    /// <summary>
    /// A finished model to go on from, as if the rows came after those it was trained on: of the same estimator, parameters, features, target and
    /// standardisation, with the state of its training. Its scaling and classes stay. Default: none.
    /// </summary>
    public Model? Init { get; init; }

    /// <summary>
    /// Whether the model keeps the state of its training however large that is, so that a later run can go on from it; without this it does up to
    /// 16 MiB. Default: false.
    /// </summary>
    public bool SaveState { get; init; }

    /// <summary>Where and when the run is written down, to be resumed. Default: nowhere.</summary>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>Where decoded tiles are kept for the passes that come after the first; the model does not depend on it. Default: nowhere.</summary>
    public CacheOptions? Cache { get; init; }

    /// <summary>Told of progress about ten times a second, on a worker's thread. Default: nobody.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>
    /// Told, a line each, what the user may want to know while the run goes on: where it was resumed, broken checkpoints that were skipped, a target
    /// that looks like a number where classes are learnt. Default: nobody.
    /// </summary>
    public IProgress<string>? Notices { get; init; }

    /// <summary>The steps that scale features.</summary>
    internal IReadOnlyList<FeatureScaler> Scalers => [.. Preprocessing.OfType<FeatureScaler>(), .. Standardize ? [new StandardScaler()] : Array.Empty<FeatureScaler>()];

    /// <summary>The steps that fill missing values.</summary>
    internal IReadOnlyList<SimpleImputer> Imputers => [.. Preprocessing.OfType<SimpleImputer>()];

    /// <summary>The steps that distribute features.</summary>
    internal IReadOnlyList<QuantileTransformer> Distributors => [.. Preprocessing.OfType<QuantileTransformer>()];

    /// <summary>The steps that multiply features.</summary>
    internal IReadOnlyList<PolynomialFeatures> Polynomials => [.. Preprocessing.OfType<PolynomialFeatures>()];

    /// <summary>The rules for values before anything is measured, but for those of single columns.</summary>
    internal ValueRules Rules => Imputers.FirstOrDefault(i => i.Columns.Count == 0) is { } imputer
        ? new(imputer.Strategy, OnInfinite) { FillValue = imputer.FillValue }
        : new(OnMissing, OnInfinite);

    /// <summary>Whether there are rows for scoring only.</summary>
    internal bool KeepsRowsForScoring => HoldoutFraction > 0 || Validation != null;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">An option is out of range: names it, what was wanted, what was found.</exception>
    public void Validate()
    {
        ValidateSteps();
        Cache?.Validate();
        RefuseAsFeature(Features, Target, "target");
        RefuseAsFeature(Features, Weight, "weight");
        AtLeastOne(Epochs, "epochs");
        if (BatchSize is < 1 or > MostBatchSize)
            throw new ArgumentException($"Option batch-size: wanted a whole number from 1 to {MostBatchSize}, found {BatchSize}.");

        AtLeastOne(Workers, "workers");
        AtLeastOne(Partitions, "partitions");
        AtLeastOne(Patience, "patience");
        if (!(MinImprovement is >= 0 and < 1))
            throw new ArgumentException($"Option min-improvement: wanted a fraction of at least 0 and below 1, found {MinImprovement}.");

        if (!(HoldoutFraction is >= 0 and < 1))
            throw new ArgumentException($"Option holdout: wanted a fraction of at least 0 and below 1, found {HoldoutFraction}.");

        if (HoldoutFraction > 0 && Validation != null)
            throw new ArgumentException("Options holdout and validation exclude each other: give one of them.");

        if (EarlyStopping && !KeepsRowsForScoring)
            throw new ArgumentException("Option early-stopping wants rows to score each epoch on: give holdout or validation.");
    }

    // Features are made, then filled, then scaled: in the one order in which a tile can be made while it is decoded.
    void ValidateSteps()
    {
        foreach (Transformer step in Preprocessing)
            step.Validate();

        if (OnMissing == ValueHandling.MostFrequent || OnInfinite == ValueHandling.MostFrequent)
            throw new ArgumentException("Options on-missing and on-infinite: wanted error, drop, mean, zero, median or constant, found most_frequent, which simple-imputer (impute) has for missing values.");

        int[] ranks = [.. Preprocessing.Select(s => s switch { ColumnTransformer => 0, SimpleImputer => 1, PolynomialFeatures => 2, _ => 3 })];
        if (!ranks.SequenceEqual(ranks.Order()))
            throw new ArgumentException($"Wanted steps in the order of encoders, imputer, polynomial features, scaler; found {string.Join(", ", Preprocessing.Select(s => s.Name))}.");

        FeatureTransformer[] last = [.. Scalers, .. Distributors];
        if (last.Count(s => s.Columns.Count == 0) > 1)
            throw new ArgumentException($"Wanted one scaler or quantile-transformer of all columns that no other names, found {string.Join(", ", [.. Preprocessing.Where(s => s is (FeatureScaler or QuantileTransformer) and FeatureTransformer { Columns.Count: 0 }).Select(s => s.Name), .. Standardize ? ["standardize"] : Array.Empty<string>()])}.");

        if (Polynomials.Count(p => p.Columns.Count == 0) > 1)
            throw new ArgumentException("Wanted one polynomial-features of all columns that no other names, found several.");

        int general = Imputers.Count(i => i.Columns.Count == 0);
        if (general > 1 || (general > 0 && OnMissing != ValueHandling.Error))
            throw new ArgumentException("Wanted one way to treat missing values of a column, found two: give one imputer (impute) that names no columns, or on-missing.");
    }

    // A pattern that fits it as well just leaves it out.
    internal static void RefuseAsFeature(IReadOnlyList<string> features, string? column, string role)
    {
        if (column != null && features.Contains(column))
            throw new ArgumentException($"Option features: wanted columns to learn from, found '{column}', which is the {role}: leave it out here, or name another {role}.");
    }

    internal static void AtLeastOne(int value, string option)
    {
        if (value < 1)
            throw new ArgumentException($"Option {option}: wanted a whole number of at least 1, found {value}.");
    }
}
