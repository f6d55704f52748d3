using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Estimators.Logistic;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Learning.Tests.Reference;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>The optimum that scikit-learn finds (tests/data/logistic-regression), and how it is reached.</summary>
public sealed class LogisticRegressionTests : IDisposable
{
    static readonly JsonElement[] Fits =
    [
        .. JsonDocument.Parse(File.ReadAllBytes(Repository.TestData("logistic-regression/reference-sklearn.json")))
            .RootElement.GetProperty("fits").EnumerateArray(),
    ];

    readonly TestData data = new();

    public static TheoryData<int, string> References =>
        new(Fits.Select((f, i) => (i, string.Join(' ', new[] { "set", "penalty", "C" }.Select(k => f.GetProperty(k).ToString())))));

    public static TheoryData<int, string> StandardisedReferences =>
        new(References.Where(r => 
            Fits[r.Data.Item1].GetProperty("standardize").GetBoolean()
            && Fits[r.Data.Item1].GetProperty("class_weight").ValueKind == JsonValueKind.Null).Select(r => r.Data));

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(References))]
    public async Task Coefficients_AreThoseOfScikitLearn(int fit, string what)
    {
        JsonElement wanted = Fits[fit];
        ReferenceSet set = ReferenceSet.Of(wanted.GetProperty("set").GetString()!);
        double[][] columns = set.ReadAll([.. set.Features, set.Target]);
        int rows = columns[0].Length;
        (string, Array)[] named = [.. columns.Select((c, j) => (j < set.Features.Length ? $"x{j}" : "y", (Array)c))];
        bool hasWeights = wanted.GetProperty("weights").GetBoolean();
        await data.WriteAsync("all.parquet", [rows / 3, rows - rows / 3], [.. named, ("w", Weights(rows))]);
        using Dataset dataset = data.Open("all.parquet");
        FitResult result = await Estimator(wanted).FitAsync(dataset, new TrainingOptions
        {
            Target = "y", Features = ["x*"], Weight = hasWeights ? "w" : null, Standardize = wanted.GetProperty("standardize").GetBoolean(),
        });
        var model = (LinearClassifierModel)result.Model;
        Near.Equal(ReferenceSet.Numbers(wanted.GetProperty("coef")), model.ScaledCoef, 1e-5);
        double[] intercept = ReferenceSet.Numbers(wanted.GetProperty("intercept"));
        Near.Equal(intercept, wanted.GetProperty("standardize").GetBoolean() ? model.ScaledIntercept : model.Intercept, 1e-5);
        Assert.Equal(result.Metrics.Single(m => m.Name == "n_iter").Value, model.NIter!.Value);
        Assert.True(model.NIter <= 15, $"{what} took {model.NIter} iterations.");
        Assert.InRange(result.Passes, model.NIter.Value + 2, model.NIter.Value + 5);
    }

    [Theory]
    [MemberData(nameof(StandardisedReferences))]
    public void QuasiNewton_FindsTheSameOptimum(int fit, string what)
    {
        // What is used beyond 700 features, from zeros, on sets that are small enough to have references.
        JsonElement wanted = Fits[fit];
        ReferenceSet set = ReferenceSet.Of(wanted.GetProperty("set").GetString()!);
        (Harness harness, int outputs) = Standardised(set, wanted.GetProperty("weights").GetBoolean());
        LogisticRegression estimator = Estimator(wanted);
        var shape = new LogisticShape(outputs, estimator.FitIntercept, new double[harness.FeatureCount], HasAllPairs: false);
        var descent = new LogisticQuasiNewton(
            new LogisticObjective(shape, estimator.C, estimator.L1, estimator.L2), new double[shape.Length], 1e-7, 500);
        int passes = Run(harness, shape, descent);
        Near.Equal(ReferenceSet.Numbers(wanted.GetProperty("coef")), Coef(shape, descent.Weights), 1e-4);
        Assert.True(descent.IsConverged, what);

        // At kinks of the penalty steps are cut, so that more of them are tried twice.
        int most = estimator.L1 > 0 ? 2 * descent.Iterations : 10 + descent.Iterations * 6 / 5;
        Assert.True(passes <= most, $"{what}: {passes} passes for {descent.Iterations} iterations.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Sums_AreThoseOfPlainLoops(int outputs)
    {
        double[] target = outputs == 1 ? Sample.TwoClasses : Sample.ThreeClasses;
        double[] weights = [.. Sample.Weights.Select((w, i) => i % 7 == 0 ? 0 : w)];
        var shape = new LogisticShape(outputs, HasIntercept: true, [0.1, -0.2, 0.3, 0, 0.5], HasAllPairs: true);
        double[] at = [.. Enumerable.Range(0, shape.Length).Select(i => i % 8 < 6 ? Sample.U(i, 9) : 0)];
        double[] step = [.. at.Select((w, i) => w == 0 ? 0 : Sample.U(i, 10))];
        var trial = new LogisticTrial(at, step);
        LogisticSums sums = Sum(new Harness(Sample.UnitFeatures, target, weights) { Partitions = 3, BatchSize = 37 }, shape, trial);
        LogisticSums lone = Sum(new Harness(Sample.UnitFeatures, target, weights), shape with { HasAllPairs = false }, trial);

        var gradient = new double[shape.Length];
        var curvature = new double[shape.Length * shape.Length];
        double loss = 0, right = 0;
        for (int i = 0; i < Sample.Rows; i++)
        {
            double[] z = [1, .. Sample.UnitFeatures[i].Select((x, j) => x - shape.Origin[j]), 0, 0];
            double[] score = [.. Enumerable.Range(0, outputs).Select(c => z.Select((v, j) => v * at[c * 8 + j]).Sum())];
            double[] p = outputs == 1 ? [1 / (1 + Math.Exp(-score[0]))] : [.. score.Select(s => Math.Exp(s) / score.Sum(Math.Exp))];
            int y = (int)target[i];
            loss -= weights[i] * Math.Log(outputs > 1 ? p[y] : y == 1 ? p[0] : 1 - p[0]);
            right += outputs > 1 ? (Array.IndexOf(p, p.Max()) == y ? weights[i] : 0) : p[0] > 0.5 == (y == 1) ? weights[i] : 0;
            for (int a = 0; a < shape.Length; a++)
            {
                gradient[a] += weights[i] * (p[a / 8] - ((outputs > 1 ? a / 8 == y : y == 1) ? 1 : 0)) * z[a % 8];
                for (int b = 0; b < shape.Length; b++)
                    curvature[a * shape.Length + b] += weights[i] * p[a / 8] * ((a / 8 == b / 8 ? 1 : 0) - p[b / 8]) * z[a % 8] * z[b % 8];
            }
        }

        var found = new double[curvature.Length];
        sums.CopyCurvatureTo(found, 2);
        Assert.Equal(loss, sums.Loss, 1e-10);
        Assert.Equal(right, sums.RightWeight, 1e-10);
        for (int half = 0; half < LogisticSums.Halves; half++)
        {
            double back = 1 - Math.Pow(0.5, half + 1);
            double[] nearer = [.. at.Select((w, i) => w - back * step[i])];
            double wanted = Sum(new Harness(Sample.UnitFeatures, target, weights), shape, new LogisticTrial(nearer)).Loss;
            Assert.Equal(wanted, sums.NearerLosses[half], 1e-10);
        }

        Assert.Equal(weights.Sum(), sums.WeightSum, 1e-10);
        Near.Equal(gradient, sums.Gradient, 1e-6);
        Near.Equal([.. curvature.Select(v => 2 * v)], found, 1e-6);
        Near.Equal([.. Enumerable.Range(0, shape.Length).Select(i => curvature[i * shape.Length + i])], lone.Diagonal, 1e-6);
    }

    [Fact]
    public void Start_WorseThanZeros_IsDropped()
    {
        (Harness harness, LogisticShape shape, LogisticObjective objective) = TwoClasses(allPairs: true);
        double[] start = [.. Enumerable.Repeat(50.0, shape.Length)];
        var descent = new LogisticNewton(objective, start, 1e-6, 50);
        descent.Take(Sum(harness, shape, descent.Trial!));
        Assert.Equal(new double[shape.Length], descent.Trial!.Weights);
        Run(harness, shape, descent);
        Assert.True(descent.IsConverged);
    }

    [Fact]
    public void Trial_ThatGoesUp_IsTakenNearer()
    {
        // So sure of itself is the start that the loss hardly curves: Newton's step is far too long.
        double[][] x = [.. Enumerable.Range(0, 100).Select(i => new[] { i % 2 - 0.5 })];
        double[] y = [.. x.Select((v, i) => i == 7 ? 0.0 : v[0] > 0 ? 1 : 0)];
        var harness = new Harness(x, y);
        var shape = new LogisticShape(1, HasIntercept: true, [0], HasAllPairs: true);
        var descent = new LogisticNewton(new LogisticObjective(shape, 1, 0, 1e-3), [0, 60, 0, 0], 1e-8, 100);
        var values = new List<double>();
        int passes = 0;
        for (; descent.Trial is { } trial; passes++)
        {
            descent.Take(Sum(harness, shape, trial));
            values.Add(descent.Loss + 0.5e-3 / 100 * descent.Weights[1] * descent.Weights[1]);
        }

        Assert.InRange(passes, descent.Iterations + 2, 3 * descent.Iterations);
        Assert.InRange(descent.Iterations, 1, 20);
        Assert.Equal(values.OrderDescending(), values);
        Assert.True(descent.IsConverged);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Persist_InTheMiddle_GoesOnWithTheSameBits(bool allPairs)
    {
        (Harness harness, LogisticShape shape, LogisticObjective objective) = TwoClasses(allPairs);
        LogisticDescent whole = New(), begun = New(), resumed = New();
        Run(harness, shape, whole);
        for (int i = 0; i < 3; i++)
            begun.Take(Sum(harness, shape, begun.Trial!));

        StateReader.Restore(resumed, StateWriter.ToBytes(begun));
        Run(harness, shape, resumed);
        Assert.Equal(whole.Weights, resumed.Weights);
        Assert.Equal(whole.Iterations, resumed.Iterations);

        LogisticDescent New() => allPairs
            ? new LogisticNewton(objective, new double[shape.Length], 1e-9, 50)
            : new LogisticQuasiNewton(objective, new double[shape.Length], 1e-9, 50);
    }

    [Fact]
    public async Task MaxIter_EndsTheDescent_AndSaysSo()
    {
        await data.WriteAsync("a.parquet", [100], ("x", Sample.UnitFeatures[..100].Select(v => v[0]).ToArray()), ("y", Sample.TwoClasses[..100].Select(v => (int)v).ToArray()));
        using Dataset dataset = data.Open("a.parquet");
        var options = new TrainingOptions { Target = "y" };
        FitResult cut = await new LogisticRegression { MaxIter = 1, Tol = 1e-12 }.FitAsync(dataset, options), whole = await new LogisticRegression().FitAsync(dataset, options);
        Assert.Equal(1, ((LinearClassifierModel)cut.Model).NIter);
        Assert.True(cut.Metrics.Single(m => m.Name == "gradient_norm").Value > 1e-12);
        Assert.Matches("^The descent ended in step 1, short of the optimum: gradient_norm is .*, tol is 1E-12[.] Allow more steps", cut.Remarks.Single());
        Assert.Empty(whole.Remarks);
    }

    [Fact]
    public void L1_MakesCoefficientsExactlyZero()
    {
        var harness = new Harness(Sample.UnitFeatures, Sample.TwoClasses) { Classes = ["a", "b"] };
        var model = (LinearClassifierModel)harness.Fit(new LogisticRegression { Penalty = Penalty.L1, C = 0.3 }).Model;
        Assert.Contains(0.0, model.Coef.ToArray());
        Assert.NotEqual(0, model.Coef[1]);
    }

    [Fact]
    public void Validate_WrongParameters_AreNamed()
    {
        Assert.Contains("C:", Message(new LogisticRegression { C = 0 }), StringComparison.Ordinal);
        Assert.Contains("l1_ratio", Message(new LogisticRegression { L1Ratio = 2 }), StringComparison.Ordinal);
        Assert.Contains("tol", Message(new LogisticRegression { Tol = 0 }), StringComparison.Ordinal);
        Assert.Contains("max_iter", Message(new LogisticRegression { MaxIter = 0 }), StringComparison.Ordinal);

        static string Message(Estimator estimator) => Assert.Throws<ArgumentException>(estimator.Validate).Message;
    }

    static LogisticRegression Estimator(JsonElement fit) => new()
    {
        Penalty = Enum.Parse<Penalty>(fit.GetProperty("penalty").GetString()!, ignoreCase: true),
        C = fit.GetProperty("C").GetDouble(),
        L1Ratio = fit.GetProperty("l1_ratio").GetDouble(),
        FitIntercept = fit.GetProperty("fit_intercept").GetBoolean(),
        ClassWeight = ClassWeight(fit.GetProperty("class_weight")),
        Tol = 1e-6,
    };

    static string? ClassWeight(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object => string.Join(',', value.EnumerateObject().Select(p => $"{p.Name}={p.Value}")),
        _ => value.GetString(),
    };

    static double[] Weights(int rows) => [.. Enumerable.Range(0, rows).Select(i => Sample.U(i, 501) + 1)];

    static (Harness Harness, int Outputs) Standardised(ReferenceSet set, bool hasWeights)
    {
        double[][] columns = set.ReadAll(set.Features);
        double[] target = set.ReadAll([set.Target])[0];
        double[] weights = hasWeights ? Weights(target.Length) : [.. target.Select(_ => 1.0)];
        double[] mean = [.. columns.Select(c => c.Zip(weights, (v, w) => v * w).Sum() / weights.Sum())];
        double[] variance = [.. columns.Select((c, j) => c.Zip(weights, (v, w) => w * (v - mean[j]) * (v - mean[j])).Sum() / weights.Sum())];
        double[] factor = [.. variance.Select(v => v > 0 ? 1 / Math.Sqrt(v) : 1)];
        double[][] rows = [.. target.Select((_, i) => columns.Select(c => c[i]).ToArray())];
        int classes = target.Distinct().Count();
        var harness = new Harness(rows, target, hasWeights ? weights : null) { Scaling = new FeatureScaling(mean, factor) };
        return (harness, classes == 2 ? 1 : classes);
    }

    static (Harness Harness, LogisticShape Shape, LogisticObjective Objective) TwoClasses(bool allPairs)
    {
        var shape = new LogisticShape(1, HasIntercept: true, new double[5], allPairs);
        return (new Harness(Sample.UnitFeatures, Sample.TwoClasses), shape, new LogisticObjective(shape, 1, 0, 1));
    }

    static int Run(Harness harness, LogisticShape shape, LogisticDescent descent)
    {
        int passes = 0;
        for (; descent.Trial is { } trial; passes++)
            descent.Take(Sum(harness, shape, trial));

        return passes;
    }

    static LogisticSums Sum(Harness harness, LogisticShape shape, LogisticTrial at)
    {
        LogisticSums? found = null;
        harness.Run(new SumPass<LogisticSums>("test", () => new LogisticSums(shape, at, ClassWeights.None), sums => found = sums));
        return found!;
    }

    static double[] Coef(LogisticShape shape, double[] weights) =>
        [.. weights.Where((_, i) => shape.IsCoefficient(i))];
}
