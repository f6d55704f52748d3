using Streaming.Learning.Data;

namespace Streaming.Learning.Models;

/// <summary>What every model knows about itself.</summary>
/// <param name="Estimator">Name of the estimator that learned it, such as <c>sgd-classifier</c>.</param>
/// <param name="Features">Names of the features, in the order of the arrays.</param>
/// <param name="Scaling">How file values become the values the model works on.</param>
/// <param name="Target">The target column, or null.</param>
/// <param name="Parameters">The estimator's parameters, by their scikit-learn names, as invariant text.</param>
/// <param name="Summary">What it was trained on.</param>
public sealed record ModelHeader(
    string Estimator,
    IReadOnlyList<string> Features,
    FeatureScaling Scaling,
    TargetInfo? Target,
    IReadOnlyDictionary<string, string> Parameters,
    TrainingSummary Summary)
{
    /// <summary>The columns whose values become features through an encoding; all other features are columns, or elements of lists, themselves.</summary>
    public IReadOnlyList<FeatureColumn> Encoded { get; init; } = [];

    /// <summary>Type of each column that features are read from, as the first file has it ("INT32", "STRING"); empty where nobody has noted it.</summary>
    public IReadOnlyDictionary<string, string> ColumnTypes { get; init; } = new Dictionary<string, string>();

    /// <summary>What becomes of missing and infinite values.</summary>
    public ValueRules Rules { get; init; } = ValueRules.Strict;

    /// <summary>
    /// What the estimator had learned, as far as it wants it to go on from the model with other rows; empty where it is not kept. For the
    /// estimator alone to understand.
    /// </summary>
    public byte[] TrainingState { get; init; } = [];
}

/// <summary>What a model was trained on: facts of the data and the options, none of the machine.</summary>
/// <param name="Rows">Rows used per epoch.</param>
/// <param name="HoldoutRows">Rows kept back for scoring.</param>
/// <param name="Epochs">Epochs.</param>
/// <param name="Passes">Passes over the data in all.</param>
/// <param name="Partitions">Partitions the row groups were dealt to.</param>
/// <param name="BatchSize">Rows per tile.</param>
/// <param name="Seed">Seed of all randomness.</param>
/// <param name="Standardized">Whether features were standardised.</param>
/// <param name="WeightColumn">Name of the weight column, or null.</param>
public sealed record TrainingSummary(
    long Rows, long HoldoutRows, int Epochs, int Passes, int Partitions, int BatchSize, long Seed, bool Standardized, string? WeightColumn)
{
    /// <summary>
    /// SHA-256 of the lengths and footers of the files in their order, wherever they lie, in hexadecimal; null where nobody has noted it. The footers
    /// hold the places and statistics of all column chunks.
    /// </summary>
    public string? DataFingerprint { get; init; }

    /// <summary>The condition that the rows fit, as it was written; null for all rows.</summary>
    public string? Where { get; init; }

    /// <summary>Rows that did not fit it.</summary>
    public long FilteredRows { get; init; }

    /// <summary>Rows that were left out of training for their values; such rows among those held out count as held out.</summary>
    public long RejectedRows { get; init; }

    /// <summary>Rows that the models before had learned from, where the run went on from a finished one.</summary>
    public long EarlierRows { get; init; }
}
