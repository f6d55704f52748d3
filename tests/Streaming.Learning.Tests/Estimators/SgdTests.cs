using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// Wanted numbers: scikit-learn 1.2.1, <c>SGDClassifier(loss="log_loss", shuffle=False, tol=None, max_iter=3)</c> and
/// <c>SGDRegressor(shuffle=False, tol=None, max_iter=3)</c> on the unit features of <see cref="Sample"/>, in double.
/// </summary>
public sealed class SgdTests
{
    public static TheoryData<string, SgdClassifier, double[]> Classifiers => new()
    {
        {
            "optimal", Optimal(),
            [11.19392156838856, 23.976484297919463, -26.377771551922997, -3.3016509458645285, 11.64901008617876, -7.722613446680611]
        },
        {
            "weights", Optimal(),
            [8.958921737800681, 23.207242075512735, -24.875353177945616, -5.525832095775672, 14.384951593910813, -5.917606563427207]
        },
        {
            "l1", new SgdClassifier { Penalty = Penalty.L1, Alpha = 1e-2, LearningRate = LearningRateSchedule.Optimal },
            [1.5779294340305057, 4.170460843668549, -3.875810010929633, 0.0, 3.094722390315668, -0.4089155055779582]
        },
        {
            "elasticnet, constant", new SgdClassifier
            {
                Penalty = Penalty.Elasticnet, Alpha = 1e-2, LearningRate = LearningRateSchedule.Constant, Eta0 = 0.1,
            },
            [0.8452313270739908, 1.834112248501329, -1.745127181952089, -0.21695957726081083, 1.585590972177373, -0.29451990699055813]
        },
        {
            "none, invscaling",
            new SgdClassifier { Penalty = Penalty.None, LearningRate = LearningRateSchedule.Invscaling, Eta0 = 0.5 },
            [0.35979732163038314, 1.3018576509931403, -1.1533473697707424, -0.17973567464853224, 1.0169671400684257, -0.2422153097420188]
        },
        {
            "average, constant", new SgdClassifier { Average = true, LearningRate = LearningRateSchedule.Constant, Eta0 = 0.1 },
            [0.5197236796109608, 1.4087717191058782, -1.2446570061934787, -0.20217593723223876, 1.1344095382988701, -0.23572774253322692]
        },
        {
            "no intercept, constant",
            new SgdClassifier { FitIntercept = false, LearningRate = LearningRateSchedule.Constant, Eta0 = 0.1 },
            [1.0112641169943073, 2.327416051045396, -2.1900824908040546, -0.3640631393636154, 2.0741277891704266, 0.0]
        },
    };

    public static TheoryData<string, SgdRegressor, double[]> Regressors => new()
    {
        {
            "invscaling", Invscaling(),
            [0.6613389991997268, -0.5730658248664389, 0.1667936655695726, -0.15051951702207286, -0.3953692106753217, 8.053931362938636]
        },
        {
            "weights", Invscaling(),
            [0.6720598676927405, -0.49444350301428985, 0.1729807627964868, -0.08494632574708365, -0.3404607177557582, 8.024107177916042]
        },
        {
            "l1", new SgdRegressor { Penalty = Penalty.L1, Alpha = 1e-2, LearningRate = LearningRateSchedule.Invscaling },
            [0.6463849912649413, -0.5579594390828865, 0.15164844549399892, -0.13539330956840145, -0.3804597596135311, 8.054343956707877]
        },
        {
            "elasticnet, optimal",
            new SgdRegressor { Penalty = Penalty.Elasticnet, Alpha = 0.05, LearningRate = LearningRateSchedule.Optimal },
            [1.9747049240075691, -2.5471112349624363, 1.194242738326152, -1.26516209968406, -0.06008599852428094, 9.976326158191158]
        },
        {
            "average", new SgdRegressor { Average = true, LearningRate = LearningRateSchedule.Invscaling },
            [0.4466850339012632, -0.34063182356623395, 0.09660202031179106, -0.06343921737572848, -0.31403552328163364, 5.64315030210432]
        },
    };

    [Theory]
    [MemberData(nameof(Classifiers), DisableDiscoveryEnumeration = true)]
    public void Classifier_TwoClasses_EqualsScikitLearn(string name, SgdClassifier estimator, double[] wanted)
    {
        double[]? weights = name == "weights" ? Sample.Weights : null;
        foreach (int batchSize in (int[])[16, 77])
        {
            var harness = new Harness(Sample.UnitFeatures, Sample.TwoClasses, weights)
            {
                BatchSize = batchSize, Epochs = 3, Classes = ["a", "b"],
            };
            var model = (LinearClassifierModel)harness.Fit(estimator).Model;
            Near.Equal(wanted, [.. model.Coef, .. model.Intercept], 1e-8);
        }
    }

    [Theory]
    [MemberData(nameof(Regressors), DisableDiscoveryEnumeration = true)]
    public void Regressor_EqualsScikitLearn(string name, SgdRegressor estimator, double[] wanted)
    {
        double[]? weights = name == "weights" ? Sample.Weights : null;
        var model = (LinearRegressorModel)new Harness(Sample.UnitFeatures, Sample.Numbers, weights) { Epochs = 3 }.Fit(estimator).Model;
        Near.Equal(wanted, [.. model.Coef, model.Intercept], 1e-10);
    }

    [Fact]
    public void Classifier_ThreeClasses_EqualsPlainSoftmaxDescent()
    {
        const double Alpha = 1e-3, Eta = 0.2;
        var estimator = new SgdClassifier { Alpha = Alpha, LearningRate = LearningRateSchedule.Constant, Eta0 = Eta };
        var harness = new Harness(Sample.UnitFeatures, Sample.ThreeClasses, Sample.Weights) { Epochs = 2, Classes = ["a", "b", "c"] };
        (Model model, IReadOnlyList<Metric> metrics) = harness.Fit(estimator);

        var w = new double[3][];
        for (int c = 0; c < 3; c++)
            w[c] = new double[6];

        double loss = 0, right = 0, sum = 0;
        for (int epoch = 0; epoch < 2; epoch++)
        {
            loss = right = sum = 0;
            for (int i = 0; i < Sample.Rows; i++)
            {
                double[] x = [.. Sample.UnitFeatures[i], 1];
                double[] e = [.. w.Select(v => Math.Exp(v.Zip(x, (a, b) => a * b).Sum()))];
                int y = (int)Sample.ThreeClasses[i];
                sum += Sample.Weights[i];
                loss -= Sample.Weights[i] * Math.Log(e[y] / e.Sum());
                right += Array.IndexOf(e, e.Max()) == y ? Sample.Weights[i] : 0;
                for (int c = 0; c < 3; c++)
                {
                    double step = Eta * Sample.Weights[i] * (e[c] / e.Sum() - (c == y ? 1 : 0));
                    for (int j = 0; j < 6; j++)
                        w[c][j] = (j < 5 ? 1 - Eta * Alpha : 1) * w[c][j] - step * x[j];
                }
            }
        }

        var found = (LinearClassifierModel)model;
        Near.Equal([.. w.SelectMany(v => v[..5])], found.Coef, 1e-10);
        Near.Equal([.. w.Select(v => v[5])], found.Intercept, 1e-10);
        Assert.Equal(loss / sum, metrics.Single(m => m.Name == "progressive_log_loss").Value, 1e-10);
        Assert.Equal(right / sum, metrics.Single(m => m.Name == "progressive_accuracy").Value, 1e-12);
    }

    [Fact]
    public void Softmax_OfTwoOutputs_LearnsTheModelOfOne()
    {
        var parameters = new SgdClassifier { Penalty = Penalty.None };
        var one = new SgdWeights(parameters, outputs: 1, features: 5);
        var two = new SgdWeights(parameters, outputs: 2, features: 5, isJoint: true);
        new Harness(Sample.UnitFeatures, Sample.TwoClasses).Run(new SgdPass<LogisticLoss>("one", one, ClassWeights.None, shuffle: false));
        new Harness(Sample.UnitFeatures, Sample.TwoClasses).Run(new SoftmaxPass("two", two, ClassWeights.None, shuffle: false));

        (double[] coef, double[] intercept) = two.Result();
        Near.Equal(one.Result().Coef, [.. Enumerable.Range(0, 5).Select(j => coef[5 + j] - coef[j])], 1e-9);
        Near.Equal(one.Result().Intercept, [intercept[1] - intercept[0]], 1e-9);
    }

    [Fact]
    public void Shuffle_IsWhatThePassAsksFor()
    {
        foreach (bool shuffle in (bool[])[true, false])
        {
            var context = new FitContext(["x"], FeatureScaling.Identity(1), null, 10, 1, 10, 0);
            var pass = (OrderedPass)new SgdRegressor { Shuffle = shuffle }.Begin(context).NextPass()!;
            Assert.Equal((shuffle, true), (pass.WantsShuffledRows, pass.NeedsRowMajor));
        }
    }

    [Fact]
    public void Classifier_FirstRow_ProgressiveLossIsThatOfKnowingNothing()
    {
        var harness = new Harness(Sample.UnitFeatures[..1], Sample.TwoClasses[..1]) { Classes = ["a", "b"] };
        IReadOnlyList<Metric> metrics = harness.Fit(Optimal()).Metrics;
        Assert.Equal(Math.Log(2), metrics.Single(m => m.Name == "progressive_log_loss").Value, 1e-15);
    }

    [Fact]
    public void Regressor_HugeFeatures_SaysThatItDiverged()
    {
        double[][] features = Sample.Make(i => [Sample.U(i, 0) * 1e6]);
        var e = Assert.Throws<DivergenceException>(() => new Harness(features, Sample.Numbers) { Epochs = 20 }.Fit(Invscaling()));
        Assert.Contains("--standardize", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classifier_OneClass_NamesColumnAndClass()
    {
        var harness = new Harness(Sample.UnitFeatures, new double[Sample.Rows]) { Classes = ["only"] };
        var e = Assert.Throws<InvalidDataException>(() => harness.Fit(new SgdClassifier()));
        Assert.Equal("Column 'y': wanted at least two classes, found 1 (only).", e.Message);
    }

    [Fact]
    public void Validate_NormalizedRateWithAverage_NamesParameter()
    {
        var e = Assert.Throws<ArgumentException>(new SgdRegressor { Average = true }.Validate);
        Assert.Contains("average", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ConstantRateWithoutEta0_NamesParameter()
    {
        var e = Assert.Throws<ArgumentException>(new SgdClassifier { LearningRate = LearningRateSchedule.Constant }.Validate);
        Assert.Contains("eta0", e.Message, StringComparison.Ordinal);
    }

    static SgdClassifier Optimal() => new() { LearningRate = LearningRateSchedule.Optimal };

    static SgdRegressor Invscaling() => new() { LearningRate = LearningRateSchedule.Invscaling };
}
