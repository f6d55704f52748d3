using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Tests.Models;
using Xunit;

namespace Streaming.Learning.Tests.Metrics;

// Expected numbers: scikit-learn 1.2.1, accuracy_score, log_loss, roc_auc_score, precision_recall_fscore_support and
// confusion_matrix of the sample.
public class ClassificationScorerTests
{
    [Fact]
    public void Results_TwoClasses_EqualScikitLearn()
    {
        ClassificationScorer scorer = Score(TestModels.TwoClasses(), row => (row * row + row / 3) % 2, TestTiles.SampleWeight);

        AssertScores(scorer, accuracy: 0.5714285714285714, logLoss: 1.8287841600276413, rocAuc: 0.5242346938775511);
        Assert.Equal([15, 13, 5, 9], scorer.ConfusionMatrix);
        TestTiles.AssertClose([0.75, 0.4090909090909091], PerClass(scorer, "precision"));
        TestTiles.AssertClose([0.5357142857142857, 0.6428571428571429], PerClass(scorer, "recall"));
        TestTiles.AssertClose([0.6250000000000001, 0.5000000000000001], PerClass(scorer, "f1"));
        Assert.Equal([28, 14], PerClass(scorer, "support"));
    }

    [Fact]
    public void Results_NoWeights_EqualScikitLearn() =>
        AssertScores(
            Score(TestModels.TwoClasses(), row => (row * row + row / 3) % 2, weight: null),
            accuracy: 0.5833333333333334, logLoss: 1.8303723272677324, rocAuc: 0.53515625);

    [Fact]
    public void Results_ThreeClasses_EqualScikitLearn()
    {
        ClassificationScorer scorer = Score(TestModels.ThreeClasses(), row => (row * row + row / 3) % 3, TestTiles.SampleWeight);

        AssertScores(scorer, accuracy: 0.20238095238095238, logLoss: 2.3119856541089714, rocAuc: 0.38308254839534017);
        Assert.Equal([4.5, 3.5, 2.5, 5, 2, 9.5, 5, 8, 2], scorer.ConfusionMatrix);
        TestTiles.AssertClose([0.3103448275862069, 0.14814814814814814, 0.14285714285714285], PerClass(scorer, "precision"));
        TestTiles.AssertClose([0.42857142857142855, 0.12121212121212122, 0.13333333333333333], PerClass(scorer, "recall"));
        TestTiles.AssertClose([0.36000000000000004, 0.13333333333333333, 0.1379310344827586], PerClass(scorer, "f1"));
    }

    [Fact]
    public void Results_ClassMissing_AreNotDefined()
    {
        ClassificationScorer scorer = Score(TestModels.TwoClasses(), _ => 0, weight: null);

        Assert.Equal(double.NaN, ValueOf(scorer, "roc_auc"));
        Assert.Equal(double.NaN, PerClass(scorer, "recall")[1]);
        Assert.Equal(0, PerClass(scorer, "precision")[1]);
        Assert.Equal(0, PerClass(scorer, "support")[1]);
    }

    [Fact]
    public void LogLoss_ProbabilityOfZero_IsClipped()
    {
        // scikit-learn 1.2.1: log_loss([1], [[1.0, 0.0]], labels=[0, 1]).
        var scorer = new ClassificationScorer(["no", "yes"], (_, output) => new[] { 0.0, 1.0, 0.0 }.CopyTo(output));
        using RowBatch tile = TestTiles.Create(1, 1, (_, _) => 0, _ => 1);
        scorer.Add(tile);

        Assert.Equal(36.04365338911715, ValueOf(scorer, "log_loss"), 1e-12);
    }

    // Logits around a mean with a spread: near 1/2, sure of nearly everything, rare events, and probabilities that hardly differ.
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(0, 20, 8)]
    [InlineData(-14, 1.5, 1)]
    [InlineData(12, 3, 2)]
    [InlineData(0.3, 0.05, 0.02)]
    public void RocAuc_ManyRows_IsWithinItsBoundAndNearTheExactArea(double mean, double spread, double separation)
    {
        const int Rows = 20_000;
        var random = new KeyedRandom(3, "roc auc");
        var scores = new double[Rows];
        var labels = new int[Rows];
        for (int i = 0; i < Rows; i++)
        {
            labels[i] = random.NextDouble() < 0.3 ? 1 : 0;
            double bell = Enumerable.Range(0, 6).Sum(_ => random.NextDouble() - 0.5);
            scores[i] = (float)(mean + spread * bell + separation * labels[i]);
        }

        var model = new LinearClassifierModel(TestTiles.Header(1, TestTiles.Classes("no", "yes")), [1], [0]);
        var scorer = (ClassificationScorer)model.NewScorer();
        using RowBatch tile = TestTiles.Create(1, Rows, (i, _) => scores[i], i => labels[i]);
        scorer.Add(tile);

        double exact = ExactArea(scores, labels);
        double error = Math.Abs(exact - ValueOf(scorer, "roc_auc"));
        Assert.True(error <= scorer.RocAucErrorBound + 1e-12, $"Error {error}, bound {scorer.RocAucErrorBound}.");
        Assert.True(error < 1e-4, $"Error {error}.");
        Assert.InRange(scorer.RocAucErrorBound, 0, 0.01);

        double precisionError = Math.Abs(ExactAveragePrecision(scores, labels) - ValueOf(scorer, "average_precision"));
        Assert.True(precisionError <= scorer.AveragePrecisionErrorBound + 1e-12, $"Error {precisionError}, bound {scorer.AveragePrecisionErrorBound}.");
        Assert.True(precisionError < 1e-4, $"Error {precisionError}.");
        Assert.InRange(scorer.AveragePrecisionErrorBound, 0, 0.02);
    }

    [Theory]
    [InlineData(3, 1e-4)]
    [InlineData(20, 1e-3)]
    public void RocAuc_ManyClasses_IsWithinItsBoundAndNearTheExactArea(int classes, double tolerance)
    {
        const int Rows = 5_000;
        var random = new KeyedRandom(4, "roc auc");
        double[] values = [.. Enumerable.Range(0, Rows * classes).Select(_ => 3 * random.NextDouble())];
        int[] labels = [.. Enumerable.Range(0, Rows).Select(row => random.Next(classes))];
        string[] names = [.. Enumerable.Range(0, classes).Select(c => "c" + c)];
        double[] identity = [.. Enumerable.Range(0, classes * classes).Select(i => i / classes == i % classes ? 1.0 : 0.0)];
        var model = new LinearClassifierModel(TestTiles.Header(classes, TestTiles.Classes(names)), identity, new double[classes]);
        using RowBatch tile = TestTiles.Create(
            classes, Rows, (i, c) => values[i * classes + c] + (labels[i] == c ? 1 : 0), i => labels[i]);
        var scorer = (ClassificationScorer)model.NewScorer();
        scorer.Add(tile);

        double[] output = TestTiles.Predict(model, tile);
        double exact = Enumerable.Range(0, classes).Average(c =>
            ExactArea(output[((1 + c) * Rows)..((2 + c) * Rows)], [.. labels.Select(label => label == c ? 1 : 0)]));
        double error = Math.Abs(exact - ValueOf(scorer, "roc_auc"));
        Assert.True(error <= scorer.RocAucErrorBound + 1e-12, $"Error {error}, bound {scorer.RocAucErrorBound}.");
        Assert.True(error < tolerance, $"Error {error}.");
    }

    [Fact]
    public void CalibrationCurve_ProbabilitiesOnTheEdges_FallAsInNumpy()
    {
        // numpy 1.24.2: searchsorted(linspace(0, 1, 11)[1:-1], p), so an edge belongs to the bin below it; 0.3 is below the edge 3 * 0.1.
        double[] probabilities = [0, 0.1, 0.2, 0.3, 0.30000000000000004, 0.3000000000000001, 0.6, 0.7, 0.9, 0.95, 1];
        int[] bins = [0, 0, 1, 2, 2, 3, 5, 6, 8, 9, 9];
        var scorer = new ClassificationScorer(["no", "yes"], (_, output) =>
        {
            for (int i = 0; i < probabilities.Length; i++)
                (output[i], output[probabilities.Length + i], output[2 * probabilities.Length + i]) = (0, 1 - probabilities[i], probabilities[i]);
        });
        using RowBatch tile = TestTiles.Create(1, probabilities.Length, (_, _) => 0, row => row % 2);
        scorer.Add(tile);

        ScoreTable curve = scorer.Tables().Single(t => t.Name == "calibration_curve");
        Assert.Equal(
            bins.GroupBy(b => b).Select(g => ($"0.{g.Key}-", (double)g.Count())),
            curve.Rows.Select(r => (r.Name[..4], r.Values[2])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Results_OfTwoClasses_AreThoseOfRowByRow_AtEveryLength(bool isWeighted)
    {
        var random = new KeyedRandom(5, "row by row");
        for (int rows = 1; rows <= 40; rows++)
        {
            double[] probabilities = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())];
            int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble() < 0.4 ? 1 : 0)];
            double[] weights = [.. Enumerable.Range(0, rows).Select(i => !isWeighted ? 1.0 : i % 3 * 0.75)];
            var scorer = new ClassificationScorer(["no", "yes"], (_, output) =>
            {
                // What lies behind the rows means nothing.
                output.Fill(double.NaN);
                for (int i = 0; i < rows; i++)
                    (output[i], output[rows + i], output[2 * rows + i]) = (probabilities[i] > 0.5 ? 1 : 0, 1 - probabilities[i], probabilities[i]);
            });
            using RowBatch tile = TestTiles.Create(1, rows, (_, _) => 0, i => labels[i], isWeighted ? i => weights[i] : null);
            tile.WritableTarget(tile.Capacity)[rows..].Fill(double.NaN);
            scorer.Add(tile);

            var confusion = new double[4];
            var bins = new double[3, 10];
            double loss = 0, squares = 0;
            for (int i = 0; i < rows; i++)
            {
                double p = probabilities[i], own = labels[i] == 1 ? p : 1 - p;
                confusion[2 * labels[i] + (p > 0.5 ? 1 : 0)] += weights[i];
                loss -= weights[i] * Math.Log(own);
                squares += weights[i] * (1 - own) * (1 - own);
                int bin = Enumerable.Range(1, 9).Count(edge => p > edge * 0.1);
                bins[0, bin] += weights[i];
                bins[1, bin] += weights[i] * p;
                bins[2, bin] += weights[i] * labels[i];
            }

            double all = weights.Sum();
            if (all == 0)
                continue;

            Assert.Equal(confusion, scorer.ConfusionMatrix);
            Assert.Equal(loss / all, ValueOf(scorer, "log_loss"), 1e-13);
            Assert.Equal(squares / all, ValueOf(scorer, "brier_score_loss"), 1e-13);
            Assert.Equal(Enumerable.Range(0, 10).Sum(bin => Math.Abs(bins[2, bin] - bins[1, bin])) / all, ValueOf(scorer, "expected_calibration_error"), 1e-13);
            Assert.Equal(
                Enumerable.Range(0, 10).Where(bin => bins[0, bin] > 0).Select(bin => bins[0, bin]),
                scorer.Tables().Single(t => t.Name == "calibration_curve").Rows.Select(r => r.Values[2]));
        }
    }

    [Fact]
    public void RocAuc_ConstantModel_IsOneHalf()
    {
        var model = new LinearClassifierModel(TestTiles.Header(1, TestTiles.Classes("no", "yes")), [0], [0]);
        Assert.Equal(0.5, ValueOf(Score(model, row => row % 2, weight: null, features: 1), "roc_auc"));
    }

    static double ExactArea(double[] scores, int[] labels)
    {
        double negatives = 0, ordered = 0;
        foreach (var group in scores.Zip(labels).GroupBy(r => r.First).OrderBy(g => g.Key))
        {
            double positive = group.Count(r => r.Second == 1), negative = group.Count() - positive;
            ordered += positive * (negatives + negative / 2);
            negatives += negative;
        }

        return ordered / negatives / (labels.Length - negatives);
    }

    static double ExactAveragePrecision(double[] scores, int[] labels)
    {
        double seen = 0, positives = 0, sum = 0;
        foreach (var group in scores.Zip(labels).GroupBy(r => r.First).OrderByDescending(g => g.Key))
        {
            int positive = group.Count(r => r.Second == 1);
            seen += group.Count();
            positives += positive;
            sum += positive * positives / seen;
        }

        return sum / positives;
    }

    static ClassificationScorer Score(Model model, Func<int, double> target, Func<int, double>? weight, int features = 3)
    {
        var scorer = (ClassificationScorer)model.NewScorer();
        using RowBatch tile = TestTiles.Create(features, TestTiles.SampleRows, TestTiles.Sample, target, weight);
        scorer.Add(tile);
        return scorer;
    }

    static void AssertScores(ClassificationScorer scorer, double accuracy, double logLoss, double rocAuc) =>
        TestTiles.AssertClose(
            [accuracy, logLoss, rocAuc], [ValueOf(scorer, "accuracy"), ValueOf(scorer, "log_loss"), ValueOf(scorer, "roc_auc")]);

    static double ValueOf(Scorer scorer, string name) => scorer.Results().Single(m => m.Name == name).Value;

    static double[] PerClass(Scorer scorer, string name) => [.. scorer.Results().Where(m => m.Name == name).Select(m => m.Value)];
}
