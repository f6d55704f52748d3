using System.Numerics;
using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// Scores predicted classes and probabilities: <c>accuracy</c>, <c>log_loss</c>, <c>roc_auc</c> (for more than two classes the mean
/// over the classes, each against the rest) and, per class, <c>precision</c>, <c>recall</c>, <c>f1</c> and <c>support</c> (the weight
/// of its rows). All are weighted by the rows' weights. A score is NaN where it isn't defined: precision of a class that was never
/// predicted, recall of one that never occurred, <c>roc_auc</c> if a class is missing.
/// </summary>
public sealed class ClassificationScorer : Scorer
{
    // scikit-learn's since 1.2: the distance from 1 to the next double.
    const double Epsilon = 2.220446049250313e-16;

    readonly IReadOnlyList<string> classes;
    readonly PredictionBuffer predictions;
    readonly double[] confusion;
    readonly ProbabilityHistogram[] histograms;
    double loss;

    /// <summary>Creates an empty scorer.</summary>
    /// <param name="classes">The labels in class order; two or more.</param>
    /// <param name="predict">Writes the index of the predicted class, then one column of probabilities per class.</param>
    public ClassificationScorer(IReadOnlyList<string> classes, TilePrediction predict)
    {
        this.classes = classes;
        predictions = new PredictionBuffer(predict, 1 + classes.Count);
        confusion = new double[classes.Count * classes.Count];
        histograms = new ProbabilityHistogram[classes.Count == 2 ? 1 : classes.Count];

        // 4096 bins per octave for two classes; for more so many fewer that all classes together need about the same memory.
        int bits = Math.Max(4, 13 - BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)classes.Count)));
        for (int c = 0; c < histograms.Length; c++)
            histograms[c] = new ProbabilityHistogram(bits);
    }

    /// <summary>Weight of the rows of each class (rows) predicted as each class (columns); [classes × classes], row-major.</summary>
    public ReadOnlySpan<double> ConfusionMatrix => confusion;

    /// <summary>
    /// How far <c>roc_auc</c> is from its exact value at most. It is computed from a histogram whose bins are 2⁻¹² wide relative to
    /// the probability (or to its distance from 1), coarser for more than two classes; a pair of rows in the same bin counts half,
    /// as a tie does. This is half the share of such pairs, of which ties are a part, so the error itself is mostly far smaller.
    /// </summary>
    public double RocAucErrorBound => histograms.Average(h => h.RocAuc().ErrorBound);

    /// <inheritdoc/>
    public override void Add(RowBatch tile)
    {
        ReadOnlySpan<double> output = predictions.Of(tile);
        ReadOnlySpan<double> target = tile.Target;
        int rows = tile.RowCount;
        double tileLoss = 0;
        for (int row = 0; row < rows; row++)
        {
            int actual = (int)target[row];
            double weight = tile.WeightOf(row);
            confusion[actual * classes.Count + (int)output[row]] += weight;
            tileLoss -= weight * Math.Log(Math.Clamp(output[(1 + actual) * rows + row], Epsilon, 1 - Epsilon));
        }

        loss += tileLoss;
        RowCount += rows;
        if (classes.Count == 2)
        {
            for (int row = 0; row < rows; row++)
                histograms[0].Add(output[2 * rows + row], output[rows + row], target[row] == 1, tile.WeightOf(row));

            return;
        }

        for (int c = 0; c < classes.Count; c++)
        {
            ReadOnlySpan<double> probability = output.Slice((1 + c) * rows, rows);
            for (int row = 0; row < rows; row++)
                histograms[c].Add(probability[row], 1 - probability[row], target[row] == c, tile.WeightOf(row));
        }
    }

    /// <inheritdoc/>
    public override void Merge(Scorer other)
    {
        var from = (ClassificationScorer)other;
        for (int i = 0; i < confusion.Length; i++)
            confusion[i] += from.confusion[i];

        for (int c = 0; c < histograms.Length; c++)
            histograms[c].Merge(from.histograms[c]);

        loss += from.loss;
        RowCount += from.RowCount;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Results()
    {
        double weight = confusion.Sum();
        double correct = Enumerable.Range(0, classes.Count).Sum(c => confusion[c * classes.Count + c]);
        return
        [
            new Metric("accuracy", correct / weight),
            new Metric("log_loss", loss / weight),
            new Metric("roc_auc", histograms.Average(h => h.RocAuc().Area)),
            .. Enumerable.Range(0, classes.Count).SelectMany(ResultsOf),
        ];
    }

    /// <inheritdoc/>
    protected override void PersistSums(StateStream state)
    {
        state.Value(ref loss);
        state.Values(confusion.AsSpan());
        foreach (ProbabilityHistogram histogram in histograms)
            histogram.Persist(state);
    }

    IEnumerable<Metric> ResultsOf(int c)
    {
        double correct = confusion[c * classes.Count + c], actual = 0, predicted = 0;
        for (int other = 0; other < classes.Count; other++)
        {
            actual += confusion[c * classes.Count + other];
            predicted += confusion[other * classes.Count + c];
        }

        // Without such rows a quotient is 0 / 0, which is NaN: not defined.
        yield return new Metric("precision", correct / predicted, classes[c]);
        yield return new Metric("recall", correct / actual, classes[c]);
        yield return new Metric("f1", 2 * correct / (actual + predicted), classes[c]);
        yield return new Metric("support", actual, classes[c]);
    }
}
