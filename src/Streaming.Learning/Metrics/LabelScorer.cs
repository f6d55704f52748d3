using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// Scores predicted classes of models that have no probabilities, weighted by the rows' weights: <c>accuracy</c>,
/// <c>balanced_accuracy</c>, and per class <c>precision</c>, <c>recall</c>, <c>f1</c> and <c>support</c>; for more than two classes also
/// their means.
/// </summary>
public sealed class LabelScorer : Scorer
{
    readonly IReadOnlyList<string> classes;
    readonly PredictionBuffer predictions;
    readonly ConfusionMatrix confusion;

    /// <summary>Creates an empty scorer.</summary>
    /// <param name="classes">The labels in class order; two or more.</param>
    /// <param name="predict">Writes the index of the predicted class, then what else the model tells.</param>
    /// <param name="columns">Columns that it writes.</param>
    public LabelScorer(IReadOnlyList<string> classes, TilePrediction predict, int columns)
    {
        this.classes = classes;
        predictions = new PredictionBuffer(predict, columns);
        confusion = new ConfusionMatrix(classes);
    }

    /// <inheritdoc/>
    public override void Add(RowBatch tile)
    {
        ReadOnlySpan<double> output = predictions.Of(tile);
        ReadOnlySpan<double> target = tile.Target;
        for (int row = 0; row < tile.RowCount; row++)
            confusion.Add((int)target[row], (int)output[row], tile.WeightOf(row));

        RowCount += tile.RowCount;
    }

    /// <inheritdoc/>
    public override void Merge(Scorer other)
    {
        confusion.Merge(((LabelScorer)other).confusion);
        RowCount += other.RowCount;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Results() =>
    [
        new Metric("accuracy", confusion.Accuracy),
        new Metric("balanced_accuracy", confusion.BalancedAccuracy),
        .. classes.Count > 2 ? confusion.Averages() : [],
        .. confusion.ByClass(),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<ScoreTable> Tables() => [confusion.ToTable()];

    /// <inheritdoc/>
    protected override void PersistSums(StateStream state) => confusion.Persist(state);
}
