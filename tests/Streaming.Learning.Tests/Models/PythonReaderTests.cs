using System.Diagnostics;
using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Training;
using Xunit;

namespace Streaming.Learning.Tests.Models;

/// <summary>A reader that knows the safetensors specification and nothing of Streaming (<c>read_model.py</c>) finds in a model file what was put there.</summary>
public sealed class PythonReaderTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    public static TheoryData<string> Models => ["classifier", "k-means", "pca", "filled", "state"];

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
            "filled" => Filled(),
            _ => new LinearClassifierModel(classifier.Header with { TrainingState = [1, 2, 255, 0] }, [.. classifier.Coef], [.. classifier.Intercept]),
        };
        ModelFile.Save(model, data.In("my.model"));

        (int exitCode, string output, string error) = Run(python!, Path.Combine(Repository.Root, "tests", "Streaming.Learning.Tests", "Models", "read_model.py"), data.In("my.model"))!.Value;
        Assert.True(exitCode == 0, error);
        using JsonDocument found = JsonDocument.Parse(output);
        JsonElement about = found.RootElement.GetProperty("about"), arrays = found.RootElement.GetProperty("arrays");
        Assert.Equal(model.Kind, about.GetProperty("kind").GetString());
        Assert.Equal(model.Header.Features, about.GetProperty("features").EnumerateArray().Select(f => f.GetString()!));
        Assert.Equal(model.Tensors.Count + 2 + (name is "state" or "filled" ? 1 : 0), arrays.EnumerateObject().Count());
        foreach (Tensor tensor in model.Tensors)
        {
            JsonElement array = arrays.GetProperty(tensor.Name);
            Assert.Equal(tensor.Values, Flat(array));
            Assert.Equal(tensor.Shape, ShapeOf(array));
        }

        if (name == "filled")
        {
            Assert.Equal([1.5, 0, 0], Flat(arrays.GetProperty("imputation.fill")));
            Assert.Equal(["ordinal größer", "missing-indicator x"], about.GetProperty("encodings").EnumerateArray().Select(
                e => $"{e.GetProperty("kind")} {(e.TryGetProperty("missing_as", out JsonElement category) ? category : e.GetProperty("of")[0])}"));
        }

        if (name == "state")
            Assert.Equal([1, 2, 255, 0], Flat(arrays.GetProperty("training.state")));
    }

    static LinearRegressorModel Filled()
    {
        ModelHeader header = TestTiles.Header(3, TestTiles.Number()) with
        {
            Features = ["x", "city", "missingindicator_x"],
            Encoded =
            [
                new FeatureColumn("city", 1, null) { Encoding = new OrdinalEncoding(["a", "größer"], -1) { MissingAs = "größer" } },
                new FeatureColumn("missing indicators", 2, null) { Encoding = new MissingIndicatorEncoding(["x"]) },
            ],
            Rules = ValueRules.Strict with { MissingByFeature = [ValueHandling.Mean, ValueHandling.Error, ValueHandling.Error], MissingFills = [1.5, 0, 0] },
        };
        return new LinearRegressorModel(header, [1, 2, 3], 4);
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
