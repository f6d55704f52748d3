using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Models;

/// <summary>How the score of a class against the rest becomes a probability.</summary>
public enum ProbabilityLink
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The sigmoid of the score.</summary>
    Logistic,

    /// <summary>(score + 1) / 2, from 0 to 1: that of the loss modified_huber.</summary>
    ModifiedHuber,
}

/// <summary>
/// Predicts one of a set of classes from linear scores that were learned one class against the rest, or as margins: class 1 of two where the
/// score is above 0, of more the one with the highest score (of equals, the first). Where losses have probabilities those of
/// the classes are scaled to sum to 1, as scikit-learn's <c>SGDClassifier</c> has it; else the scores themselves are written
/// (<c>decision_function</c>).
/// </summary>
public sealed class MarginClassifierModel : LinearScoreModel, ILoadableModel<MarginClassifierModel>
{
    const string LinkName = "link";

    /// <summary>Creates a model.</summary>
    /// <param name="header">What the model knows about itself; its target has two or more classes.</param>
    /// <param name="coef">Coefficients on the scaled features: [1 × features] for two classes, [classes × features] for more.</param>
    /// <param name="intercept">Scores where all scaled features are 0: one for two classes, one per class for more.</param>
    /// <param name="link">How scores become probabilities.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a value isn't finite.</exception>
    public MarginClassifierModel(ModelHeader header, double[] coef, double[] intercept, ProbabilityLink link)
        : base(header, coef, intercept)
    {
        Link = Enum.IsDefined(link) ? link : throw new ArgumentException($"Wanted a link from 0 to 2, found {link}.", nameof(link));
        Tensors = [.. ScoreTensors, new Tensor(LinkName, [], [(double)link])];
        IEnumerable<OutputColumn> columns = Link != ProbabilityLink.None
            ? Classes.Select(label => new OutputColumn("probability_" + label, OutputKind.Number))
            : Classes.Skip(Classes.Count == 2 ? 1 : 0).Select(label => new OutputColumn("score_" + label, OutputKind.Number));
        Outputs = [new OutputColumn("prediction", OutputKind.Class), .. columns];
    }

    /// <inheritdoc/>
    public static string KindName => "margin-classifier";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override IReadOnlyList<OutputColumn> Outputs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>How scores become probabilities.</summary>
    public ProbabilityLink Link { get; }

    private protected override string ScoreName => "score";

    /// <inheritdoc/>
    public static MarginClassifierModel FromTensors(ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors) => new(
        header,
        tensors.ValuesOf("coef", rank: 2),
        tensors.ValuesOf("intercept", rank: 1),
        (ProbabilityLink)(int)tensors.ValuesOf(LinkName, rank: 0)[0]);

    /// <inheritdoc/>
    public override void Predict(RowBatch tile, Span<double> output)
    {
        CheckPrediction(tile, output);
        int rows = tile.RowCount, columns = Outputs.Count - 1;
        bool isPair = Classes.Count == 2;
        Score(tile, output[((isPair ? columns : 1) * rows)..]);
        for (int row = 0; row < rows; row++)
        {
            output[row] = isPair ? (output[columns * rows + row] > 0 ? 1 : 0) : Highest(output, row, rows);
            if (Link != ProbabilityLink.None)
                ToProbabilities(output, row, rows);
        }
    }

    /// <inheritdoc/>
    public override Scorer NewScorer() =>
        Link == ProbabilityLink.None ? new LabelScorer(Classes, Predict, Outputs.Count) : new ClassificationScorer(Classes, Predict);

    int Highest(ReadOnlySpan<double> output, int row, int rows)
    {
        int best = 0;
        for (int c = 1; c < Classes.Count; c++)
            best = output[(1 + c) * rows + row] > output[(1 + best) * rows + row] ? c : best;

        return best;
    }

    void ToProbabilities(Span<double> output, int row, int rows)
    {
        if (Classes.Count == 2)
        {
            double score = output[2 * rows + row];
            (output[rows + row], output[2 * rows + row]) = (Probability(-score), Probability(score));
            return;
        }

        double sum = 0;
        for (int c = 0; c < Classes.Count; c++)
            sum += output[(1 + c) * rows + row] = Probability(output[(1 + c) * rows + row]);

        for (int c = 0; c < Classes.Count; c++)
            output[(1 + c) * rows + row] = sum > 0 ? output[(1 + c) * rows + row] / sum : 1.0 / Classes.Count;
    }

    double Probability(double score) =>
        Link == ProbabilityLink.Logistic ? 1 / (1 + Elementary.Exp(-score)) : (Math.Clamp(score, -1, 1) + 1) / 2;
}
