using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Reference;

/// <summary>
/// k-means beside scikit-learn 1.2.1's <c>KMeans</c> (best of ten starts; of three on the largest sets) on every set of the shared folder, standardised: one epoch
/// of mini-batches at most 1 % above its inertia, iterations to convergence not above it (to 1e-4, as both end by a tolerance), whatever the seed.
/// </summary>
public sealed class SharedClusteringTests
{
    public static TheoryData<string, int> Cases => [.. from name in SharedSet.Names from k in new[] { 8, 32 } select (name, k)];

    public static TheoryData<string, int> LargeCases => [.. from name in SharedSet.LargeNames from k in new[] { 8, 32 } select (name, k)];

    [Theory]
    [Trait("Category", "Shared")]
    [MemberData(nameof(Cases))]
    public Task Inertia_HoldsItsBars(string name, int clusters) => AssertInertiaAsync(name, clusters, seeds: 4);

    [Theory]
    [Trait("Category", "SharedLarge")]
    [MemberData(nameof(LargeCases))]
    public Task Inertia_OfLargeSets_HoldsItsBars(string name, int clusters) => AssertInertiaAsync(name, clusters, seeds: 2);

    static async Task AssertInertiaAsync(string name, int clusters, int seeds)
    {
        Assert.SkipUnless(SharedSet.IsThere, "STREAMING_SHARED names no folder.");
        SharedSet set = SharedSet.Of(name);
        double expected = set.Json.GetProperty("kmeans").GetProperty($"kmeans_k{clusters}").GetProperty("inertia").GetDouble();
        using var data = new TestData();
        set.Write(data.In("rows.parquet"));
        using Dataset dataset = data.Open("rows.parquet");
        for (int seed = 0; seed < seeds; seed++)
        {
            await AssertAsync(new MiniBatchKMeans { NClusters = clusters }, seed, 1.01);
            await AssertAsync(new KMeans { NClusters = clusters }, seed, 1.0001);
        }

        async Task AssertAsync(Estimator estimator, int seed, double bar)
        {
            var options = new TrainingOptions { Standardize = true, Seed = seed, Workers = 2 };
            FitResult result = await estimator.FitAsync(dataset, options, TestContext.Current.CancellationToken);
            var scores = await Evaluator.EvaluateAsync(result.Model, dataset, null, TestContext.Current.CancellationToken);
            double found = scores.Metrics.Single(m => m.Name == "inertia").Value;
            Assert.True(found <= bar * expected, $"{name} k = {clusters}, seed {seed}: {estimator.Name} {found / expected:F5} of scikit-learn's inertia");
        }
    }
}
