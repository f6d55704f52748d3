using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Parquet;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// The number of a category in order, from 0 on, as one feature of a column of strings, numbers or booleans: scikit-learn's
/// <c>OrdinalEncoder</c>. A missing value stays one.
/// </summary>
/// <param name="columns">Names or patterns of the columns.</param>
public sealed class OrdinalEncoder(params IReadOnlyList<string> columns) : ColumnTransformer(columns)
{
    /// <inheritdoc/>
    public override string Name => "ordinal-encoder";

    /// <summary>
    /// What categories are that training has not seen; null where they end the run, as is scikit-learn's default. Default: -1.
    /// </summary>
    public double? UnknownValue { get; init; } = -1;

    internal override bool WantsCategories => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (UnknownValue is { } value && !double.IsFinite(value))
            throw new ArgumentException($"Parameter unknown-value: wanted a finite number, found {value}.");
    }

    internal override bool KeepsMissing => true;

    internal override ColumnEncoding Encode(DatasetColumn column, IReadOnlyList<Category> categories, string? missingAs) => new OrdinalEncoding(
        [.. Category.InOrder(categories, column.Kind == ColumnKind.Number).Where(c => c.Label != null).Select(c => c.Label!)], UnknownValue) { MissingAs = missingAs };
}
