namespace Streaming.Learning.Data;

/// <summary>What becomes of a value that is missing or infinite.</summary>
public enum ValueHandling
{
    /// <summary>The run ends, naming row and column.</summary>
    Error,

    /// <summary>Its row is left out and counted.</summary>
    Drop,

    /// <summary>A feature gets the mean of its finite values in the training rows, by weight; targets and weights can't be filled and end the run.</summary>
    Mean,

    /// <summary>A feature gets 0, in the units of the data; targets and weights can't be filled and end the run.</summary>
    Zero,

    /// <summary>A feature gets the median of those values, from a sketch (<see cref="QuantileSketch"/>); targets and weights can't be filled and end the run.</summary>
    Median,

    /// <summary>A feature gets <see cref="ValueRules.FillValue"/>; targets and weights can't be filled and end the run.</summary>
    Constant,

    /// <summary>
    /// A feature gets the most frequent of those values, of equals the smallest; targets and weights can't be filled and end the run. Only by
    /// <see cref="ValueRules.MissingByFeature"/>.
    /// </summary>
    MostFrequent,
}

/// <summary>
/// What becomes of rows whose values are no finite numbers. Part of every model, so that data are treated alike wherever it is used. The
/// means are those of scikit-learn's <c>SimpleImputer(strategy="mean")</c>, where rows have no weights.
/// </summary>
/// <param name="OnMissing">For missing values: null and NaN.</param>
/// <param name="OnInfinite">For infinite values, and for those of features that are beyond the range of float32 (±3.4e38) when they are scaled.</param>
public sealed record ValueRules(ValueHandling OnMissing, ValueHandling OnInfinite)
{
    /// <summary>Every value must be a finite number.</summary>
    public static ValueRules Strict { get; } = new(ValueHandling.Error, ValueHandling.Error);

    /// <summary>The mean of each feature, in the units of the data; null where none is wanted, or none measured yet.</summary>
    public IReadOnlyList<double>? Means { get; init; }

    /// <summary>The median of each feature likewise.</summary>
    public IReadOnlyList<double>? Medians { get; init; }

    /// <summary>What features get under the rule <see cref="ValueHandling.Constant"/>, in the units of the data. Default: 0.</summary>
    public double FillValue { get; init; }

    /// <summary>What becomes of missing values of each feature, where features are treated differently; null: <see cref="OnMissing"/> holds for all.</summary>
    public IReadOnlyList<ValueHandling>? MissingByFeature { get; init; }

    /// <summary>What each of them is filled with then, in the units of the data; 0 for those that are not filled.</summary>
    public IReadOnlyList<double>? MissingFills { get; init; }

    /// <summary>Whether rows can be left out.</summary>
    public bool Drops => OnMissing == ValueHandling.Drop || OnInfinite == ValueHandling.Drop;

    /// <summary>Whether values can be filled.</summary>
    public bool Fills => IsFilled(OnMissing) || IsFilled(OnInfinite) || MissingByFeature?.Any(IsFilled) == true;

    /// <summary>Whether values of all features are filled with means.</summary>
    public bool UsesMeans => OnMissing == ValueHandling.Mean || OnInfinite == ValueHandling.Mean;

    /// <summary>Whether values of all features are filled with medians.</summary>
    public bool UsesMedians => OnMissing == ValueHandling.Median || OnInfinite == ValueHandling.Median;

    /// <summary>Whether values that are to be filled are left as they are: for the pass that measures what to fill them with.</summary>
    internal bool IsMeasuring { get; init; }

    /// <summary>Whether the model is being used, so that other options are there than in training: for advice in errors.</summary>
    internal bool IsForModel { get; init; }

    /// <summary>The rules for using a model where every row wants an answer: none can be left out.</summary>
    internal ValueRules ForPrediction() => this with
    {
        OnMissing = OnMissing == ValueHandling.Drop ? ValueHandling.Error : OnMissing,
        OnInfinite = OnInfinite == ValueHandling.Drop ? ValueHandling.Error : OnInfinite,
        IsForModel = true,
    };

    internal static bool IsFilled(ValueHandling handling) => handling is not (ValueHandling.Error or ValueHandling.Drop);

    internal ValueHandling HandlingOf(bool isMissing) => isMissing ? OnMissing : OnInfinite;

    internal ValueHandling HandlingOf(bool isMissing, int feature) => isMissing && MissingByFeature != null ? MissingByFeature[feature] : HandlingOf(isMissing);

    /// <summary>What a feature's values are filled with, in the units of the data.</summary>
    internal double FillOf(bool isMissing, int feature) => isMissing && MissingFills != null ? MissingFills[feature] : HandlingOf(isMissing) switch
    {
        ValueHandling.Mean => Means![feature],
        ValueHandling.Median => Medians![feature],
        ValueHandling.Constant => FillValue,
        _ => 0,
    };
}
