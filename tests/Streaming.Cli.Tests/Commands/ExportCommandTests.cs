using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>export</c> writes and says; that graphs predict as their models do, the library's tests hold.</summary>
public sealed class ExportCommandTests : IDisposable
{
    readonly Scratch scratch = new();

    string ModelPath => scratch.In("my.model");

    string OnnxPath => scratch.In("my.onnx");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Export_WritesTheGraphAndNamesItsInputsAndOutputs()
    {
        await FitAsync();
        JsonElement json = await CliRun.JsonAsync("export", ModelPath, "--onnx", OnnxPath);

        Assert.Equal(["sepal_length N,1", "sepal_width N,1", "petal_length N,1", "petal_width N,1"], Shapes(json, "inputs"));
        Assert.Equal(["label N", "probabilities N,3"], Shapes(json, "outputs"));
        Assert.Equal(18, json.GetProperty("opset").GetInt32());
        Assert.Equal(new FileInfo(OnnxPath).Length, json.GetProperty("bytes").GetInt64());

        JsonElement tensor = await CliRun.JsonAsync("export", ModelPath, "--onnx", OnnxPath, "--input", "tensor");
        Assert.Equal(["X N,4"], Shapes(tensor, "inputs"));
        CliRun text = await CliRun.DoneAsync("export", ModelPath, "--onnx", OnnxPath);
        Assert.Contains("probabilities   double[N, 3]", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_OfWhatIsNoModelOrOntoTheModel_IsRefused()
    {
        await CliRun.FailsAsync(1, ["export", Repository.Sample("iris/iris.parquet"), "--onnx", OnnxPath], "iris.parquet", "model");
        await CliRun.FailsAsync(2, ["export", ModelPath], "--onnx");
        Assert.Empty(scratch.Files);

        await FitAsync();
        await CliRun.FailsAsync(2, ["export", ModelPath, "--onnx", ModelPath], "onnx", ModelPath);
    }

    Task<CliRun> FitAsync() => CliRun.DoneAsync("fit", "gaussian-nb", Repository.Sample("iris"), "--target", "target", "--model", ModelPath);

    static string[] Shapes(JsonElement json, string name) =>
    [
        .. json.GetProperty(name).EnumerateArray().Select(v =>
            $"{v.GetProperty("name").GetString()} {string.Join(',', v.GetProperty("shape").EnumerateArray().Select(s => s.GetString()))}"),
    ];
}
