using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Models;
using Xunit;

namespace Streaming.Learning.Tests.Metrics;

/// <summary>
/// The scores of predictions that a formula gives, beside those of scikit-learn 1.2.1 (tests/data/metrics; reference-sklearn.py has
/// the same formulas and the settings). Rows come in tiles of 300, in two sums that are merged.
/// </summary>
public class MetricReferenceTests
{
    const int Rows = 2000;

    static readonly JsonElement Reference =
        JsonDocument.Parse(File.ReadAllBytes(Repository.TestData("metrics/reference-sklearn.json"))).RootElement;

    // 50 probabilities: no two share a bin, so the areas are exact. 10,007: every row has its own, and some share a bin.
    [Theory]
    [InlineData(0, 1e-12)]
    [InlineData(1, 1e-12)]
    [InlineData(2, 1e-4)]
    [InlineData(3, 1e-4)]
    public void TwoClasses(int index, double areaTolerance)
    {
        JsonElement expected = Reference.GetProperty("binary")[index];
        int levels = expected.GetProperty("levels").GetInt32();
        var scorer = (ClassificationScorer)Score(
            expected,
            () => new ClassificationScorer(["no", "yes"], EachRow((row, output) =>
            {
                double probability = Probability(row);
                output[0] = probability > 0.5 ? 1 : 0;
                output[1] = 1 - probability;
                output[2] = probability;
            })),
            row => Mixed(row, 104729, 1009) / 1009.0 < 0.2 + 0.6 * Probability(row) ? 1 : 0);

        AssertOverall(expected, scorer, areaTolerance);
        AssertByClass(expected, scorer);
        double exact = expected.GetProperty("overall").GetProperty("average_precision").GetDouble();
        Assert.InRange(Math.Abs(exact - ValueOf(scorer, "average_precision")), 0, scorer.AveragePrecisionErrorBound + 1e-12);
        if (levels == 50)
            Assert.Equal((0, 0), (scorer.RocAucErrorBound, scorer.AveragePrecisionErrorBound));

        if (expected.GetProperty("calibration_curve") is { ValueKind: JsonValueKind.Object } curve)
        {
            ScoreTable table = scorer.Tables().Single(t => t.Name == "calibration_curve");
            TestTiles.AssertClose(Numbers(curve.GetProperty("prob_pred")), [.. table.Rows.Select(r => r.Values[0])], 1e-12);
            TestTiles.AssertClose(Numbers(curve.GetProperty("prob_true")), [.. table.Rows.Select(r => r.Values[1])], 1e-12);
        }

        double Probability(int row) => (Mixed(row, 7919, levels) + 0.5) / (levels + 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ThreeClasses(int index)
    {
        JsonElement expected = Reference.GetProperty("multiclass")[index];
        var scorer = (ClassificationScorer)Score(
            expected,
            () => new ClassificationScorer(["a", "b", "c"], EachRow((row, output) =>
            {
                double[] probability = ThreeProbabilities(row);
                output[0] = Array.IndexOf(probability, probability.Max());
                probability.CopyTo(output.AsSpan(1));
            })),
            row =>
            {
                double[] probability = ThreeProbabilities(row);
                double draw = Mixed(row, 1299709, 1013) / 1013.0;
                return Mixed(row, 31, 7) == 0 ? 2 : (draw > probability[0] ? 1 : 0) + (draw > probability[0] + probability[1] ? 1 : 0);
            });

        // Bins are twice as wide as for two classes.
        AssertOverall(expected, scorer, 5e-4);
        AssertByClass(expected, scorer);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Regression(int index)
    {
        JsonElement expected = Reference.GetProperty("regression")[index];
        double shift = expected.GetProperty("shift").GetDouble();
        Scorer scorer = Score(
            expected,
            () => new RegressionScorer(EachRow((row, output) => output[0] = Actual(row) + Mixed(row, 104729, 1009) / 256.0 - 1.5), quantile: 0.9),
            Actual);

        AssertOverall(expected, scorer, 0);

        double Actual(int row) => Mixed(row, 7919, 2003) / 64.0 - 5 + shift;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Clustering(int index)
    {
        JsonElement expected = Reference.GetProperty("clustering")[index];
        var model = new KMeansModel(TestTiles.Header(3), Numbers(expected.GetProperty("cluster_centers")), new double[4]);
        Scorer scorer = Score(
            expected,
            model.NewScorer,
            target: null,
            features: 3,
            (row, j) => Mixed(row, j switch { 0 => 7919, 1 => 104729, _ => 1299709 }, 251) / 32.0 + row % 3 * (j switch { 0 => 4, 1 => -3, _ => 1 }));

        AssertOverall(expected, scorer, 0);
    }

    static Scorer Score(
        JsonElement expected, Func<Scorer> create, Func<int, double>? target, int features = 1, Func<int, int, double>? value = null)
    {
        bool weighted = expected.GetProperty("weighted").GetBoolean();
        Scorer[] parts = [create(), create()];
        for (int first = 0; first < Rows; first += 300)
        {
            int start = first;
            using RowBatch tile = TestTiles.Create(
                features,
                Math.Min(300, Rows - first),
                (i, j) => value == null ? start + i : value(start + i, j),
                target == null ? null : i => target(start + i),
                weighted ? i => (start + i) % 4 * 0.5 : null);
            parts[first < Rows / 2 ? 0 : 1].Add(tile);
        }

        parts[0].Merge(parts[1]);
        Assert.Equal(Rows, parts[0].RowCount);
        return parts[0];
    }

    /// <summary>Predictions of a row by its number, which its one feature holds.</summary>
    static TilePrediction EachRow(Action<int, double[]> predict) => (tile, output) =>
    {
        var values = new double[output.Length / tile.RowCount];
        for (int row = 0; row < tile.RowCount; row++)
        {
            predict((int)tile.Column(0)[row], values);
            for (int c = 0; c < values.Length; c++)
                output[c * tile.RowCount + row] = values[c];
        }
    };

    static double[] ThreeProbabilities(int row)
    {
        double[] raw = [Mixed(row, 7919, 101) + 1.0, Mixed(row, 104729, 101) + 1.0, Mixed(row, 15485863, 101) + 1.0];
        return [.. raw.Select(r => r / raw.Sum())];
    }

    static long Mixed(int row, long factor, int modulus) => row * factor % modulus;

    static void AssertOverall(JsonElement expected, Scorer scorer, double areaTolerance)
    {
        foreach (JsonProperty score in expected.GetProperty("overall").EnumerateObject())
        {
            double wanted = score.Value.GetDouble(), found = ValueOf(scorer, score.Name);
            double allowed = score.Name is "roc_auc" or "average_precision" ? areaTolerance : 1e-12 * Math.Max(1, Math.Abs(wanted));
            Assert.True(Math.Abs(wanted - found) <= allowed, $"{score.Name}: wanted {wanted:R}, found {found:R}.");
        }
    }

    static void AssertByClass(JsonElement expected, ClassificationScorer scorer)
    {
        foreach (JsonProperty score in expected.GetProperty("by_class").EnumerateObject())
        {
            double[] found = [.. scorer.Results().Where(m => m.Class != null && m.Name == score.Name).Select(m => m.Value)];
            TestTiles.AssertClose(Numbers(score.Value), found, 1e-12);
        }

        Assert.Equal(Numbers(expected.GetProperty("confusion_matrix")), scorer.ConfusionMatrix);
    }

    static double ValueOf(Scorer scorer, string name) => scorer.Results().Single(m => m.Class == null && m.Name == name).Value;

    static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];
}
