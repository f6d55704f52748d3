using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>Weight of the rows by their class and the class that was predicted, and the scores that follow from these alone.</summary>
/// <param name="classes">The labels in class order.</param>
sealed class ConfusionMatrix(IReadOnlyList<string> classes) : IPersistent
{
    readonly int count = classes.Count;
    readonly double[] weights = new double[classes.Count * classes.Count];

    /// <summary>[classes × classes], row-major; rows are the classes that the data have, columns those that were predicted.</summary>
    internal ReadOnlySpan<double> Weights => weights;

    /// <summary>Weight of all rows.</summary>
    internal double Total => weights.Sum();

    /// <summary>Share of the rows whose class was predicted.</summary>
    internal double Accuracy => Enumerable.Range(0, count).Sum(Correct) / Total;

    /// <summary>Mean recall of the classes that the data have.</summary>
    internal double BalancedAccuracy =>
        Enumerable.Range(0, count).Where(c => Actual(c) > 0).Select(Recall).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Adds a row.</summary>
    internal void Add(int actual, int predicted, double weight) => weights[actual * count + predicted] += weight;

    /// <summary>Adds the rows of another matrix.</summary>
    internal void Merge(ConfusionMatrix other)
    {
        for (int i = 0; i < weights.Length; i++)
            weights[i] += other.weights[i];
    }

    /// <inheritdoc/>
    public void Persist(StateStream state) => state.Values(weights.AsSpan());

    /// <summary>Means over the classes, plain (<c>macro</c>) and by the weight of their rows (<c>weighted</c>).</summary>
    internal IEnumerable<Metric> Averages() =>
    [
        new Metric("f1_macro", Macro(F1)),
        new Metric("f1_weighted", Weighted(F1)),
        new Metric("precision_macro", Macro(Precision)),
        new Metric("precision_weighted", Weighted(Precision)),
        new Metric("recall_macro", Macro(Recall)),
        new Metric("recall_weighted", Weighted(Recall)),
    ];

    /// <summary>Scores of each class.</summary>
    internal IEnumerable<Metric> ByClass() => Enumerable.Range(0, count).SelectMany(c => new[]
    {
        new Metric("precision", Precision(c), classes[c]),
        new Metric("recall", Recall(c), classes[c]),
        new Metric("f1", F1(c), classes[c]),
        new Metric("support", Actual(c), classes[c]),
    });

    /// <summary>The matrix for people and programs.</summary>
    internal ScoreTable ToTable() => new(
        "confusion_matrix",
        "Confusion matrix (rows: class in the data, columns: predicted class)",
        ["class", .. classes],
        [.. classes.Select((label, c) => (label, weights[(c * count)..((c + 1) * count)]))]);

    // Without such rows a quotient is 0 / 0, which is NaN: not defined.
    double Precision(int c) => Correct(c) / Predicted(c);

    double Recall(int c) => Correct(c) / Actual(c);

    double F1(int c) => 2 * Correct(c) / (Actual(c) + Predicted(c));

    double Correct(int c) => weights[c * count + c];

    double Actual(int c) => Enumerable.Range(0, count).Sum(other => weights[c * count + other]);

    double Predicted(int c) => Enumerable.Range(0, count).Sum(other => weights[other * count + c]);

    // As in scikit-learn: over the classes that the data have or that were predicted; what is not defined counts as 0.
    double Macro(Func<int, double> score) =>
        Enumerable.Range(0, count).Where(c => Actual(c) + Predicted(c) > 0).Select(c => OrZero(score(c))).DefaultIfEmpty(double.NaN).Average();

    double Weighted(Func<int, double> score) => Enumerable.Range(0, count).Sum(c => Actual(c) * OrZero(score(c))) / Total;

    static double OrZero(double value) => double.IsNaN(value) ? 0 : value;
}
