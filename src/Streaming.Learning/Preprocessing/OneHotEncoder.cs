using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Parquet;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// A feature per category of a column of strings, numbers or booleans: 1 in rows that have it, else 0. scikit-learn's
/// <c>OneHotEncoder</c>, whose order of categories and rules for infrequent ones it has; missing values are a category of their own.
/// </summary>
/// <param name="columns">Names or patterns of the columns.</param>
public sealed class OneHotEncoder(params IReadOnlyList<string> columns) : ColumnTransformer(columns)
{
    /// <inheritdoc/>
    public override string Name => "one-hot-encoder";

    /// <summary>
    /// Categories of fewer training rows share one feature: a number of rows from 1 on, or a share of the rows below 1. Default: none does.
    /// </summary>
    public double? MinFrequency { get; init; }

    /// <summary>Most features of a column, at least 2: the categories of the fewest rows share one. Default: no limit.</summary>
    public int? MaxCategories { get; init; }

    /// <summary>What becomes of categories that training has not seen. Default: ignore; scikit-learn's is error.</summary>
    public HandleUnknown HandleUnknown { get; init; } = HandleUnknown.Ignore;

    internal override bool WantsCategories => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (MinFrequency is { } least && !(least > 0 && (least < 1 || least == Math.Floor(least))))
            throw new ArgumentException($"Option min-frequency: wanted a whole number of rows, or a share of them between 0 and 1, found {least}.");

        if (MaxCategories < 2)
            throw new ArgumentException($"Option max-categories: wanted a whole number of at least 2, found {MaxCategories}.");
    }

    internal override ColumnEncoding Encode(DatasetColumn column, IReadOnlyList<Category> categories, string? missingAs)
    {
        Category[] ordered = [.. Category.InOrder(categories, column.Kind == ColumnKind.Number)];
        double rows = ordered.Sum(c => (double)c.Rows);
        double least = MinFrequency is { } given ? given < 1 ? given * rows : given : 0;
        bool[] isInfrequent = [.. ordered.Select(c => c.Rows < least)];

        // The feature of infrequent ones counts whether there is one or not, as in scikit-learn.
        if (MaxCategories < isInfrequent.Count(i => !i) + 1)
        {
            foreach (int i in Enumerable.Range(0, ordered.Length).OrderBy(i => ordered[i].Rows).SkipLast(MaxCategories.Value - 1))
                isInfrequent[i] = true;
        }

        return new OneHotEncoding(LabelsOf(false), LabelsOf(true), HandleUnknown) { MissingAs = missingAs };

        string?[] LabelsOf(bool infrequent) => [.. ordered.Where((_, i) => isInfrequent[i] == infrequent).Select(c => c.Label)];
    }
}
