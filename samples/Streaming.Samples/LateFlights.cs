using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;

namespace Streaming.Samples;

/// <summary>SgdClassifier: will a flight be more than 15 minutes late?</summary>
public static class LateFlights
{
    public static async Task RunAsync(string samples, TextWriter output)
    {
        string folder = Directory.CreateTempSubdirectory("streaming-").FullName;

        // README
        using Dataset flights = Dataset.Open($"{samples}/flights");

        FitResult fit = await new SgdClassifier().FitAsync(flights, new TrainingOptions
        {
            Target = "late",
            Exclude = ["delay", "origin", "destination"],
            HoldoutFraction = 0.2,
        });
        foreach (var metric in fit.Metrics.Where(m => m.Class == null))
            output.WriteLine($"{metric.Name} {metric.Value:F4}");

        ModelFile.Save(fit.Model, $"{folder}/late.model");
        var model = (LinearClassifierModel)ModelFile.Load($"{folder}/late.model");
        output.WriteLine($"An hour later in the day: odds x {Math.Exp(60 * model.Coef[1]):F2}");
        // README

        Directory.Delete(folder, recursive: true);
    }
}
