using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Reference;

/// <summary>
/// Principal components beside scikit-learn 1.2.1's <c>PCA(svd_solver="full")</c> on every set of the shared folder, up to the 784 columns of Fashion-MNIST:
/// variances and ratios to 1e-6, but for those that are rounding of the largest one.
/// </summary>
public sealed class SharedPcaTests
{
    public static TheoryData<string, bool> Cases => [.. from name in SharedSet.Names from scaled in new[] { true, false } select (name, scaled)];

    public static TheoryData<string, bool> LargeCases => [.. from name in SharedSet.LargeNames from scaled in new[] { true, false } select (name, scaled)];

    [Theory]
    [Trait("Category", "Shared")]
    [MemberData(nameof(Cases))]
    public Task Variances_AreThoseOfScikitLearn(string name, bool standardize) => AssertVariancesAsync(name, standardize);

    [Theory]
    [Trait("Category", "SharedLarge")]
    [MemberData(nameof(LargeCases))]
    public Task Variances_OfLargeSets_AreThoseOfScikitLearn(string name, bool standardize) => AssertVariancesAsync(name, standardize);

    static async Task AssertVariancesAsync(string name, bool standardize)
    {
        Assert.SkipUnless(SharedSet.IsThere, "STREAMING_SHARED names no folder.");
        SharedSet set = SharedSet.Of(name);
        var expected = set.Json.GetProperty(standardize ? "pca_standardised" : "pca_raw");
        using var data = new TestData();
        set.Write(data.In("rows.parquet"));
        using Dataset dataset = data.Open("rows.parquet");
        FitResult result = await new IncrementalPca().FitAsync(
            dataset, new TrainingOptions { Standardize = standardize, Workers = 2 }, TestContext.Current.CancellationToken);
        var model = (PcaModel)result.Model;
        AssertClose("explained_variance", model.ExplainedVariance.ToArray());
        AssertClose("explained_variance_ratio", model.ExplainedVarianceRatio.ToArray());

        void AssertClose(string attribute, double[] found)
        {
            double[] wanted = ReferenceSet.Numbers(expected.GetProperty(attribute));
            for (int c = 0; c < wanted.Length; c++)
                Assert.Equal(wanted[c], found[c], Math.Max(1e-6 * wanted[c], 1e-13 * wanted[0]));
        }
    }
}
