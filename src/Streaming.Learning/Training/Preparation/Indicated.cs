using Streaming.Learning.Data;
using Streaming.Learning.Preprocessing;

namespace Streaming.Learning.Training.Preparation;

/// <summary>A column, or an element of lists, of which a feature tells whether it is missing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MissingWeight">Weight of the rows where it is.</param>
/// <param name="OtherWeight">Weight of the others.</param>
readonly record struct Indicated(string Name, double MissingWeight, double OtherWeight)
{
    /// <summary>Those of some values that are missing in some rows.</summary>
    /// <param name="names">The values.</param>
    /// <param name="measured">The columns as they were measured.</param>
    /// <param name="found">What was measured of their features.</param>
    /// <param name="categories">The categories of columns that stood as codes.</param>
    public static IReadOnlyList<Indicated> Find(
        IReadOnlyList<string> names, ColumnSelection measured, ColumnMeasures found, IReadOnlyDictionary<string, IReadOnlyList<Category>> categories)
    {
        HashSet<string> wanted = [.. names];
        var missing = new List<Indicated>();
        foreach (FeatureColumn column in measured.FeatureColumns.Where(c => c.IsRead))
        {
            foreach ((string name, int k) in column.ValueNames.Select((name, k) => (name, k)).Where(v => wanted.Contains(v.name)))
            {
                (double without, double with) = categories.TryGetValue(column.Name, out IReadOnlyList<Category>? own)
                    ? (own.Where(c => c.Label == null).Sum(c => c.Weight), own.Where(c => c.Label != null).Sum(c => c.Weight))
                    : WeightsOf(found, column.First + k);
                if (without > 0)
                    missing.Add(new Indicated(name, without, with));
            }
        }

        return missing;
    }

    /// <summary>Those of some values that the footers tell to be missing in some rows, as far as they do.</summary>
    public static IReadOnlyList<string> Expect(IReadOnlyList<string> names, Dataset dataset, ColumnSelection columns)
    {
        IEnumerable<string> lists = columns.FeatureColumns.Where(c => c is { Encoding: null, Length: not null }).SelectMany(c => c.FeatureNames);
        return [.. names.Except(lists).Where(name => dataset.RowGroups.Any(g =>
            g.File.RequireColumn(name).Stored is not { } stored || g.File.Parquet.RowGroups[g.Index].Chunks[stored.Index].NullCount > 0))];
    }

    static (double Without, double With) WeightsOf(ColumnMeasures found, int feature)
    {
        if (found.Moments is { } moments)
            return (moments.Missing[feature], moments.Weight[feature] + moments.Infinite[feature]);

        FeatureSummary summary = found.Summaries!.Features[feature];
        return (summary.MissingWeight, summary.Weight + summary.InfiniteWeight);
    }
}
