using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Estimators;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Reference;

/// <summary>
/// Naive Bayes and linear discriminants on real data beside scikit-learn 1.2.1 on the same rows (tests/data/classifiers; settings in
/// reference-sklearn.py): attributes to 1e-6, the scores of the rows too.
/// </summary>
public class ClosedFormClassifierTests
{
    static readonly JsonElement Reference =
        JsonDocument.Parse(File.ReadAllBytes(Repository.TestData("classifiers/reference-sklearn.json"))).RootElement;

    public static TheoryData<string> Sets => ["breast-cancer", "digits", "iris", "wine"];

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task GaussianNb_EqualsScikitLearn(string name)
    {
        await HoldsFor(name, "gaussian_nb", new GaussianNb());
        await HoldsFor(name, "gaussian_nb_uneven", new GaussianNb { Priors = UnevenPriors(name), VarSmoothing = 1e-3 });

        static async Task HoldsFor(string name, string key, GaussianNb estimator)
        {
            (Model fitted, JsonElement expected) = await FitAsync(name, key, estimator);
            var model = (GaussianNbModel)fitted;
            Close(expected, "theta", model.Theta);
            Close(expected, "var", model.Var);
            Close(expected, "class_prior", model.ClassPrior);
            Close(expected, "class_count", model.ClassCount);
            Near.Equal([expected.GetProperty("epsilon").GetDouble()], [model.Epsilon], 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task MultinomialNb_EqualsScikitLearn(string name)
    {
        await HoldsFor(name, "multinomial_nb", new MultinomialNb());
        await HoldsFor(name, "multinomial_nb_alike", new MultinomialNb { Alpha = 0.1, FitPrior = false });

        static async Task HoldsFor(string name, string key, MultinomialNb estimator)
        {
            (Model fitted, JsonElement expected) = await FitAsync(name, key, estimator);
            var model = (MultinomialNbModel)fitted;
            Close(expected, "feature_count", model.FeatureCount);
            Close(expected, "feature_log_prob", model.FeatureLogProb);
            Close(expected, "class_log_prior", model.ClassLogPrior);
            Close(expected, "class_count", model.ClassCount);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task LinearDiscriminantAnalysis_EqualsScikitLearn(string name)
    {
        await HoldsFor(name, "linear_discriminant_analysis", new LinearDiscriminantAnalysis(), standardize: false);
        await HoldsFor(name, "linear_discriminant_analysis", new LinearDiscriminantAnalysis(), standardize: true);
        await HoldsFor(name, "linear_discriminant_analysis_uneven", new LinearDiscriminantAnalysis { Priors = UnevenPriors(name) }, standardize: false);

        static async Task HoldsFor(string name, string key, LinearDiscriminantAnalysis estimator, bool standardize)
        {
            (Model fitted, JsonElement expected) = await FitAsync(name, key, estimator, standardize);
            var model = (LinearDiscriminantModel)fitted;
            Close(expected, "coef", model.Coef);
            Close(expected, "intercept", model.Intercept);
            Close(expected, "means", model.Means);
            Close(expected, "priors", model.Priors);
            Close(expected, "xbar", model.Xbar);
            Close(expected, "explained_variance_ratio", model.ExplainedVarianceRatio);

            // Which end of a direction is up is nobody's business.
            double[] wanted = Numbers(expected, "scalings"), found = model.Scalings.ToArray();
            int directions = model.ExplainedVarianceRatio.Length;
            for (int k = 0; k < directions; k++)
            {
                double[] one = [.. wanted.Where((_, i) => i % directions == k)], other = [.. found.Where((_, i) => i % directions == k)];
                double sign = Math.Sign(one.Zip(other, (a, b) => a * b).Sum());
                Near.Equal(one, [.. other.Select(v => sign * v)], 1e-6);
            }
        }
    }

    static async Task<(Model Model, JsonElement Expected)> FitAsync(string name, string key, Estimator estimator, bool standardize = false)
    {
        JsonElement expected = Reference.GetProperty(name).GetProperty(key);
        ReferenceSet set = ReferenceSet.Of(name);
        using Dataset dataset = Dataset.Open(set.Path);
        var options = new TrainingOptions { Target = set.Target, Features = set.Features, Standardize = standardize, Workers = 2 };
        FitResult result = await estimator.FitAsync(dataset, options);
        IReadOnlyList<Metric> scores = (await Evaluator.EvaluateAsync(result.Model, dataset)).Metrics;
        Assert.Equal(expected.GetProperty("accuracy").GetDouble(), scores.Single(m => m.Name == "accuracy").Value, 1e-12);
        Near.Equal([expected.GetProperty("log_loss").GetDouble()], [scores.Single(m => m.Name == "log_loss").Value], 1e-5);
        return (result.Model, expected);
    }

    static NumberList UnevenPriors(string name) => NumberList.Create(Numbers(Reference.GetProperty(name), "uneven_priors"));

    static void Close(JsonElement expected, string attribute, ReadOnlySpan<double> found) =>
        Near.Equal(Numbers(expected, attribute), found, 1e-6);

    static double[] Numbers(JsonElement expected, string attribute) =>
        [.. expected.GetProperty(attribute).EnumerateArray().Select(v => v.GetDouble())];
}
