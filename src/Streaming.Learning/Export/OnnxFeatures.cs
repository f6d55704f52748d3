using Streaming.Learning.Data;
using Streaming.Learning.Models;

namespace Streaming.Learning.Export;

/// <summary>
/// The part of a graph that makes of raw columns what models work on: scaled in double, rounded to float32 as tiles are, filled. So
/// the rest of the graph works on the same bits as <see cref="Model.Predict"/>.
/// </summary>
static class OnnxFeatures
{
    /// <summary>Adds the part.</summary>
    /// <returns>The features, [N × features] doubles.</returns>
    public static string Add(OnnxGraph graph, ModelHeader header, OnnxInput input)
    {
        if (input == OnnxInput.Tensor && header.Encoded.Count > 0)
            throw new ArgumentException($"Option input: column '{header.Encoded[0].Name}' is encoded and can't be part of one tensor of numbers; give columns.");

        string values = input == OnnxInput.Tensor ? graph.Input("X", header.Features.Count) : Columns(graph, header);
        string tile = graph.Node("Cast", [("to", (long)Onnx.TensorProto.Types.DataType.Float)], Scaled(graph, header.Scaling, values));
        tile = Filled(graph, header, "IsNaN", isMissing: true, tile);
        tile = Filled(graph, header, "IsInf", isMissing: false, tile);
        return graph.Node("Cast", [("to", (long)Onnx.TensorProto.Types.DataType.Double)], tile);
    }

    static string Columns(OnnxGraph graph, ModelHeader header)
    {
        IReadOnlyList<string> features = header.Features;
        var columns = new List<string>();
        for (int i = 0, n; i < features.Count; i += n)
        {
            if (header.Encoded.FirstOrDefault(c => c.First == i) is { } encoded)
            {
                n = encoded.Count;
                columns.Add(OnnxCategories.Add(graph, encoded));
                continue;
            }

            n = Math.Max(1, FeatureNames.RunLength(features, i, out string column));
            columns.Add(graph.Input(column, n));
        }

        return columns.Count == 1 ? columns[0] : graph.Node("Concat", [("axis", 1)], [.. columns]);
    }

    static string Scaled(OnnxGraph graph, FeatureScaling scaling, string values)
    {
        values = graph.Node("Sub", values, graph.Constant(scaling.Offset, scaling.Count));
        return graph.Node("Mul", values, graph.Constant(scaling.Factor, scaling.Count));
    }

    // A graph can't end a run: where the rules want that, the value stays, and what comes of it is no number.
    static string Filled(OnnxGraph graph, ModelHeader header, string test, bool isMissing, string tile)
    {
        if (!ValueRules.IsFilled(header.Rules.HandlingOf(isMissing)))
            return tile;

        FeatureScaling scaling = header.Scaling;
        float[] fill = [.. Enumerable.Range(0, scaling.Count).Select(j => (float)((header.Rules.FillOf(isMissing, j) - scaling.Offset[j]) * scaling.Factor[j]))];
        return graph.Node("Where", graph.Node(test, tile), graph.Constant(fill), tile);
    }
}
