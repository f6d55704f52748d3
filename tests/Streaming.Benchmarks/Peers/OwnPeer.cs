using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;

namespace Streaming.Benchmarks.Peers;

/// <summary>Our estimators, from the Parquet file.</summary>
static class OwnPeer
{
    /// <summary>Fits an estimator by its name, with its defaults.</summary>
    public static PeerOutcome Fit(string estimator, PeerData data, PeerJob job, int fits) => PeerOutcome.Measure(
        fits,
        () => FitAsync(Estimator(estimator, job), data, job).GetAwaiter().GetResult(),
        $".NET {Environment.Version}, {Environment.ProcessorCount} workers");

    static Estimator Estimator(string name, PeerJob job)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        if (estimator is KMeansEstimator clusters)
            clusters.NClusters = job.Count;

        if (estimator is IncrementalPca components)
            components.NComponents = job.Count;

        return estimator;
    }

    static async Task<(double[] Weights, double Intercept)> FitAsync(Estimator estimator, PeerData data, PeerJob job)
    {
        using Dataset rows = Dataset.Open(data.Training);
        string? target = job.Kind switch
        {
            JobKind.Logistic => PeerData.Label,
            JobKind.Linear => PeerData.Target,
            _ => null,
        };
        FitResult fit = await estimator.FitAsync(rows, new TrainingOptions { Features = data.Features, Target = target });
        return fit.Model switch
        {
            LinearClassifierModel model => (model.Coef.ToArray(), model.Intercept[0]),
            LinearRegressorModel model => (model.Coef.ToArray(), model.Intercept),
            KMeansModel model => (model.ClusterCenters.ToArray(), 0),
            PcaModel model => (model.Components.ToArray(), 0),
            _ => throw new NotSupportedException($"Wanted a linear, k-means or PCA model, found {fit.Model.Kind}."),
        };
    }
}
