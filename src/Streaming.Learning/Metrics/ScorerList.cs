using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>Scores several models in one pass over the same rows.</summary>
/// <param name="scorers">An empty scorer per model.</param>
/// <param name="workers">Merge them.</param>
sealed class ScorerList(Scorer[] scorers, Workers workers) : ISum<ScorerList>
{
    /// <summary>The scorer of each model.</summary>
    public IReadOnlyList<Scorer> Scorers => scorers;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        foreach (Scorer scorer in scorers)
            scorer.Add(tile);
    }

    /// <inheritdoc/>
    public void Merge(ScorerList other) => workers.Share(scorers.Length, i => scorers[i].Merge(other.Scorers[i]));

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        foreach (Scorer scorer in scorers)
            scorer.Persist(state);
    }
}
