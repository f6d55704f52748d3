using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>Scores predictions as a sum over rows: exact or with a stated error, and mergeable.</summary>
public abstract class Scorer : ISum<Scorer>
{
    long rowCount;

    /// <summary>Rows scored so far.</summary>
    public long RowCount
    {
        get => rowCount;
        protected set => rowCount = value;
    }

    /// <inheritdoc/>
    public abstract void Add(RowBatch tile);

    /// <inheritdoc/>
    public abstract void Merge(Scorer other);

    /// <summary>The scores of the rows seen so far.</summary>
    public abstract IReadOnlyList<Metric> Results();

    /// <summary>What takes a table to say; none unless a scorer has some.</summary>
    public virtual IReadOnlyList<ScoreTable> Tables() => [];

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref rowCount);
        PersistSums(state);
    }

    /// <summary>Shows all sums but the count of rows to <paramref name="state"/>.</summary>
    protected abstract void PersistSums(StateStream state);
}

/// <summary>One score.</summary>
/// <param name="Name">scikit-learn's name where it has one: <c>accuracy</c>, <c>log_loss</c>, <c>roc_auc</c>, <c>r2</c>.</param>
/// <param name="Value">Its value; NaN where it is not defined (and then left out of reports).</param>
/// <param name="Class">Label of the class that it is about, for scores per class; null otherwise.</param>
public sealed record Metric(string Name, double Value, string? Class = null);

/// <summary>Scores that belong together in rows and columns.</summary>
/// <param name="Name">Name for programs: <c>confusion_matrix</c>.</param>
/// <param name="Title">What it shows, for people.</param>
/// <param name="Columns">Names of the columns; the first one names the rows.</param>
/// <param name="Rows">Row name and values.</param>
public sealed record ScoreTable(string Name, string Title, IReadOnlyList<string> Columns, IReadOnlyList<(string Name, double[] Values)> Rows);
