using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;

namespace Streaming.Samples;

/// <summary>SgdRegressor: by how many minutes will a flight be late?</summary>
public static class FlightDelay
{
    public static async Task RunAsync(string samples, TextWriter output)
    {
        using Dataset flights = Dataset.Open($"{samples}/flights");
        FitResult fit = await new SgdRegressor().FitAsync(flights, new TrainingOptions
        {
            Target = "delay",
            Exclude = ["late", "origin", "destination"],
            Standardize = true,
            HoldoutFraction = 0.1,
        });
        var model = (LinearRegressorModel)fit.Model;
        for (int j = 0; j < model.Header.Features.Count; j++)
            output.WriteLine($"{model.Header.Features[j]}: {model.Coef[j]:F5} minutes per unit");

        output.WriteLine($"R² on {fit.ScoredRows} held-out flights: {fit.Metrics.Single(m => m.Name == "r2").Value:F4}");
    }
}
