using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;

namespace Streaming.Samples;

/// <summary>LinearRegression: how many bikes are rented in an hour, exactly and in one pass.</summary>
public static class BikeRentals
{
    public static async Task RunAsync(string samples, TextWriter output)
    {
        using Dataset bikes = Dataset.Open($"{samples}/bike-sharing");
        FitResult fit = await new LinearRegression { Alpha = 1 }.FitAsync(bikes, new TrainingOptions
        {
            Target = "cnt",
            Exclude = ["instant", "dteday", "casual", "registered"],
            HoldoutFraction = 0.2,
        });
        var model = (LinearRegressorModel)fit.Model;
        for (int j = 0; j < model.Header.Features.Count; j++)
            output.WriteLine($"{model.Header.Features[j]}: {model.Coef[j]:F3} bikes per unit");

        output.WriteLine($"R² on {fit.ScoredRows} held-out hours: {fit.Metrics.Single(m => m.Name == "r2").Value:F4}");
    }
}
