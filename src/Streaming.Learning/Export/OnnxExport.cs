using System.Text.Json;
using Google.Protobuf;
using Onnx;
using Streaming.Learning.Models;
using Streaming.Storage;

namespace Streaming.Learning.Export;

/// <summary>
/// Writes a model as an ONNX graph, scaling and filling included: raw columns in, predictions out, for ONNX Runtime and other programs. The
/// graph computes in double and rounds features to float32 where tiles do, so it answers as <see cref="Model.Predict"/> does, but for the
/// order of sums. What ends a run there (a missing value under the rule <c>error</c>) can't end a graph: its outputs are then no numbers.
/// </summary>
public static class OnnxExport
{
    /// <summary>Version of ONNX's operators that graphs use (opset): that of ONNX 1.13, ONNX Runtime 1.14 and later.</summary>
    public const int Opset = 18;

    /// <summary>The operators for machine learning, of which graphs with categories use one.</summary>
    internal const string LearningDomain = "ai.onnx.ml";

    // Of that domain, the version that came with the opset.
    const int LearningOpset = 3;

    // The version of the format that came with that opset.
    const int IrVersion = 8;

    /// <summary>Saves the graph of a model; the file appears under its name only when it is whole.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="input">How the graph takes raw columns.</param>
    /// <param name="store">Where the file is. Default: a local disk, or S3 as the environment says.</param>
    /// <returns>What the graph reads and gives.</returns>
    /// <exception cref="ArgumentException">The model can't be written as a graph.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static OnnxSignature Save(Model model, string path, OnnxInput input = OnnxInput.Columns, FileStore? store = null)
    {
        using AtomicFile file = (store ?? FileStore.Default).Create(path);
        OnnxSignature signature = Write(file.Stream, model, input);
        file.Commit();
        return signature;
    }

    /// <summary>Writes the graph of a model to a stream, which stays open.</summary>
    /// <inheritdoc cref="Save"/>
    public static OnnxSignature Write(Stream stream, Model model, OnnxInput input = OnnxInput.Columns)
    {
        var graph = new OnnxGraph();
        OnnxPredictions.Add(graph, model, OnnxFeatures.Add(graph, model.Header, input));
        var file = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "Streaming",
            ProducerVersion = typeof(Model).Assembly.GetName().Version!.ToString(3),
            OpsetImport =
            {
                new OperatorSetIdProto { Domain = "", Version = Opset },
                new OperatorSetIdProto { Domain = LearningDomain, Version = LearningOpset },
            },
            Graph = graph.ToProto(),
        };
        foreach ((string key, string value) in Describe(model))
            file.MetadataProps.Add(new StringStringEntryProto { Key = "streaming." + key, Value = value });

        file.WriteTo(stream);
        return new OnnxSignature(graph.Inputs, graph.Outputs);
    }

    static IEnumerable<(string Key, string Value)> Describe(Model model)
    {
        yield return ("kind", model.Kind);
        yield return ("estimator", model.Header.Estimator);
        yield return ("features", JsonSerializer.Serialize(model.Header.Features));
        if (model.Header.Target is { } target)
        {
            yield return ("target", target.Name);
            if (target.Classes.Count > 0)
                yield return ("classes", JsonSerializer.Serialize(target.Classes));
        }
    }
}

/// <summary>What a graph reads and gives.</summary>
/// <param name="Inputs">What the caller hands in.</param>
/// <param name="Outputs">What comes back.</param>
public sealed record OnnxSignature(IReadOnlyList<OnnxValue> Inputs, IReadOnlyList<OnnxValue> Outputs);
