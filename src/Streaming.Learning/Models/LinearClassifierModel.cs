using Streaming.Learning.Data;
using Streaming.Learning.Metrics;

namespace Streaming.Learning.Models;

/// <summary>
/// Predicts one of a set of classes from linear scores (intercept plus the sum of coefficient times feature). Two classes have one
/// score, the log-odds of class 1: its probability is the sigmoid of the score, and class 1 is predicted where that is above 0.5.
/// More classes have a score each: probabilities are their softmax, and the highest is predicted (of equals, the first).
/// </summary>
public sealed class LinearClassifierModel : LinearScoreModel, ILoadableModel<LinearClassifierModel>
{
    const string IterationsName = "n_iter";

    /// <summary>Creates a model.</summary>
    /// <param name="header">What the model knows about itself; its target has two or more classes.</param>
    /// <param name="coef">Coefficients on the scaled features: [1 × features] for two classes, [classes × features] for more.</param>
    /// <param name="intercept">Scores where all scaled features are 0: one for two classes, one per class for more.</param>
    /// <param name="iterations">Steps that its optimiser took, for estimators that go on until they are there; otherwise null.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a value isn't finite.</exception>
    public LinearClassifierModel(ModelHeader header, double[] coef, double[] intercept, int? iterations = null)
        : base(header, coef, intercept)
    {
        NIter = iterations;
        Tensors = [.. ScoreTensors, .. iterations is { } taken ? [new Tensor(IterationsName, [], [taken])] : Array.Empty<Tensor>()];
        Outputs = OutputColumn.ForClasses(Classes);
    }

    /// <inheritdoc/>
    public static string KindName => "linear-classifier";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override IReadOnlyList<OutputColumn> Outputs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Steps that the optimiser took, where one went on until it was there; otherwise null.</summary>
    public int? NIter { get; }

    private protected override string ScoreName => "log-odds";

    /// <inheritdoc/>
    public static LinearClassifierModel FromTensors(ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors) =>
        new(header, tensors.ValuesOf("coef", rank: 2), tensors.ValuesOf("intercept", rank: 1), Iterations(tensors));

    /// <inheritdoc/>
    public override void Predict(RowBatch tile, Span<double> output)
    {
        CheckPrediction(tile, output);
        int rows = tile.RowCount;
        if (Classes.Count == 2)
        {
            Score(tile, output[(2 * rows)..]);
            Probabilities.Logistic(output, rows);
        }
        else
        {
            Score(tile, output[rows..]);
            Probabilities.Softmax(output, rows, Classes.Count);
        }
    }

    /// <inheritdoc/>
    public override Scorer NewScorer() => new ClassificationScorer(Classes, Predict);

    static int? Iterations(IReadOnlyDictionary<string, Tensor> tensors)
    {
        if (!tensors.ContainsKey(IterationsName))
            return null;

        double count = tensors.ValuesOf(IterationsName, rank: 0)[0];
        return count >= 0 && count == (int)count
            ? (int)count
            : throw new ArgumentException($"Wanted a count as {IterationsName}, found {count}.");
    }
}
