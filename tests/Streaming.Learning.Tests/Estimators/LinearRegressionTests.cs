using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>Wanted numbers: scikit-learn 1.2.1, <c>LinearRegression</c> and <c>Ridge</c> on <see cref="Sample"/>, in double.</summary>
public sealed class LinearRegressionTests
{
    static readonly double[] Ols =
        [3.0305846466486788, -2.0192574275106625, 0.4936196038903107, -0.25562091240963836, 0.0026286974576010813, 9.965750027864567];

    [Fact]
    public void Fit_FullRank_EqualsScikitLearn()
    {
        var harness = new Harness(Sample.Features, Sample.Numbers) { Partitions = 3, BatchSize = 17 };
        (Model model, var metrics) = harness.Fit(new LinearRegression());

        Near.Equal(Ols, Parameters(model), 1e-12);
        Assert.Equal(0.9703101072853626, metrics.Single(m => m.Name == "r2").Value, 1e-12);
    }

    [Fact]
    public void Fit_Weights_EqualsScikitLearn()
    {
        (Model model, var metrics) = new Harness(Sample.Features, Sample.Numbers, Sample.Weights).Fit(new LinearRegression());

        Near.Equal(
            [3.041211501049223, -2.0235348896749934, 0.5000706528108567, -0.256570591632968, 0.0034239158635658296, 9.962906396880165],
            Parameters(model), 1e-12);
        Assert.Equal(0.9695384048718649, metrics.Single(m => m.Name == "r2").Value, 1e-12);
    }

    [Fact]
    public void Fit_NoIntercept_EqualsScikitLearn_WhateverTheShift()
    {
        double[] wanted =
            [6.4224203463775815, -2.6938980076129524, 0.31896215530136474, -0.11072347588301654, -0.2771257062469452];
        foreach (FeatureScaling scaling in Shifts())
        {
            (Model model, var metrics) = new Harness(Sample.Features, Sample.Numbers) { Scaling = scaling }
                .Fit(new LinearRegression { FitIntercept = false });

            // The tolerance is for float32 tiles: a shift of 1000 leaves values of spread 16 some five digits.
            double[] found = Parameters(model);
            Near.Equal(wanted, found[..5], 2e-5);
            Assert.Equal(0, found[5], 1e-12);
            Assert.Equal(-34.49701753894387, metrics.Single(m => m.Name == "r2").Value, 1e-5);
        }
    }

    [Fact]
    public void Fit_Shifted_GivesTheSameInUserUnits()
    {
        foreach (FeatureScaling scaling in Shifts())
        {
            (Model model, _) = new Harness(Sample.Features, Sample.Numbers) { Scaling = scaling }.Fit(new LinearRegression());
            Near.Equal(Ols, Parameters(model), 1e-5);
        }
    }

    [Fact]
    public void Fit_Ridge_EqualsScikitLearn()
    {
        (Model model, var metrics) = new Harness(Sample.Features, Sample.Numbers).Fit(new LinearRegression { Alpha = 10 });
        (Model without, _) = new Harness(Sample.Features, Sample.Numbers).Fit(new LinearRegression { Alpha = 10, FitIntercept = false });

        Near.Equal(
            [1.8800610688853985, -1.7661039465948054, 0.46772386856308085, -0.25087598754783014, -0.001466401483717184, 10.00423347193803],
            Parameters(model), 1e-12);
        Assert.Equal(0.9220857023897768, metrics.Single(m => m.Name == "r2").Value, 1e-12);
        Near.Equal(
            [3.989140441569996, -2.3788230347127626, 0.30135660760301647, -0.10648238041404867, -0.2853256851888387],
            Parameters(without)[..5], 1e-12);
    }

    [Fact]
    public void Fit_CollinearColumns_GivesSmallestCoefficients_AsScikitLearn()
    {
        // Columns: four of the sample in 256ths, the sum of the first two, a constant, and a thousand times the third.
        double[][] features = Sample.Make(i => Coarse(i) is var x ? [x[0], x[1], x[2], x[3], x[0] + x[1], 7, 1000 * x[2]] : []);
        (Model model, _) = new Harness(features, Sample.Numbers) { Partitions = 2 }.Fit(new LinearRegression());

        Near.Equal(
            [
                2.6920093091220143, -2.3550643992515448, 4.937430245852831e-07, -0.2551044869152945, 0.33694490987052783, 0.0,
                0.0004937430279690069, 9.964296529061828,
            ],
            Parameters(model), 1e-9);
    }

    [Fact]
    public void Fit_NearlyCollinearColumns_EqualsScikitLearn()
    {
        // The fifth column differs from the first by a ten-thousandth: condition number 1.1e4.
        double[][] features = Sample.Make(i =>
            Coarse(i) is var x ? [x[0], x[1], x[2], x[3], x[0] + Math.Round(Sample.U(i, 502) * 1024) / 1048576] : []);
        (Model model, _) = new Harness(features, Sample.Numbers).Fit(new LinearRegression());

        Near.Equal(
            [53.80152171905037, -2.019006737108647, 0.4944820872367357, -0.2561936757985932, -50.76824803984562, 9.962101379567814],
            Parameters(model), 1e-7);
    }

    [Fact]
    public void Fit_LargeTarget_KeepsItsDigits()
    {
        double[] far = [.. Sample.Numbers.Select(y => y + 1e9)];
        (Model model, var metrics) = new Harness(Sample.Features, far) { Partitions = 3 }.Fit(new LinearRegression());

        double[] found = Parameters(model);
        Near.Equal(Ols[..5], found[..5], 1e-5);
        Assert.Equal(0.9703101072853626, metrics.Single(m => m.Name == "r2").Value, 1e-6);
    }

    [Fact]
    public void Validate_NegativeAlpha_NamesParameter()
    {
        var e = Assert.Throws<ArgumentException>(new LinearRegression { Alpha = -1 }.Validate);
        Assert.Equal("Parameter alpha: wanted at least 0, found -1.", e.Message);
    }

    static double[] Coarse(int row) => [.. Sample.Features[row].Select(v => Math.Round(v * 256) / 256)];

    static FeatureScaling[] Shifts() =>
    [
        FeatureScaling.Identity(5),
        new([0.5, -3, 1, 100, 1e3], [1, 1, 1, 1, 1]),
        new([0.029, -0.031, -0.027, 0.043, -0.55], [3.5, 1.7, 0.86, 0.46, 0.23]),
    ];

    static double[] Parameters(Model model)
    {
        var linear = (LinearRegressorModel)model;
        return [.. linear.Coef, linear.Intercept];
    }
}
