using System.Security.Cryptography;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Reference;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// The default schedule: as good as scikit-learn's fit of all rows, on features as they are, in one pass; and what it promises about
/// scales, locations, weights and bad columns. Sets of <see cref="Wide"/> features are learned by single features, others by all pairs.
/// </summary>
public sealed class SgdNormalizedTests : IDisposable
{
    const int Wide = 730;

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("covertype-ramp", true)]
    [InlineData("credit-default", true)]
    [InlineData("electricity", true)]
    [InlineData("flights", false)]
    public async Task Classifier_OnFeaturesAsTheyAre_IsAsGoodAsScikitLearnsConvergedFit(string name, bool alsoFivePasses)
    {
        ReferenceSet set = ReferenceSet.Of(name);
        (string train, string test) = await set.SplitAsync(data);
        double wanted = set.Json.GetProperty("logistic_regression").GetProperty("log_loss_test").GetDouble();
        foreach ((int epochs, double most) in alsoFivePasses ? [(1, 1.03), (5, 1.01)] : new[] { (1, 1.03) })
        {
            IReadOnlyList<Metric> found = await ScoresAsync(new SgdClassifier(), set, train, test, epochs);
            Assert.True(Value(found, "log_loss") <= most * wanted, $"{name}, {epochs}: log-loss {Value(found, "log_loss"):F5}, wanted {wanted:F5}.");
            double accuracy = set.Json.GetProperty($"sgd_{epochs}_epoch").GetProperty("accuracy_test_mean").GetDouble();
            Assert.True(Value(found, "accuracy") >= accuracy - 0.005, $"{name}, {epochs}: accuracy {Value(found, "accuracy"):F4}, wanted {accuracy:F4}.");
        }
    }

    [Theory]
    [InlineData("bike-sharing")]
    [InlineData("protein")]
    public async Task Regressor_OnFeaturesAsTheyAre_IsLeastSquares(string name)
    {
        ReferenceSet set = ReferenceSet.Of(name);
        (string train, string test) = await set.SplitAsync(data);
        double wanted = set.Json.GetProperty("linear_regression").GetProperty("rmse_test").GetDouble();
        double found = Value(await ScoresAsync(new SgdRegressor(), set, train, test, 1), "rmse");
        Assert.Equal(1, found / wanted, 1e-4);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(Wide)]
    public async Task Classifier_ScaledAndMovedColumns_PredictsTheSame(int features)
    {
        const int Rows = 600;
        var columns = new (string, Array)[features + 1];
        var moved = new (string, Array)[features + 1];
        for (int j = 0; j < features; j++)
        {
            double[] values = [.. Enumerable.Range(0, Rows).Select(i => Sample.U(i, j))];
            columns[j] = ($"x{j}", values);

            // A spread of 0.3 at 0.3 million and further out, in steps of 2⁻²⁴, which double holds exactly.
            moved[j] = ($"x{j}", values.Select(v => j % 2 == 0 ? v + 300_000 * (j + 1) : v * (1 << 20)).ToArray());
        }

        columns[features] = moved[features] = ("y", Labels(Rows, i => Sample.U(i, 0) - Sample.U(i, 1) + 0.5 * Sample.U(i, features + 1)));
        await data.WriteAsync("plain.parquet", [400, 200], columns);
        await data.WriteAsync("moved.parquet", [400, 200], moved);
        double[] wanted = await ProbabilitiesAsync("plain.parquet", columns);
        double[] found = await ProbabilitiesAsync("moved.parquet", moved);
        for (int i = 0; i < Rows; i++)
            Assert.Equal(wanted[i], found[i], 1e-4);
    }

    [Theory]
    [InlineData(5, 1e-4)]
    [InlineData(Wide, 0.25)]
    public void Classifier_WeightOf3_IsThreeRows(int features, double tolerance)
    {
        // With all pairs of features a row of weight 3 is three rows, but for where steps end; here both fit one step, and differ by what the
        // intercept is cautious about: the mean of the first tile. By single
        // features the three rows are three steps in place of one: nearly the same.
        double[][] x = [.. Enumerable.Range(0, 400).Select(i => Enumerable.Range(0, features).Select(j => Sample.U(i, j)).ToArray())];
        double[] y = Labels(400, i => Sample.U(i, 0) + 0.3 * Sample.U(i, features + 1));
        double[] weights = [.. y.Select((_, i) => i % 4 == 0 ? 3.0 : 1)];
        int[] copies = [.. Enumerable.Range(0, 400).SelectMany(i => Enumerable.Repeat(i, (int)weights[i]))];
        var estimator = new SgdClassifier { Alpha = 1e-3 };
        var weighted = (LinearClassifierModel)new Harness(x, y, weights) { Classes = ["a", "b"] }.Fit(estimator).Model;
        var repeated = (LinearClassifierModel)new Harness([.. copies.Select(i => x[i])], [.. copies.Select(i => y[i])]) { Classes = ["a", "b"] }
            .Fit(estimator).Model;
        double size = Math.Sqrt(repeated.Coef.ToArray().Sum(w => w * w));
        double distance = Math.Sqrt(repeated.Coef.ToArray().Zip(weighted.Coef.ToArray(), (a, b) => (a - b) * (a - b)).Sum());
        Assert.InRange(distance, 0, tolerance * size);
    }

    [Fact]
    public void Regressor_Weights_AreThoseOfWeightedLeastSquares()
    {
        var harness = new Harness(Sample.Features, Sample.Numbers, Sample.Weights);
        var wanted = (LinearRegressorModel)harness.Fit(new LinearRegression()).Model;
        var found = (LinearRegressorModel)harness.Fit(new SgdRegressor { Penalty = Penalty.None }).Model;
        Near.Equal([.. wanted.Coef, wanted.Intercept], [.. found.Coef, found.Intercept], 1e-4);
    }

    [Fact]
    public void Regressor_L2_IsRidgeOnStandardisedFeatures()
    {
        const double Alpha = 0.3;
        double[] means = [.. Enumerable.Range(0, 5).Select(j => Sample.Features.Average(x => x[j]))];
        double[] factors = [.. means.Select((m, j) => 1 / Math.Sqrt(Sample.Features.Average(x => (x[j] - m) * (x[j] - m))))];
        var standardised = new Harness(Sample.Features, Sample.Numbers) { Scaling = new FeatureScaling(means, factors) };
        var wanted = (LinearRegressorModel)standardised.Fit(new LinearRegression { Alpha = Alpha * Sample.Rows }).Model;
        var found = (LinearRegressorModel)new Harness(Sample.Features, Sample.Numbers).Fit(new SgdRegressor { Alpha = Alpha }).Model;
        Near.Equal([.. wanted.Coef, wanted.Intercept], [.. found.Coef, found.Intercept], 1e-4);
    }

    [Theory]
    [InlineData(Penalty.L1, 5)]
    [InlineData(Penalty.Elasticnet, 5)]
    [InlineData(Penalty.L1, Wide)]
    public void Regressor_L1_LeavesOutWhatDoesNotCount(Penalty penalty, int features)
    {
        double[][] x = [.. Enumerable.Range(0, 3000).Select(i => Enumerable.Range(0, features).Select(j => Sample.U(i, j)).ToArray())];
        double[] y = [.. x.Select((v, i) => 5 * v[0] - 3 * v[1] + 0.5 * Sample.U(i, features + 1))];
        var harness = new Harness(x, y);
        ReadOnlySpan<double> coef = ((LinearRegressorModel)harness.Fit(new SgdRegressor { Penalty = penalty, Alpha = 0.1, L1Ratio = 0.9 }).Model).Coef;

        // The lasso takes alpha / σ off both; σ² is 1/12. One pass by single features has not got there yet.
        double less = penalty == Penalty.L1 ? 0.1 * Math.Sqrt(12) : 0;
        Assert.InRange(coef[0], features == Wide ? 2.5 : 4, penalty == Penalty.L1 ? 5.05 - less : 4.9);
        Assert.InRange(coef[1], penalty == Penalty.L1 ? -3.05 + less : -2.9, features == Wide ? -1 : -2);
        int left = 0;
        foreach (double value in coef[2..])
            left += value == 0 ? 0 : 1;

        Assert.InRange(left, 0, features / 20);
    }

    [Fact]
    public void Regressor_WithoutIntercept_IsZeroAtZero()
    {
        double[] y = [.. Sample.Features.Select(x => 2 * x[0] - x[3])];
        var model = (LinearRegressorModel)new Harness(Sample.Features, y).Fit(new SgdRegressor { FitIntercept = false, Penalty = Penalty.None }).Model;
        Assert.Equal(0, model.Intercept);
        Near.Equal([2, 0, 0, -1, 0], model.Coef, 1e-3);
    }

    [Theory]
    [InlineData(7, 2)]
    [InlineData(7, 3)]
    [InlineData(Wide, 2)]
    [InlineData(Wide, 3)]
    public void Classifier_BadColumns_LearnsTheGoodOne(int features, int classes)
    {
        double[][] x = Bad(features);
        double[] y = [.. x.Select(v => classes == 2 ? (v[0] > 0 ? 1.0 : 0) : v[0] > 0.2 ? 2 : v[0] > -0.2 ? 1 : 0)];
        var harness = new Harness(x, y) { Classes = [.. "abc"[..classes].Select(c => c.ToString())], Epochs = 2 };
        (Model model, IReadOnlyList<Metric> metrics) = harness.Fit(new SgdClassifier());
        AssertFinite(((LinearClassifierModel)model).Coef);
        AssertFinite(((LinearClassifierModel)model).Intercept);
        Assert.InRange(Value(metrics, "progressive_log_loss"), 0, 0.8 * Math.Log(classes));
    }

    [Theory]
    [InlineData(7, 1)]
    [InlineData(7, 1e12)]
    [InlineData(7, 1e200)]
    [InlineData(Wide, 1)]
    [InlineData(Wide, 1e12)]
    [InlineData(Wide, 1e200)]
    public void Regressor_BadColumnsAndTargets_StaysFinite(int features, double unit)
    {
        double[][] x = Bad(features);
        var harness = new Harness(x, [.. x.Select(v => v[0] * unit)]) { Epochs = 2 };
        var model = (LinearRegressorModel)harness.Fit(new SgdRegressor()).Model;
        AssertFinite(model.Coef);
        Assert.True(double.IsFinite(model.Intercept));
        if (unit < 1e100)
            Assert.Equal(unit, model.Coef[0] + model.Coef[6], (features == Wide ? 0.5 : 1e-2) * unit);
    }

    [Fact]
    public void Classifier_ClassThatComesLate_IsLearned()
    {
        // Four classes that hang on heavy tails, over which every step takes many iterations; then one more, which is all but ruled out by then.
        const int Rows = 30_000, Late = 20_000, Features = 6, Others = 4;
        double[][] x = [.. Enumerable.Range(0, Rows).Select(i => Enumerable.Range(0, Features).Select(j => Math.Exp(10 * Sample.U(i, j))).ToArray())];
        double[] y = [.. x.Select((v, i) => i >= Late && Sample.U(i, 60) > 0.35 ? Others : (double)Likeliest(v, i))];
        var harness = new Harness(x, y) { Classes = ["a", "b", "c", "d", "e"], BatchSize = 1000 };
        var model = (LinearClassifierModel)harness.Fit(new SgdClassifier()).Model;
        double[] coef = model.Coef.ToArray(), intercept = model.Intercept.ToArray();
        double share = y.Count(v => v == Others) / (double)Rows, found = 0;
        for (int i = 0; i < Rows; i++)
        {
            double[] output = [.. Enumerable.Range(0, Others + 1).Select(c => intercept[c] + x[i].Select((v, j) => v * coef[c * Features + j]).Sum())];
            found += Math.Exp(output[Others] - output.Max()) / output.Sum(o => Math.Exp(o - output.Max())) / Rows;
        }

        // At the optimum a class is as likely, in the mean, as it is frequent; the rows before it came can't say how unlikely it was to them.
        Assert.InRange(found, share, 2.5 * share);

        static int Likeliest(double[] row, int i)
        {
            double[] score = [.. Enumerable.Range(0, Others).Select(k => row.Select((v, j) => Math.Log(v) * 3 * Sample.U(j, 50 + k)).Sum() + 4 * Sample.U(i, 70 + k))];
            return Array.IndexOf(score, score.Max());
        }
    }

    [Fact]
    public void Classifier_RowsThatLieElsewhereLate_AreLearned()
    {
        // By the time that rows come which lie far out, and whose classes hang on something else, those kept so far gain nothing from being learned anew. Without
        // shuffling, parabolas of the first rows are then so far off that the best is out of reach; but what came late must count.
        const int Rows = 300_000, Late = 180_000, Features = 3;
        double[][] x = [.. Enumerable.Range(0, Rows).Select(i => Enumerable.Range(0, Features).Select(j => (i < Late ? 1 : 20) * (Sample.U(i, j) - 0.5)).ToArray())];
        double[] y = Labels(Rows, i => i < Late ? x[i][0] + 0.5 * x[i][1] + Logit(Sample.U(i, 9)) / 6 : 0.1 * x[i][1] - 0.2 * x[i][2] + Logit(Sample.U(i, 9)));
        var harness = new Harness(x, y) { Classes = ["a", "b"], BatchSize = 1000 };
        double best = Loss(harness.Fit(new LogisticRegression { C = 1e12 }).Model), found = Loss(harness.Fit(new SgdClassifier { Alpha = 0 }).Model);
        Assert.InRange(found, best, 1.1 * best);

        double Loss(Model model)
        {
            var linear = (LinearClassifierModel)model;
            double[] coef = linear.Coef.ToArray();
            double intercept = linear.Intercept[0];
            return x.Select((v, i) => Softplus((y[i] == 1 ? -1 : 1) * (intercept + v.Select((number, j) => number * coef[j]).Sum()))).Average();
        }

        static double Logit(double share) => Math.Log(share / (1 - share));

        static double Softplus(double score) => Math.Max(score, 0) + Math.Log(1 + Math.Exp(-Math.Abs(score)));
    }

    [Fact]
    public void Classifier_FirstRows_ProgressiveLossIsThatOfKnowingNothing()
    {
        var harness = new Harness(Sample.UnitFeatures, Sample.ThreeClasses) { Classes = ["a", "b", "c"] };
        Assert.Equal(Math.Log(3), Value(harness.Fit(new SgdClassifier()).Metrics, "progressive_log_loss"), 1e-14);
    }

    [Theory]
    [InlineData(5, 2, "C43C08E7A7BEF2DD")]
    [InlineData(6, 3, "CE9A61683E86C015")]
    [InlineData(Wide, 2, "DC57D53B1BC858D1")]
    [InlineData(Wide, 3, "D5EC3EC03E373E0B")]
    public void Classifier_HasTheSameBitsOnEveryMachine(int features, int classes, string wanted)
    {
        // Computed by this code; they hold it to the same bits with and without AVX-512, AVX2 and FMA.
        double[][] x = [.. Enumerable.Range(0, 3001).Select(i => Enumerable.Range(0, features).Select(j => Sample.U(i, j) * (1 << (j % 11))).ToArray())];
        double[] y = [.. x.Select((v, i) => Math.Clamp(Math.Floor((v[0] + Sample.U(i, features + 1) + 0.7) / 1.4 * classes), 0, classes - 1))];
        var harness = new Harness(x, y) { Classes = [.. "abc"[..classes].Select(c => c.ToString())], BatchSize = 333 };
        var model = (LinearClassifierModel)harness.Fit(new SgdClassifier()).Model;
        byte[] bits = [.. model.Coef.ToArray().Concat(model.Intercept.ToArray()).SelectMany(BitConverter.GetBytes)];
        Assert.Equal(wanted, Convert.ToHexString(SHA256.HashData(bits))[..16]);
    }

    // 0 is good; then a constant, zeros, money in millions, tiny numbers, one huge outlier, a copy of the first, and noise.
    static double[][] Bad(int features) =>
    [
        .. Enumerable.Range(0, 3000).Select(i =>
        {
            double[] row = [.. Enumerable.Range(0, features).Select(j => Sample.U(i, j))];
            double[] bad = [row[0], 7.3e12, 0, 1e12 * row[3], 1e-35 * row[4], i == 1000 ? 1e38 : row[5], row[0]];
            bad.CopyTo(row, 0);
            return row;
        }),
    ];

    static double[] Labels(int rows, Func<int, double> score) => [.. Enumerable.Range(0, rows).Select(i => score(i) > 0 ? 1.0 : 0)];

    static void AssertFinite(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
            Assert.True(double.IsFinite(value), $"Found {value}.");
    }

    async Task<double[]> ProbabilitiesAsync(string file, (string, Array Values)[] columns)
    {
        using Dataset dataset = data.Open(file);
        var model = (LinearClassifierModel)(await new SgdClassifier { Alpha = 0.01 }.FitAsync(
            dataset, new TrainingOptions { Target = "y", Epochs = 3 })).Model;
        double[] coef = model.Coef.ToArray(), first = (double[])columns[0].Values;
        double intercept = model.Intercept[0];
        return
        [
            .. first.Select((_, i) => 1 / (1 + Math.Exp(-intercept - coef.Select((w, j) => w * ((double[])columns[j].Values)[i]).Sum()))),
        ];
    }

    static async Task<IReadOnlyList<Metric>> ScoresAsync(Estimator estimator, ReferenceSet set, string train, string test, int epochs)
    {
        using Dataset rows = Dataset.Open(train), unseen = Dataset.Open(test);
        FitResult fit = await estimator.FitAsync(rows, new TrainingOptions { Target = set.Target, Epochs = epochs, Workers = 2 });
        return (await Evaluator.EvaluateAsync(fit.Model, unseen)).Metrics;
    }

    static double Value(IReadOnlyList<Metric> metrics, string name) => metrics.Single(m => m.Name == name && m.Class is null).Value;
}
