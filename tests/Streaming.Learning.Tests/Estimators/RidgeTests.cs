using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>Many penalties and sets of features from one pass. Wanted numbers: scikit-learn 1.2.1 <c>Ridge</c>, numpy 1.24.2.</summary>
public sealed class RidgeTests
{
    [Fact]
    public void Fit_OnePenalty_IsTheSameAsLinearRegressionWithIt()
    {
        (Model ridge, _) = new Harness(Sample.Features, Sample.Numbers).Fit(new Ridge { Alpha = 10 });
        (Model linear, _) = new Harness(Sample.Features, Sample.Numbers).Fit(new LinearRegression { Alpha = 10 });
        Assert.Equal(linear.Tensors.SelectMany(t => t.Values), ridge.Tensors.SelectMany(t => t.Values));
        Assert.Equal(1, new Ridge().Alpha.Single());
    }

    [Fact]
    public void Fit_ManyPenalties_KeepsTheBestByGeneralisedCrossValidation()
    {
        // rss / n / (1 - trace(H) / n)^2, H the hat matrix with the intercept.
        double[] wanted = [0.22393319276057624, 0.08585570841397781, 0.08583027027662327, 1.2138377078576215];
        IReadOnlyList<Candidate> candidates = Candidates(new Ridge { Alpha = [10, 0.1, 0, 100] });
        Near.Equal(wanted, [.. candidates.Select(c => c.TrainingMetrics.Single(m => m.Name == "gcv").Value)], 1e-11);
        Assert.Equal(["alpha=10", "alpha=0.1", "alpha=0", "alpha=100"], candidates.Select(c => c.Name));

        (Model model, var metrics) = new Harness(Sample.Features, Sample.Numbers).Fit(new Ridge { Alpha = [10, 0.1, 0, 100] });
        Assert.Equal(0, ((LinearRegressorModel)model).Statistics!.Alpha);
        Assert.Equal(wanted[2], metrics.Single(m => m.Name == "gcv").Value, 1e-12);
    }

    [Fact]
    public void Fit_FeatureSets_EqualsScikitLearnOnThoseColumns()
    {
        IReadOnlyList<Candidate> candidates = Candidates(new Ridge { Alpha = [0.1, 10], FeatureSets = "x0,x2;x3,x1,x0,x2;x4" });
        Assert.Equal(6, candidates.Count);
        Assert.Equal("alpha=10 features=x3,x1,x0,x2", candidates[3].Name);
        Near.Equal([1.97436311, 0, 0.37699712, 0, 0], ((LinearRegressorModel)candidates[1].Model).Coef, 3e-8);
        Near.Equal([1.88039857, -1.76664436, 0.46780243, -0.25121047, 0], ((LinearRegressorModel)candidates[3].Model).Coef, 3e-8);
        double[] wanted = [1.728901150447552, 1.846170556922803, 0.08511260633739007, 0.22151976007241167, 2.754797980288655, 2.7547255337797534];
        Near.Equal(wanted, [.. candidates.Select(c => c.TrainingMetrics.Single(m => m.Name == "gcv").Value)], 1e-11);
    }

    [Fact]
    public void Fit_UnknownFeature_IsRefused()
    {
        var e = Assert.Throws<ArgumentException>(() => Candidates(new Ridge { FeatureSets = "x0,y" }));
        Assert.Equal("Parameter feature_sets: wanted names of features, found 'y'. The features are x0, x1, x2, x3, x4.", e.Message);
    }

    [Fact]
    public void Alpha_FromText_IsAList()
    {
        var ridge = new Ridge();
        EstimatorParameter alpha = EstimatorParameters.Of(typeof(Ridge)).Single(p => p.KebabName == "alpha");
        alpha.Set(ridge, "0,0.1,1e3");
        Assert.Equal([0, 0.1, 1000], ridge.Alpha);
        Assert.Equal("0,0.1,1000", alpha.Format(ridge));
        var e = Assert.Throws<ArgumentException>(() => alpha.Set(ridge, "1;2"));
        Assert.Equal("Parameter alpha: wanted numbers with commas between them, found '1;2'.", e.Message);
    }

    [Theory]
    [InlineData(0.3, false)]
    [InlineData(0, true)]
    public async Task Fit_ManyPenalties_ScoresAllInOnePass_AndKeepsTheBestOnRowsNotSeen(double holdout, bool validates)
    {
        // With so few rows to learn from, some penalty does better on others than none.
        using var data = new TestData();
        await WriteAsync("few.parquet", 0, 40);
        await WriteAsync("others.parquet", 40, 160);
        NumberList alphas = [0, 1, 30, 1000];
        var singles = new List<FitResult>();
        foreach (double alpha in alphas)
            singles.Add(await FitAsync(alpha));

        FitResult many = await FitAsync(alphas);
        double[] errors = [.. singles.Select(s => Rmse(s.Metrics))];
        Assert.Equal(errors, many.Candidates.Select(c => Rmse(c.Metrics)));
        int best = Array.IndexOf(errors, errors.Min());
        Assert.InRange(best, 1, 2);
        Assert.Equal(best, many.Candidates.ToList().FindIndex(c => c.IsChosen));
        Assert.Equal(errors[best], Rmse(many.Metrics));
        Assert.Equal(singles[best].Model.Tensors.SelectMany(t => t.Values), many.Model.Tensors.SelectMany(t => t.Values));
        Assert.Equal(singles[best].Passes, many.Passes);
        Assert.Empty(singles[best].Candidates);

        async Task<FitResult> FitAsync(NumberList alpha)
        {
            using Dataset few = data.Open("few.parquet");
            using Dataset others = data.Open("others.parquet");
            var options = new TrainingOptions { Target = "y", HoldoutFraction = holdout, Validation = validates ? others : null, Seed = 1 };
            return await new Ridge { Alpha = alpha }.FitAsync(few, options, TestContext.Current.CancellationToken);
        }

        Task WriteAsync(string name, int first, int count) => data.WriteAsync(
            name, [count],
            [
                .. Enumerable.Range(0, 12).Select(j => ($"x{j}", (Array)Enumerable.Range(first, count).Select(i => Sample.U(i, j)).ToArray())),
                ("y", Enumerable.Range(first, count).Select(i => Sample.U(i, 0) + 3 * Sample.U(i, 400)).ToArray()),
            ]);

        static double Rmse(IReadOnlyList<Metric> metrics) => metrics.Single(m => m.Name == "rmse").Value;
    }

    [Fact]
    public async Task Fit_ColumnsFarFromZero_KeepTheirDigits()
    {
        // Means are 5e7 and 5e10 spreads from 0. The design is a full factorial, sorted, and the noise a product of what the columns differ by
        // from their means: so it is orthogonal to all of them, and the coefficients are those of the construction.
        using var data = new TestData();
        (int I, int J, int K)[] rows = [.. from i in Enumerable.Range(0, 10) from r in Enumerable.Range(0, 25) from j in Enumerable.Range(0, 10) from k in new[] { 0, 1 } select (i, j, k)];
        await data.WriteAsync(
            "far.parquet", [1000, 4000],
            ("time", rows.Select(r => 1.7e9 + 12.5 * r.I).ToArray()),
            ("id", rows.Select(r => 1_000_000_000_000L + 7 * r.J).ToArray()),
            ("flag", rows.Select(r => r.K).ToArray()),
            ("y", rows.Select(r => 1e6 + 2.5 * 12.5 * r.I - 4.0 * 7 * r.J + 0.5 * r.K + (r.I - 4.5) * (r.J - 4.5) * (r.K - 0.5)).ToArray()));
        using Dataset dataset = data.Open("far.parquet");
        var result = await new LinearRegression().FitAsync(dataset, new TrainingOptions { Target = "y" }, TestContext.Current.CancellationToken);
        var model = (LinearRegressorModel)result.Model;
        Near.Equal([2.5, -4, 0.5], model.Coef, 1e-10);

        // What is left is the noise: its mean square is that of a product of independent parts.
        Assert.Equal(8.25 * 8.25 * 0.25, model.Statistics!.ResidualVariance * model.Statistics.DegreesOfFreedom / 5000, 1e-7);
    }

    static IReadOnlyList<Candidate> Candidates(Estimator estimator)
    {
        var harness = new Harness(Sample.Features, Sample.Numbers);
        Fitting fitting = estimator.Begin(harness.Context);
        while (fitting.NextPass() is { } pass)
            harness.Run(pass);

        return fitting.Candidates(harness.HeaderOf(estimator, 1));
    }
}
