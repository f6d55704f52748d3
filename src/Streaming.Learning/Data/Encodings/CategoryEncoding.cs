using Streaming.Parquet;

namespace Streaming.Learning.Data.Encodings;

/// <summary>
/// An encoding of categories: texts, numbers ("12") and booleans ("true"), each by its text, and null. A category gives one of the features
/// a value; in the others its rows have 0.
/// </summary>
public abstract class CategoryEncoding : RawEncoding
{
    /// <summary>What columns must hold.</summary>
    internal const string Wanted = "strings, numbers or booleans";

    internal sealed override string Wants => Wanted;

    /// <summary>The category that missing values count as, whether training had it or not; null: they are missing ones. Default: null.</summary>
    public string? MissingAs { get; init; }

    /// <summary>The feature that a category gives a value, and the value; null where it gives none.</summary>
    /// <param name="category">The category; null for missing values.</param>
    public abstract (int Feature, double Value)? Find(string? category);

    internal sealed override bool Accepts(DatasetColumn column) => HoldsCategories(column);

    /// <summary>Whether the values of a column are categories.</summary>
    internal static bool HoldsCategories(DatasetColumn column) => column.Kind is ColumnKind.Text or ColumnKind.Boolean or ColumnKind.Number;

    /// <summary>Whether they are read by their texts; otherwise they are numbers that are no integers in the file.</summary>
    internal static bool AreTexts(DatasetColumn column) => column.Kind != ColumnKind.Number || column.Stored?.IsInteger != false;
}
