using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// Scores predicted classes and probabilities, weighted by the rows' weights:
/// <list type="bullet">
/// <item><c>accuracy</c>, <c>balanced_accuracy</c> (mean recall), <c>log_loss</c>;</item>
/// <item><c>brier_score_loss</c>: mean squared distance of the probability of class 1 from what came true; for more than two
/// classes the sum of these over the classes, as scikit-learn has it since 1.7;</item>
/// <item><c>roc_auc</c> and <c>average_precision</c> (the area under the curve of precision over recall): of class 1; for more than
/// two classes the mean over the classes, each against the rest;</item>
/// <item><c>expected_calibration_error</c>, from the bins of the calibration curve: of class 1, or of the predicted class where
/// there are more than two;</item>
/// <item>per class <c>precision</c>, <c>recall</c>, <c>f1</c> and <c>support</c> (the weight of its rows); for more than two
/// classes also their means, <c>f1_macro</c>, <c>f1_weighted</c> and so on.</item>
/// </list>
/// A score is NaN where it isn't defined: precision of a class that was never predicted, recall of one that never occurred,
/// <c>roc_auc</c> if a class is missing.
/// </summary>
public sealed class ClassificationScorer : Scorer
{
    // scikit-learn's since 1.2: the distance from 1 to the next double.
    const double Epsilon = 2.220446049250313e-16;

    readonly IReadOnlyList<string> classes;
    readonly PredictionBuffer predictions;
    readonly ConfusionMatrix confusion;
    readonly CalibrationBins calibration = new();
    readonly ProbabilityHistogram[] histograms;
    double logLoss;
    double squares;

    /// <summary>Creates an empty scorer.</summary>
    /// <param name="classes">The labels in class order; two or more.</param>
    /// <param name="predict">Writes the index of the predicted class, then one column of probabilities per class.</param>
    public ClassificationScorer(IReadOnlyList<string> classes, TilePrediction predict)
    {
        this.classes = classes;
        predictions = new PredictionBuffer(predict, 1 + classes.Count);
        confusion = new ConfusionMatrix(classes);
        histograms = new ProbabilityHistogram[classes.Count == 2 ? 1 : classes.Count];

        for (int c = 0; c < histograms.Length; c++)
            histograms[c] = new ProbabilityHistogram(BitsFor(classes.Count));
    }

    /// <summary>Memory of such a scorer, if the probabilities of the rows lie within a dozen octaves on either side.</summary>
    public static long BytesFor(int classes, int batchSize)
    {
        const int UsualOctaves = 24;
        long histograms = classes == 2 ? 1 : classes;
        return sizeof(double) * (classes * (long)classes + (1L + classes) * batchSize + histograms * UsualOctaves * (4 << BitsFor(classes)));
    }

    /// <summary>Weight of the rows of each class (rows) predicted as each class (columns); [classes × classes], row-major.</summary>
    public ReadOnlySpan<double> ConfusionMatrix => confusion.Weights;

    /// <summary>
    /// How far <c>roc_auc</c> is from its exact value at most. It is computed from a histogram whose bins are 2⁻¹² wide relative to
    /// the probability (or to its distance from 1), coarser for more than two classes; a pair of rows in the same bin counts half,
    /// as a tie does. This is half the share of such pairs that are no ties; the error itself is mostly far smaller.
    /// </summary>
    public double RocAucErrorBound => histograms.Average(h => h.Rank().RocAuc.ErrorBound);

    /// <summary>How far <c>average_precision</c> is from its exact value at most; from the same histogram.</summary>
    public double AveragePrecisionErrorBound => histograms.Average(h => h.Rank().AveragePrecision.ErrorBound);

    /// <inheritdoc/>
    public override void Add(RowBatch tile)
    {
        ReadOnlySpan<double> output = predictions.Of(tile);
        RowCount += tile.RowCount;
        if (classes.Count == 2)
        {
            AddTwo(tile, output);
            return;
        }

        AddClasses(tile, output);
        AddEach(tile, output);
    }

    /// <inheritdoc/>
    public override void Merge(Scorer other)
    {
        var from = (ClassificationScorer)other;
        confusion.Merge(from.confusion);
        calibration.Merge(from.calibration);
        for (int c = 0; c < histograms.Length; c++)
            histograms[c].Merge(from.histograms[c]);

        logLoss += from.logLoss;
        squares += from.squares;
        RowCount += from.RowCount;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Results()
    {
        double weight = confusion.Total;
        ProbabilityRanking[] rankings = [.. histograms.Select(h => h.Rank())];
        return
        [
            new Metric("accuracy", confusion.Accuracy),
            new Metric("balanced_accuracy", confusion.BalancedAccuracy),
            new Metric("log_loss", logLoss / weight),
            new Metric("roc_auc", rankings.Average(r => r.RocAuc.Area)),
            new Metric("average_precision", rankings.Average(r => r.AveragePrecision.Value)),
            new Metric("brier_score_loss", squares / weight),
            new Metric("expected_calibration_error", calibration.ExpectedError),
            .. classes.Count > 2 ? confusion.Averages() : [],
            .. confusion.ByClass(),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ScoreTable> Tables() =>
    [
        confusion.ToTable(),
        calibration.ToTable(classes.Count == 2
            ? $"Calibration curve (probability of {classes[1]}, and how often it came true)"
            : "Calibration curve (probability of the predicted class, and how often it came true)"),
    ];

    /// <inheritdoc/>
    protected override void PersistSums(StateStream state)
    {
        confusion.Persist(state);
        calibration.Persist(state);
        state.Value(ref logLoss);
        state.Value(ref squares);
        foreach (ProbabilityHistogram histogram in histograms)
            histogram.Persist(state);
    }

    // Eight rows at a time; behind the last there is room for as many, which are taken as zeros that weigh nothing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    unsafe void AddTwo(RowBatch tile, ReadOnlySpan<double> output)
    {
        int rows = tile.RowCount;
        double* targets = tile.TargetPointer, weights = tile.HasWeight ? tile.WeightPointer : null;
        Vector512<double> loss = default, missed = default, right0 = default, wrong0 = default, wrong1 = default, right1 = default;
        fixed (double* predicted = output)
        {
            double* complements = predicted + rows, probabilities = complements + rows;
            for (int i = 0; i < rows; i += Vector512<double>.Count)
            {
                Vector512<double> isRow = Vector512.LessThan(Vector512.Create(0.0, 1, 2, 3, 4, 5, 6, 7), Vector512.Create((double)(rows - i)));
                Vector512<double> weight = isRow & (weights == null ? Vector512<double>.One : Vector512.Load(weights + i));
                Vector512<double> isOne = Vector512.Equals(Vector512.Load(targets + i), Vector512<double>.One), saysOne = Vector512.Equals(Vector512.Load(predicted + i), Vector512<double>.One);
                Vector512<double> probability = isRow & Vector512.Load(probabilities + i), complement = isRow & Vector512.Load(complements + i);
                Vector512<double> own = Vector512.ConditionalSelect(isOne, probability, complement), miss = Vector512.ConditionalSelect(isOne, complement, probability);
                loss -= weight * ElementaryLanes.Log(Vector512.Min(Vector512.Max(own, Vector512.Create(Epsilon)), Vector512.Create(1 - Epsilon)));
                missed += weight * miss * miss;
                right1 += weight & isOne & saysOne;
                wrong1 += Vector512.AndNot(weight & isOne, saysOne);
                wrong0 += Vector512.AndNot(weight & saysOne, isOne);
                right0 += Vector512.AndNot(weight, isOne | saysOne);
            }
        }

        confusion.Add(0, 0, Lanes.Sum(right0));
        confusion.Add(0, 1, Lanes.Sum(wrong0));
        confusion.Add(1, 0, Lanes.Sum(wrong1));
        confusion.Add(1, 1, Lanes.Sum(right1));
        logLoss += Lanes.Sum(loss);
        squares += Lanes.Sum(missed);
        ReadOnlySpan<double> zeros = output.Slice(rows, rows), ones = output.Slice(2 * rows, rows);
        calibration.Add(ones, tile.Target, tile.Weight);
        histograms[0].Add(ones, zeros, tile.Target, positive: 1, tile.Weight);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddClasses(RowBatch tile, ReadOnlySpan<double> output)
    {
        ReadOnlySpan<double> target = tile.Target;
        int rows = tile.RowCount;
        double tileLoss = 0;
        Span<double> logs = stackalloc double[8];
        for (int first = 0; first < rows; first += logs.Length)
        {
            int count = Math.Min(logs.Length, rows - first);
            logs.Fill(1);
            for (int i = 0; i < count; i++)
                logs[i] = Math.Clamp(output[(1 + (int)target[first + i]) * rows + first + i], Epsilon, 1 - Epsilon);

            ElementaryLanes.Log(Vector512.Create<double>(logs)).CopyTo(logs);
            for (int i = 0; i < count; i++)
            {
                double weight = tile.WeightOf(first + i);
                confusion.Add((int)target[first + i], (int)output[first + i], weight);
                tileLoss -= weight * logs[i];
            }
        }

        logLoss += tileLoss;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddEach(RowBatch tile, ReadOnlySpan<double> output)
    {
        int rows = tile.RowCount;
        ReadOnlySpan<double> target = tile.Target;
        double tileSquares = 0;
        for (int c = 0; c < classes.Count; c++)
        {
            ReadOnlySpan<double> probabilities = output.Slice((1 + c) * rows, rows);
            for (int row = 0; row < rows; row++)
            {
                bool positive = target[row] == c;
                double probability = probabilities[row], weight = tile.WeightOf(row);
                double miss = positive ? 1 - probability : probability;
                tileSquares += weight * miss * miss;
                if (output[row] == c)
                    calibration.Add(probability, positive, weight);
            }

            histograms[c].Add(probabilities, [], target, c, tile.Weight);
        }

        squares += tileSquares;
    }

    // 4096 bins per octave for two classes; for more so many fewer that all classes together need about the same memory.
    static int BitsFor(int classes) => Math.Clamp(13 - BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)classes)), 4, 12);
}
