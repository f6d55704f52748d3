using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// Wanted numbers: statsmodels 0.13.5, <c>OLS</c> and <c>WLS</c> on <see cref="Sample"/> with <c>add_constant</c>: <c>bse</c>, <c>tvalues</c>,
/// <c>pvalues</c>, <c>scale</c>, <c>rsquared_adj</c>; the intercept is last here.
/// </summary>
public sealed class RegressionStatisticsTests
{
    [Fact]
    public void Fit_EqualsStatsmodels_WhateverTheScaling()
    {
        FeatureScaling[] scalings = [FeatureScaling.Identity(5), new([0.5, -3, 1, 100, 0.25], [4, 1, 0.5, 1, 1024])];
        foreach (FeatureScaling scaling in scalings)
        {
            (Model model, _) = new Harness(Sample.Features, Sample.Numbers) { Partitions = 3, Scaling = scaling }.Fit(new LinearRegression());

            AssertStatistics(
                model,
                errors: [0.0720731173050729, 0.03567152362689878, 0.017707121386058986, 0.009412994456351971, 0.0047302344548279885, 0.02070137560231764],
                pValues: [2.007769319659819e-99, 1.4251509940141552e-122, 9.048077407635326e-70, 5.194597707895749e-68, 0.5790409212573833, 1.7064179377507536e-300],
                variance: 0.0832553621683243, freedom: 194, adjustedR2: 0.9695449038648822);
        }
    }

    [Fact]
    public void Fit_Weights_EqualsStatsmodels()
    {
        (Model model, _) = new Harness(Sample.Features, Sample.Numbers, Sample.Weights).Fit(new LinearRegression());
        AssertStatistics(
            model,
            errors: [0.07236431520831357, 0.03634715980357935, 0.01763789563357816, 0.009553381852259, 0.004740042647256459, 0.020748805137455386],
            pValues: [2.203472667283028e-99, 2.9889692284871585e-121, 6.48311939071826e-71, 2.8508925664681194e-67, 0.4709561389787599, 2.810365356305032e-300],
            variance: 0.08347582386203037, freedom: 194, adjustedR2: 0.9687533122139234);
    }

    [Fact]
    public void Fit_NoIntercept_EqualsStatsmodels()
    {
        (Model model, _) = new Harness(Sample.Features, Sample.Numbers).Fit(new LinearRegression { FitIntercept = false });
        var linear = (LinearRegressorModel)model;
        Near.Equal(
            [2.473792821783064, 1.2293100502216603, 0.6105650793651489, 0.32447470313476473, 0.1619032336583428],
            linear.StandardErrors, 1e-9);
        Assert.True(double.IsNaN(linear.Statistics!.InterceptStandardError));
        Assert.Equal(195, linear.Statistics.DegreesOfFreedom);
    }

    [Fact]
    public void Fit_CollinearColumns_KnowsTheErrorsOfTheOthersOnly()
    {
        // The last two columns hang on the first three. Without them statsmodels gives x3 the same error as numpy's pinv with them.
        double[][] features = Sample.Make(i => Coarse(i) is var x ? [x[0], x[1], x[2], x[3], x[0] + x[1], 1000 * x[2]] : []);
        var model = (LinearRegressorModel)new Harness(features, Sample.Numbers).Fit(new LinearRegression()).Model;

        Assert.Equal([true, true, true, false, true, true], model.StandardErrors.ToArray().Select(double.IsNaN));
        Assert.Equal(CollinearError, model.StandardErrors[3], 1e-12);
        Assert.Equal(195, model.Statistics!.DegreesOfFreedom);
        Assert.Equal(4, model.Statistics.Parameters);
    }

    // statsmodels 0.13.5: OLS(y, add_constant(four columns in 256ths)).bse[4].
    const double CollinearError = 0.009336541906413703;

    [Fact]
    public void Fit_Ridge_TellsEffectiveParametersButNoErrors()
    {
        var model = (LinearRegressorModel)new Harness(Sample.Features, Sample.Numbers).Fit(new Ridge { Alpha = 10 }).Model;

        // numpy 1.24.2: trace of Xc (Xc'Xc + 10)^-1 Xc', and 1 - (1 - r2) (n - 1) / (n - 1 - trace).
        Assert.Equal(4.43397795460422, model.Statistics!.Parameters, 1e-12);
        Assert.Equal(0.9203101083044356, model.Statistics.AdjustedR2, 1e-12);
        Assert.All(model.StandardErrors.ToArray(), e => Assert.True(double.IsNaN(e)));
    }

    [Fact]
    public void SaveAndLoad_KeepsTheStatistics()
    {
        (Model model, _) = new Harness(Sample.Features, Sample.Numbers).Fit(new LinearRegression());
        using var bytes = new MemoryStream();
        ModelFile.Write(bytes, model);
        bytes.Position = 0;
        var loaded = (LinearRegressorModel)ModelFile.Read(bytes, "model");
        var statistics = ((LinearRegressorModel)model).Statistics!;
        Assert.Equal(statistics.StandardErrors, loaded.Statistics!.StandardErrors);
        Assert.Equal(statistics with { StandardErrors = [] }, loaded.Statistics with { StandardErrors = [] });
    }

    static double[] Coarse(int row) => [.. Sample.Features[row].Select(v => Math.Round(v * 256) / 256)];

    static void AssertStatistics(Model model, double[] errors, double[] pValues, double variance, double freedom, double adjustedR2)
    {
        var linear = (LinearRegressorModel)model;
        RegressionStatistics statistics = linear.Statistics!;
        double[] found = [.. linear.StandardErrors, statistics.InterceptStandardError];
        double[] coef = [.. linear.Coef, linear.Intercept];
        for (int i = 0; i < errors.Length; i++)
        {
            Assert.Equal(1, found[i] / errors[i], 1e-6);
            Assert.Equal(1, statistics.PValue(coef[i] / found[i]) / pValues[i], 1e-4);
        }

        Assert.Equal(1, statistics.ResidualVariance / variance, 1e-6);
        Assert.Equal(freedom, statistics.DegreesOfFreedom);
        Assert.Equal(adjustedR2, statistics.AdjustedR2, 1e-7);
    }
}
