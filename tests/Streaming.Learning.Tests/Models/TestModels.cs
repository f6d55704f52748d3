using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Models;

/// <summary>One model of every kind, on three features; those of the numbers from scikit-learn.</summary>
static class TestModels
{
    public static readonly double[] Centers = [-2, -1, 0, 1, 2, -1.5, 0.5, -2, 2, 3, 3, 3, -3, 2, 1];

    public static LinearClassifierModel TwoClasses(FeatureScaling? scaling = null) =>
        new(TestTiles.Header(3, TestTiles.Classes("no", "yes"), scaling), [0.5, -1.25, 0.75], [0.3]);

    public static LinearClassifierModel ThreeClasses(FeatureScaling? scaling = null) => new(
        TestTiles.Header(3, TestTiles.Classes("a", "b", "c"), scaling),
        [0.5, -0.25, 0.125, -0.375, 0.5, 0.25, 0.0625, 0.25, -0.5],
        [0.1, -0.2, 0.3]);

    public static LinearRegressorModel Regressor(FeatureScaling? scaling = null) =>
        new(TestTiles.Header(3, TestTiles.Number(), scaling), [0.5, -1.25, 0.75], 0.3);

    public static KMeansModel KMeans(FeatureScaling? scaling = null) => new(TestTiles.Header(3, null, scaling), Centers, [5, 4, 3, 2, 1]);

    // scikit-learn 1.2.1: PCA(n_components=2, svd_solver='full').fit(sample).
    public static PcaModel Pca(FeatureScaling? scaling = null) => new(
        TestTiles.Header(3, null, scaling),
        [-0.14583333333333334, 0.3333333333333333, 0.14583333333333334],
        [0.24897554259211244, 0.629645312864738, -0.7359062162928298, -0.9469190430508821, -0.0012892159684317617, -0.32146953795000255],
        [10.166554891676606, 5.481330147675021],
        [0.5402588014638257, 0.2912822374504561],
        [15.291525839776812, 11.228116199813996],
        3.1700497432570613);

    public static GaussianNbModel GaussianNb(FeatureScaling? scaling = null) => new(
        TestTiles.Header(3, TestTiles.Classes("a", "b", "c"), scaling),
        [-1, 0, 1, 0.5, 1, -0.5, 2, -2, 0],
        [1, 2, 0.5, 4, 3, 2, 1.5, 1, 2.5],
        [0.5, 0.3, 0.2],
        [50, 30, 20],
        1e-9);

    public static MultinomialNbModel MultinomialNb() => new(
        TestTiles.Header(3, TestTiles.Classes("a", "b")), [3, 2, 1, 1, 1, 4], [-0.8, -1.1, -1.5, -1.6, -1.6, -0.5], [6, 4], [-0.5, -0.9]);

    public static LinearDiscriminantModel LinearDiscriminant(FeatureScaling? scaling = null) => new(
        TestTiles.Header(3, TestTiles.Classes("a", "b"), scaling),
        [0.5, -1.25, 0.75],
        [0.3],
        [-1, 0, 1, 0.5, 1, -0.5],
        [0.5, 0.5],
        [-0.25, 0.5, 0.25],
        [0.2, -0.5, 0.3],
        [1]);

    /// <summary>Names of the models, for tests that take each of them with <see cref="Named"/>.</summary>
    public static TheoryData<string> Names() => ["two classes", "three classes", "regressor", "k-means", "pca", "gaussian-nb", "multinomial-nb", "linear-discriminant"];

    public static Model Named(string name) => name switch
    {
        "two classes" => TwoClasses(),
        "three classes" => ThreeClasses(),
        "regressor" => Regressor(),
        "k-means" => KMeans(),
        "gaussian-nb" => GaussianNb(),
        "multinomial-nb" => MultinomialNb(),
        "linear-discriminant" => LinearDiscriminant(),
        _ => Pca(),
    };

    /// <summary>The models again, on features that the file holds as <c>tile / factor + offset</c>.</summary>
    public static FeatureScaling Scaling() => new([1e9, -3, 0.1], [0.001, 2, 1.0 / 3]);
}
