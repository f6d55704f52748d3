using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Preprocessing;

/// <summary>All that one pass measures of the columns before an estimator sees them.</summary>
/// <param name="moments">Moments of all features, where they are wanted.</param>
/// <param name="summaries">Summaries of all features, where they are wanted.</param>
/// <param name="categories">Counts of the features that are codes.</param>
sealed class ColumnMeasures(Moments? moments, FeatureSummaries? summaries, IReadOnlyList<CategoryCounts> categories) : ISum<ColumnMeasures>
{
    /// <summary>Moments of all features, where they were wanted.</summary>
    public Moments? Moments => moments;

    /// <summary>Summaries of all features, where they were wanted.</summary>
    public FeatureSummaries? Summaries => summaries;

    /// <summary>Counts of the features that are codes.</summary>
    public IReadOnlyList<CategoryCounts> Categories => categories;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        moments?.Add(tile);
        summaries?.Add(tile);
        foreach (CategoryCounts counts in categories)
            counts.Add(tile);
    }

    /// <inheritdoc/>
    public void Merge(ColumnMeasures other)
    {
        moments?.Merge(other.Moments!);
        summaries?.Merge(other.Summaries!);
        for (int i = 0; i < categories.Count; i++)
            categories[i].Merge(other.Categories[i]);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        moments?.Persist(state);
        summaries?.Persist(state);
        foreach (CategoryCounts counts in categories)
            counts.Persist(state);
    }
}
