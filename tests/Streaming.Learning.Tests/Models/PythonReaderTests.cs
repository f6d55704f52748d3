using System.Diagnostics;
using System.Text.Json;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Training;
using Xunit;

namespace Streaming.Learning.Tests.Models;

/// <summary>A reader that knows the safetensors specification and nothing of Streaming (<c>read_model.py</c>) finds in a model file what was put there.</summary>
public sealed class PythonReaderTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    public static TheoryData<string> Models => ["classifier", "k-means", "pca", "state"];

    [Theory]
    [MemberData(nameof(Models))]
    public void ArraysAndDescription_AreReadByPython(string name)
    {
        string? python = new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(p => Run(p, "-c", "import numpy") is { ExitCode: 0 });
        Assert.SkipWhen(python == null, "There is no python3 with numpy here (Debian: python3-numpy).");
        LinearClassifierModel classifier = TestModels.ThreeClasses();
        Model model = name switch
        {
            "classifier" => classifier,
            "k-means" => TestModels.KMeans(),
            "pca" => TestModels.Pca(),
            _ => new LinearClassifierModel(classifier.Header with { TrainingState = [1, 2, 255, 0] }, [.. classifier.Coef], [.. classifier.Intercept]),
        };
        ModelFile.Save(model, data.In("my.model"));

        (int exitCode, string output, string error) = Run(python!, Path.Combine(Repository.Root, "tests", "Streaming.Learning.Tests", "Models", "read_model.py"), data.In("my.model"))!.Value;
        Assert.True(exitCode == 0, error);
        using JsonDocument found = JsonDocument.Parse(output);
        JsonElement about = found.RootElement.GetProperty("about"), arrays = found.RootElement.GetProperty("arrays");
        Assert.Equal(model.Kind, about.GetProperty("kind").GetString());
        Assert.Equal(model.Header.Features, about.GetProperty("features").EnumerateArray().Select(f => f.GetString()!));
        Assert.Equal(model.Tensors.Count + 2 + (name == "state" ? 1 : 0), arrays.EnumerateObject().Count());
        foreach (Tensor tensor in model.Tensors)
        {
            JsonElement array = arrays.GetProperty(tensor.Name);
            Assert.Equal(tensor.Values, Flat(array));
            Assert.Equal(tensor.Shape, ShapeOf(array));
        }

        if (name == "state")
            Assert.Equal([1, 2, 255, 0], Flat(arrays.GetProperty("training.state")));
    }

    static IEnumerable<double> Flat(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().SelectMany(Flat) : [value.GetDouble()];

    static IEnumerable<int> ShapeOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [value.GetArrayLength(), .. ShapeOf(value[0])] : [];

    static (int ExitCode, string Output, string Error)? Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);

        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no such program.
            return null;
        }
    }
}
