using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Preprocessing;

/// <summary>A step that works on features, those of encoded columns among them; of all columns, or of some.</summary>
public abstract class FeatureTransformer : Transformer
{
    /// <summary>
    /// Names or patterns (<c>*</c>, <c>?</c>) of the columns whose features it works on. Default: none, which is all columns that no other step of its
    /// kind names.
    /// </summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>
    /// Which of several steps of a kind works on each feature: the one that names its column, else the one that names none; null for no step. What
    /// tells of a column's missing values goes with the column.
    /// </summary>
    /// <exception cref="ArgumentException">A column is named twice, or is no feature.</exception>
    internal static T?[] ByFeature<T>(IReadOnlyList<T> steps, Dataset dataset, ColumnSelection columns)
        where T : FeatureTransformer
    {
        Dictionary<string, T> named = [];
        foreach (T step in steps)
        {
            foreach (string column in ColumnSelection.Match(dataset, step.Columns))
            {
                // A pattern may match more than features.
                bool isFeature = columns.FeatureColumns.Any(c => c.Name == column);
                if (!isFeature && !step.Columns.Contains(column))
                    continue;

                if (!isFeature)
                    throw new ArgumentException($"Column '{column}' of {step.Name}: wanted a column that features are made of, found one that is none. Leave it out.");

                if (!named.TryAdd(column, step))
                    throw new ArgumentException($"Column '{column}' is named twice, for {named[column].Name} and {step.Name}: name it once.");
            }
        }

        var columnOf = new Lazy<Dictionary<string, FeatureColumn>>(
            () => columns.FeatureColumns.Where(c => c.IsRead).SelectMany(c => c.ValueNames.Select(value => (value, c))).DistinctBy(v => v.value).ToDictionary(v => v.value, v => v.c));
        T? rest = steps.FirstOrDefault(s => s.Columns.Count == 0);
        return [.. columns.FeatureColumns.SelectMany(c => c.Encoding is MissingIndicatorEncoding indicator
            ? indicator.Of.Select(value => StepOf(columnOf.Value[value]))
            : Enumerable.Repeat(StepOf(c), c.Count))];

        T? StepOf(FeatureColumn column) => (column.IsRead ? named.GetValueOrDefault(column.Name) : null) ?? rest;
    }
}
