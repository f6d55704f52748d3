using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;

namespace Streaming.Samples;

/// <summary>MiniBatchKMeans: groups of alike forest plots.</summary>
public static class ForestClusters
{
    public static async Task RunAsync(string samples, TextWriter output)
    {
        using Dataset plots = Dataset.Open($"{samples}/covertype-ramp");
        FitResult fit = await new MiniBatchKMeans { NClusters = 5 }.FitAsync(plots, new TrainingOptions
        {
            Exclude = ["Cover_Type", "Soil_Type*", "Wilderness_Area*"],
            Standardize = true,
            Epochs = 2,
        });
        var model = (KMeansModel)fit.Model;
        int features = model.Header.Features.Count;
        int elevation = model.Header.Features.ToList().IndexOf("Elevation");
        for (int cluster = 0; cluster < model.Counts.Length; cluster++)
            output.WriteLine($"cluster {cluster}: {model.Counts[cluster]:F0} plots, mean elevation {model.ClusterCenters[cluster * features + elevation]:F3}");
    }
}
