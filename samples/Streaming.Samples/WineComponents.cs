using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;

namespace Streaming.Samples;

/// <summary>IncrementalPca: what tells wines apart.</summary>
public static class WineComponents
{
    public static async Task RunAsync(string samples, TextWriter output)
    {
        using Dataset wines = Dataset.Open($"{samples}/wine");
        FitResult fit = await new IncrementalPca { NComponents = 2 }.FitAsync(wines, new TrainingOptions
        {
            Exclude = ["target"],
            Standardize = true,
        });
        var model = (PcaModel)fit.Model;
        output.WriteLine($"Two components explain {model.ExplainedVarianceRatio[0] + model.ExplainedVarianceRatio[1]:P1} of the variance.");
        for (int j = 0; j < model.Header.Features.Count; j++)
            output.WriteLine($"{model.Header.Features[j]}: {model.Components[j]:F3} {model.Components[model.Header.Features.Count + j]:F3}");
    }
}
