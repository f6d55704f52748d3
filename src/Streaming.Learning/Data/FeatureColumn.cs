using Streaming.Learning.Data.Encodings;
using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>A column that features are read from: one feature, or, of a column of lists, one per element, or as many as its encoding gives.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="First">Number of its first feature.</param>
/// <param name="Length">Elements of each row's list; null where the column is no list but a feature itself.</param>
public sealed record FeatureColumn(string Name, int First, int? Length)
{
    /// <summary>How its values become features; null where they are numbers already.</summary>
    public ColumnEncoding? Encoding { get; init; }

    /// <summary>Whether there is such a column in the data: not so for products of others, and for what tells of missing values of others.</summary>
    internal bool IsRead => Encoding is null or RawEncoding;

    /// <summary>Features that it gives.</summary>
    public int Count => Encoding?.Count ?? Length ?? 1;

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> FeatureNames =>
        Encoding?.NamesFor(Name) ?? (Length is { } length ? [.. Enumerable.Range(0, length).Select(k => Data.FeatureNames.OfElement(Name, k))] : [Name]);

    /// <summary>Names of the values that a row has there: that of the column, or of the elements of its list.</summary>
    internal IReadOnlyList<string> ValueNames => Encoding == null ? FeatureNames : [Name];

    /// <summary>What a row says whose list does not fit the others.</summary>
    internal DatasetException Refuse(Dataset dataset, DatasetRowGroup group, VectorLengthException e)
    {
        string found = e.Found == 0 ? "an empty list" : $"{e.Found}";
        return new DatasetException(
            $"Feature '{Name}' must have a list of {e.Wanted} elements in every row, found {found} "
            + $"in {dataset.Locate(group.FirstRow + e.Row)}. Clean the data, leave such rows out (--where), or leave the column out.");
    }
}
