using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
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
        if (input == OnnxInput.Tensor && header.Encoded.FirstOrDefault(c => c.IsRead) is { } column)
            throw new ArgumentException($"Option input: column '{column.Name}' is encoded and can't be part of one tensor of numbers; give columns.");

        FeatureColumn? products = header.Encoded.FirstOrDefault(c => c.Encoding is PolynomialEncoding);
        int read = products?.First ?? header.Features.Count;
        string values = input == OnnxInput.Tensor ? graph.Input("X", read) : Columns(graph, header, read);
        string tile = Scaled(graph, header.Scaling, 0, read, values);
        tile = Filled(graph, header, "IsNaN", isMissing: true, tile);
        tile = Filled(graph, header, "IsInf", isMissing: false, tile);
        if (products != null)
            tile = graph.Node("Concat", [("axis", 1)], tile, Products(graph, header, products, tile));

        return ToDouble(graph, tile);
    }

    static string Columns(OnnxGraph graph, ModelHeader header, int read)
    {
        IReadOnlyList<string> features = header.Features;
        var columns = new List<string>();
        for (int i = 0, n; i < read; i += n)
        {
            if (header.Encoded.FirstOrDefault(c => c.First == i) is { } encoded)
            {
                n = encoded.Count;
                columns.Add(Encoded(graph, header, encoded));
                continue;
            }

            n = Math.Max(1, FeatureNames.RunLength(features, i, out string column));
            columns.Add(graph.Input(column, n));
        }

        return columns.Count == 1 ? columns[0] : graph.Node("Concat", [("axis", 1)], [.. columns]);
    }

    static string Encoded(OnnxGraph graph, ModelHeader header, FeatureColumn column) => column.Encoding switch
    {
        OneHotEncoding => OnnxCategories.OneHot(graph, column),
        OrdinalEncoding => OnnxCategories.Ordinal(graph, column),
        DatePartsEncoding => new OnnxDates(graph).Add(column, header.ColumnTypes.GetValueOrDefault(column.Name)),
        QuantileEncoding => OnnxQuantiles.Add(graph, column),
        var other => throw new ArgumentException($"There is no ONNX graph for column '{column.Name}', which is encoded as {other!.Kind}."),
    };

    // Of the features as tiles have them: rounded, and taken back to their own units.
    static string Products(OnnxGraph graph, ModelHeader header, FeatureColumn column, string tile)
    {
        FeatureScaling scaling = header.Scaling;
        int read = column.First;
        string values = graph.Node("Div", ToDouble(graph, tile), graph.Constant(scaling.Factor[..read], read));
        values = graph.Node("Add", values, graph.Constant(scaling.Offset[..read], read));
        var encoding = (PolynomialEncoding)column.Encoding!;
        long[] places = [.. encoding.Of.Select(name => (long)header.Features.ToList().IndexOf(name))];
        string first = Gather(encoding.Pairs.Select(p => places[p.First])), second = Gather(encoding.Pairs.Select(p => places[p.Second]));
        return Scaled(graph, scaling, read, column.Count, graph.Node("Mul", first, second));

        string Gather(IEnumerable<long> indices) => graph.Node("Gather", [("axis", 1)], values, graph.Constant([.. indices]));
    }

    static string Scaled(OnnxGraph graph, FeatureScaling scaling, int first, int count, string values)
    {
        values = graph.Node("Sub", values, graph.Constant(scaling.Offset.Slice(first, count), count));
        values = graph.Node("Mul", values, graph.Constant(scaling.Factor.Slice(first, count), count));
        return graph.Node("Cast", [("to", (long)Onnx.TensorProto.Types.DataType.Float)], values);
    }

    static string ToDouble(OnnxGraph graph, string values) => graph.Node("Cast", [("to", (long)Onnx.TensorProto.Types.DataType.Double)], values);

    static string Filled(OnnxGraph graph, ModelHeader header, string test, bool isMissing, string tile)
    {
        FeatureScaling scaling = header.Scaling;
        bool[] isFilled = [.. Enumerable.Range(0, scaling.Count).Select(j => ValueRules.IsFilled(header.Rules.HandlingOf(isMissing, j)))];
        if (!isFilled.Contains(true))
            return tile;

        // What is not filled stays no number.
        float[] fill = [.. isFilled.Select((f, j) => f ? (float)((header.Rules.FillOf(isMissing, j) - scaling.Offset[j]) * scaling.Factor[j]) : float.NaN)];
        return graph.Node("Where", graph.Node(test, tile), graph.Constant(fill), tile);
    }
}
