using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Streaming.Learning.Data;

namespace Streaming.Benchmarks.Peers;

/// <summary>ML.NET's trainers, fed from its own binary file, which is its best loader, or by our reader.</summary>
static class MlNetPeer
{
    /// <summary>The column of feature vectors.</summary>
    public const string Features = "Features";

    /// <summary>Writes the training rows in ML.NET's own format.</summary>
    public static void WriteBinary(PeerData data)
    {
        using Dataset rows = Dataset.Open(data.Training);
        using FileStream stream = File.Create(data.Binary);
        new MLContext(seed: 0).Data.SaveAsBinary(new TileDataView(rows, data.Features), stream);
    }

    /// <summary>Fits by a trainer's name.</summary>
    public static PeerOutcome Fit(string trainer, bool isOurReader, PeerData data, PeerJob job, int fits)
    {
        string version = typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        return PeerOutcome.Measure(fits, () => FitOnce(trainer, isOurReader, data, job), $"ML.NET {version}, .NET {Environment.Version}");
    }

    static (double[] Weights, double Intercept) FitOnce(string trainer, bool isOurReader, PeerData data, PeerJob job)
    {
        var context = new MLContext(seed: 0);
        using Dataset? rows = isOurReader ? Dataset.Open(data.Training) : null;
        IDataView view = rows != null ? new TileDataView(rows, data.Features) : context.Data.LoadFromBinary(data.Binary);

        // Those that go over the rows again and again are quickest on rows in memory.
        return trainer switch
        {
            "SdcaLogisticRegression" => Linear(context.BinaryClassification.Trainers.SdcaLogisticRegression(
                PeerData.Label, Features, maximumNumberOfIterations: 1).Fit(context.Data.Cache(view)).Model.SubModel),
            "LbfgsLogisticRegression" => Linear(context.BinaryClassification.Trainers.LbfgsLogisticRegression(
                PeerData.Label, Features).Fit(context.Data.Cache(view)).Model.SubModel),
            "OnlineGradientDescent" => Linear(context.Regression.Trainers.OnlineGradientDescent(
                PeerData.Target, Features, numberOfIterations: 1).Fit(view).Model),
            "KMeans" => Centers(context.Clustering.Trainers.KMeans(new KMeansTrainer.Options
            {
                FeatureColumnName = Features,
                NumberOfClusters = job.Count,
                MaximumNumberOfIterations = 1,
            }).Fit(context.Data.Cache(view)).Model),
            "ProjectToPrincipalComponents" => (Directions(context, view, data.Features.Count, job.Count), 0),
            _ => throw new ArgumentException($"There is no trainer '{trainer}' among the peers."),
        };
    }

    static (double[] Weights, double Intercept) Linear(LinearModelParameters model) => ([.. model.Weights.Select(w => (double)w)], model.Bias);

    static (double[] Weights, double Intercept) Centers(KMeansModelParameters model)
    {
        VBuffer<float>[]? centers = null;
        model.GetClusterCentroids(ref centers, out _);
        return ([.. centers.SelectMany(c => c.DenseValues()).Select(v => (double)v)], 0);
    }

    // Nothing shows the directions but what becomes of rows: of zeros, and of a one in each feature.
    static double[] Directions(MLContext context, IDataView view, int features, int count)
    {
        ITransformer fitted = context.Transforms.ProjectToPrincipalComponents("Components", Features, rank: count, seed: 0).Fit(view);
        IEnumerable<Probe> probes = Enumerable.Range(-1, features + 1)
            .Select(hot => new Probe { Features = [.. Enumerable.Range(0, features).Select(j => j == hot ? 1f : 0f)] });
        var schema = SchemaDefinition.Create(typeof(Probe));
        schema[nameof(Probe.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        IDataView projected = fitted.Transform(context.Data.LoadFromEnumerable(probes, schema));
        float[][] rows = [.. projected.GetColumn<float[]>("Components")];
        return [.. Enumerable.Range(0, count).SelectMany(c => Enumerable.Range(1, features).Select(j => (double)rows[j][c] - rows[0][c]))];
    }

    sealed class Probe
    {
        public float[] Features { get; set; } = [];
    }
}
