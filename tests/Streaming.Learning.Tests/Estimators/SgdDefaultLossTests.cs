using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Reference;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// Every loss with the default schedule: one pass over real data, features as they are, beside the optimum on standardised features (tests/data/sgd-losses:
/// scikit-learn 1.2.1 and scipy 1.10.1, settings in reference-sklearn.py). And what the schedule promises about units and weights.
/// </summary>
public sealed class SgdDefaultLossTests : IDisposable
{
    const int Wide = 730;

    static readonly JsonElement Reference = JsonDocument.Parse(File.ReadAllBytes(Repository.TestData("sgd-losses/reference-sklearn.json"))).RootElement;

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("electricity", 1.01, 0.01)]
    [InlineData("credit-default", 1.03, 0.02)]
    [InlineData("covertype-ramp", 1.03, 0.01)]
    public async Task Classifier_EveryLoss_IsNearTheOptimum(string name, double mostLoss, double lessAccuracy)
    {
        JsonElement wanted = Of("classification", name);
        var set = ReferenceSet.Of(name);
        (string train, string test) = await set.SplitAsync(data);
        (double[][] x, double[] y) = Rows(test, set);
        double[] classes = [.. y.Distinct().Order()];
        foreach ((ClassificationLoss loss, string key) in (ReadOnlySpan<(ClassificationLoss, string)>)
            [(ClassificationLoss.Hinge, "hinge"), (ClassificationLoss.SquaredHinge, "squared_hinge"), (ClassificationLoss.ModifiedHuber, "modified_huber")])
        {
            var model = (MarginClassifierModel)Fit(new SgdClassifier { Loss = loss }, train, set.Target);
            (double found, double accuracy) = Scores(model, x, [.. y.Select(v => (double)Array.IndexOf(classes, v))], loss);
            double bestAccuracy = wanted.GetProperty(key).GetProperty("accuracy_test").GetDouble();
            if (wanted.GetProperty(key).TryGetProperty("loss_test", out JsonElement best))
                Assert.True(found <= mostLoss * best.GetDouble(), $"{loss}: {found / best.GetDouble():F4} of the loss at the optimum, {best.GetDouble():F5}.");

            Assert.True(accuracy >= bestAccuracy - lessAccuracy, $"{loss}: accuracy {accuracy:F4}, at the optimum {bestAccuracy:F4}.");
        }

        // scikit-learn's perceptron ends at its last weights, which chance decides; ours at their mean.
        double ofPerceptron = ReferenceSet.Numbers(wanted.GetProperty("perceptron").GetProperty("accuracy_test")).Max();
        var averaged = (MarginClassifierModel)Fit(new SgdClassifier { Loss = ClassificationLoss.Perceptron }, train, set.Target);
        double right = Scores(averaged, x, [.. y.Select(v => (double)Array.IndexOf(classes, v))], ClassificationLoss.Perceptron).Accuracy;
        Assert.True(right >= ofPerceptron, $"Perceptron: accuracy {right:F4}, scikit-learn's best of five {ofPerceptron:F4}.");
    }

    [Theory]
    [InlineData("protein")]
    [InlineData("bike-sharing")]
    public async Task Regressor_EveryLoss_IsNearTheOptimum(string name)
    {
        JsonElement wanted = Of("regression", name);
        var set = ReferenceSet.Of(name);
        (string train, string test) = await set.SplitAsync(data);
        (double[][] x, double[] y) = Rows(test, set);
        foreach ((RegressionLoss loss, string key) in (ReadOnlySpan<(RegressionLoss, string)>)
            [
                (RegressionLoss.Quantile, "quantile"), (RegressionLoss.Huber, "huber"),
                (RegressionLoss.EpsilonInsensitive, "epsilon_insensitive"), (RegressionLoss.SquaredEpsilonInsensitive, "squared_epsilon_insensitive"),
            ])
        {
            foreach (JsonElement one in wanted.GetProperty(key).EnumerateArray())
            {
                double parameter = one.GetProperty(loss == RegressionLoss.Quantile ? "quantile" : "epsilon").GetDouble();
                var model = (LinearRegressorModel)Fit(New(loss, parameter), train, set.Target);
                double found = x.Zip(y, (row, target) => LossAt(loss, Output(model.Coef, model.Intercept, row), target, parameter)).Average();
                double best = one.GetProperty("loss_test").GetDouble();
                Assert.True(found <= 1.01 * best, $"{loss} {parameter}: {found / best:F4} of the loss at the optimum, {best:F5}.");
            }
        }
    }

    [Theory]
    [InlineData(RegressionLoss.Huber)]
    [InlineData(RegressionLoss.EpsilonInsensitive)]
    [InlineData(RegressionLoss.SquaredEpsilonInsensitive)]
    [InlineData(RegressionLoss.Quantile)]
    public void Regressor_OtherUnits_IsTheSame(RegressionLoss loss)
    {
        const double Unit = 1 << 20;
        double[] moved = [.. Sample.Numbers.Select(y => Unit * (y + 1000))];
        double[][] scaled = [.. Sample.UnitFeatures.Select(x => x.Select((v, j) => v * (1 << (3 * j))).ToArray())];
        double parameter = loss == RegressionLoss.Quantile ? 0.3 : 0.1;
        var plain = (LinearRegressorModel)new Harness(Sample.UnitFeatures, Sample.Numbers) { Epochs = 3 }.Fit(New(loss, parameter)).Model;
        var other = (LinearRegressorModel)new Harness(scaled, moved) { Epochs = 3 }.Fit(New(loss, loss == RegressionLoss.Quantile ? parameter : parameter * Unit)).Model;
        double spread = Math.Sqrt(Sample.Numbers.Average(y => Math.Pow(y - Sample.Numbers.Average(), 2)));
        for (int i = 0; i < Sample.Rows; i++)
        {
            double wanted = Output(plain.Coef, plain.Intercept, Sample.UnitFeatures[i]);
            Assert.Equal(wanted, Output(other.Coef, other.Intercept, scaled[i]) / Unit - 1000, 0.02 * spread);
        }
    }

    [Theory]
    [InlineData(ClassificationLoss.LogLoss, 5, 2)]
    [InlineData(ClassificationLoss.LogLoss, 5, 3)]
    [InlineData(ClassificationLoss.Hinge, Wide, 2)]
    [InlineData(ClassificationLoss.Hinge, Wide, 3)]
    [InlineData(ClassificationLoss.SquaredHinge, Wide, 3)]
    [InlineData(ClassificationLoss.ModifiedHuber, Wide, 2)]
    [InlineData(ClassificationLoss.Perceptron, 5, 3)]
    [InlineData(ClassificationLoss.Perceptron, Wide, 2)]
    public void Classifier_OneAgainstTheRest_LearnsWhatCounts(ClassificationLoss loss, int features, int classes)
    {
        double[][] x = Inputs(4000, features);
        double[] y = [.. x.Select(v => Math.Clamp(Math.Floor(classes * (0.5 + 0.6 * (v[0] - v[1]))), 0, classes - 1))];
        var harness = new Harness(x, y) { Classes = [.. "abc"[..classes].Select(c => c.ToString())] };
        Model model = harness.Fit(new SgdClassifier { Loss = loss, MultiClass = MultiClass.Ovr }).Model;
        int right = 0;
        harness.WithTile(0, 64, tile =>
        {
            var output = new double[64 * model.Outputs.Count];
            model.Predict(tile, output);
            right = output.Take(64).Where((p, i) => p == y[i]).Count();
        });

        // The class in the middle has no straight line of its own against the rest.
        Assert.InRange(right, classes == 2 ? 54 : 36, 64);
    }

    [Theory]
    [InlineData(RegressionLoss.Quantile)]
    [InlineData(RegressionLoss.Huber)]
    [InlineData(RegressionLoss.EpsilonInsensitive)]
    [InlineData(RegressionLoss.SquaredEpsilonInsensitive)]
    public void Regressor_ManyFeatures_LearnsWhatCounts(RegressionLoss loss)
    {
        double[][] x = Inputs(6000, Wide);
        double[] y = [.. x.Select(v => 1e6 * (3 * v[0] - 2 * v[1] + 7))];
        var model = (LinearRegressorModel)new Harness(x, y).Fit(New(loss, loss == RegressionLoss.Quantile ? 0.5 : 0.1)).Model;
        double error = x.Zip(y, (row, target) => Math.Abs(Output(model.Coef, model.Intercept, row) - target)).Average();
        double before = y.Average(v => Math.Abs(v - 7e6));
        Assert.InRange(error, 0, 0.5 * before);
    }

    [Fact]
    public void Classifier_WeightOfAClass_CountsWhereItIsLearnedOnly()
    {
        string[] labels = ["a", "b", "c"];
        var all = new Harness(Sample.UnitFeatures, Sample.ThreeClasses) { Classes = labels, Epochs = 2 };
        var model = (MarginClassifierModel)all.Fit(new SgdClassifier { Loss = ClassificationLoss.SquaredHinge, ClassWeight = "b=3", Alpha = 1e-3 }).Model;
        for (int c = 0; c < 3; c++)
        {
            double[] weights = [.. Sample.ThreeClasses.Select(y => c == 1 && y == 1 ? 3.0 : 1)];
            var one = new Harness(Sample.UnitFeatures, [.. Sample.ThreeClasses.Select(y => y == c ? 1.0 : 0)], weights) { Classes = ["no", "yes"], Epochs = 2 };

            // The penalty goes by the weights of all rows, those of the classes included.
            double alpha = 1e-3 * Sample.ThreeClasses.Sum(y => y == 1 ? 3.0 : 1) / weights.Sum();
            var wanted = (MarginClassifierModel)one.Fit(new SgdClassifier { Loss = ClassificationLoss.SquaredHinge, Alpha = alpha }).Model;
            Near.Equal([.. wanted.Coef, wanted.Intercept[0]], [.. model.Coef.Slice(5 * c, 5), model.Intercept[c]], 0.02);
        }
    }

    [Fact]
    public void Regressor_AllErrorsZero_StaysThere()
    {
        var model = (LinearRegressorModel)new Harness(Sample.UnitFeatures, new double[Sample.Rows]) { Epochs = 2 }
            .Fit(New(RegressionLoss.Quantile, 0.9)).Model;
        Assert.Equal(new double[5], model.Coef.ToArray());
        Assert.Equal(0, model.Intercept);
    }

    static SgdRegressor New(RegressionLoss loss, double parameter) =>
        loss == RegressionLoss.Quantile ? new SgdRegressor { Loss = loss, Quantile = parameter } : new SgdRegressor { Loss = loss, Epsilon = parameter };

    static double[][] Inputs(int rows, int features) =>
        [.. Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, features).Select(j => Sample.U(i, j)).ToArray())];

    static JsonElement Of(string kind, string name) => Reference.GetProperty(kind).EnumerateArray().Single(s => s.GetProperty("set").GetString() == name);

    static (double[][] X, double[] Y) Rows(string path, ReferenceSet set)
    {
        double[][] columns = ReferenceSet.ReadAll(path, [.. set.Features, set.Target]);
        return ([.. Enumerable.Range(0, columns[0].Length).Select(i => columns[..^1].Select(c => c[i]).ToArray())], columns[^1]);
    }

    static Model Fit(Estimator estimator, string train, string target)
    {
        using Dataset rows = Dataset.Open(train);
        return estimator.FitAsync(rows, new TrainingOptions { Target = target, Workers = 2 }).GetAwaiter().GetResult().Model;
    }

    static double Output(ReadOnlySpan<double> coef, double intercept, double[] row)
    {
        double sum = intercept;
        for (int j = 0; j < row.Length; j++)
            sum += coef[j] * row[j];

        return sum;
    }

    // Sum of the losses of all outputs, and the share of rows whose class has the largest, both by definition.
    static (double Loss, double Accuracy) Scores(MarginClassifierModel model, double[][] x, double[] y, ClassificationLoss loss)
    {
        int outputs = model.Intercept.Length;
        double sum = 0;
        int right = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double[] scores = [.. Enumerable.Range(0, outputs).Select(c => Output(model.Coef.Slice(c * x[i].Length, x[i].Length), model.Intercept[c], x[i]))];
            for (int c = 0; c < outputs; c++)
                sum += LossAt(loss, scores[c], y[i] == (outputs == 1 ? 1 : c) ? 1 : 0);

            int said = outputs == 1 ? (scores[0] > 0 ? 1 : 0) : Array.IndexOf(scores, scores.Max());
            right += said == y[i] ? 1 : 0;
        }

        return (sum / x.Length, right / (double)x.Length);
    }

    static double LossAt(ClassificationLoss loss, double output, double target) => loss switch
    {
        ClassificationLoss.Hinge => HingeLoss.At(output, target, 0).Loss,
        ClassificationLoss.SquaredHinge => SquaredHingeLoss.At(output, target, 0).Loss,
        ClassificationLoss.ModifiedHuber => ModifiedHuberLoss.At(output, target, 0).Loss,
        _ => PerceptronLoss.At(output, target, 0).Loss,
    };

    static double LossAt(RegressionLoss loss, double output, double target, double parameter) => loss switch
    {
        RegressionLoss.Quantile => QuantileLoss.At(output, target, parameter).Loss,
        RegressionLoss.Huber => HuberLoss.At(output, target, parameter).Loss,
        RegressionLoss.EpsilonInsensitive => EpsilonInsensitiveLoss.At(output, target, parameter).Loss,
        _ => SquaredEpsilonInsensitiveLoss.At(output, target, parameter).Loss,
    };
}
