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

        FeatureColumn[] made = [.. header.Encoded.Where(c => !c.IsRead)];
        int read = made.Length > 0 ? made[0].First : header.Features.Count;
        Dictionary<string, RawValue> raw = [];
        string values = input == OnnxInput.Tensor ? Tensor(graph, header, read, raw) : Columns(graph, header, read, raw);
        string tile = Scaled(graph, header.Scaling, 0, read, values);
        tile = Filled(graph, header, read, "IsNaN", isMissing: true, tile);
        tile = Filled(graph, header, read, "IsInf", isMissing: false, tile);
        string[] others = [.. made.Select(c => c.Encoding is MissingIndicatorEncoding ? Indicators(graph, header, c, raw) : Products(graph, header, c, read, tile))];
        return ToDouble(graph, others.Length > 0 ? graph.Node("Concat", [("axis", 1)], [tile, .. others]) : tile);
    }

    static string Tensor(OnnxGraph graph, ModelHeader header, int read, Dictionary<string, RawValue> raw)
    {
        string all = graph.Input("X", read);
        for (int j = 0; j < read; j++)
            raw.Add(header.Features[j], new RawValue(all, j, read));

        return all;
    }

    static string Columns(OnnxGraph graph, ModelHeader header, int read, Dictionary<string, RawValue> raw)
    {
        IReadOnlyList<string> features = header.Features;
        var columns = new List<string>();
        for (int i = 0, n; i < read; i += n)
        {
            if (header.Encoded.FirstOrDefault(c => c.First == i) is { } encoded)
            {
                n = encoded.Count;
                columns.Add(Encoded(graph, header, encoded, raw));
                continue;
            }

            n = Math.Max(1, FeatureNames.RunLength(features, i, out string column));
            string values = graph.Input(column, n);
            columns.Add(values);
            for (int k = 0; k < n; k++)
                raw.Add(features[i + k], new RawValue(values, k, n));
        }

        return columns.Count == 1 ? columns[0] : graph.Node("Concat", [("axis", 1)], [.. columns]);
    }

    static string Encoded(OnnxGraph graph, ModelHeader header, FeatureColumn column, Dictionary<string, RawValue> raw)
    {
        bool areTexts = column.Encoding is CategoryEncoding;
        string values = graph.Input(column.Name, 1, areTexts ? OnnxType.String : OnnxType.Double);
        raw.Add(column.Name, new RawValue(values, 0, 1, areTexts));
        bool hasEmpty = HasEmpty(header, column);
        return column.Encoding switch
        {
            OneHotEncoding oneHot => OnnxCategories.OneHot(graph, values, oneHot, hasEmpty),
            OrdinalEncoding ordinal => OnnxCategories.Ordinal(graph, values, ordinal, hasEmpty),
            DatePartsEncoding => new OnnxDates(graph).Add(column, values, header.ColumnTypes.GetValueOrDefault(column.Name)),
            QuantileEncoding quantile => OnnxQuantiles.Add(graph, values, quantile),
            var other => throw new ArgumentException($"There is no ONNX graph for column '{column.Name}', which is encoded as {other!.Kind}."),
        };
    }

    static bool HasEmpty(ModelHeader header, FeatureColumn column) =>
        column.Encoding is CategoryEncoding encoding
        && OnnxCategories.HasEmpty(column.Name, encoding, ValueRules.IsFilled(header.Rules.HandlingOf(isMissing: true, column.First)));

    static string Indicators(OnnxGraph graph, ModelHeader header, FeatureColumn column, Dictionary<string, RawValue> raw)
    {
        foreach (FeatureColumn indicated in header.Encoded.Where(c => ((MissingIndicatorEncoding)column.Encoding!).Of.Contains(c.Name)))
        {
            if (HasEmpty(header, indicated))
                throw new ArgumentException($"There is no ONNX graph for the missing indicator of column '{indicated.Name}': the empty text is one of its categories, and ONNX has nothing else for null.");
        }

        string[] flags = [.. ((MissingIndicatorEncoding)column.Encoding!).Of.Select(name => IsMissing(graph, raw[name]))];
        return Scaled(graph, header.Scaling, column.First, column.Count, flags.Length == 1 ? flags[0] : graph.Node("Concat", [("axis", 1)], flags));
    }

    static string IsMissing(OnnxGraph graph, RawValue value)
    {
        if (value.IsText)
            return OnnxCategories.AreMissing(graph, value.Input);

        string values = value.Width == 1 ? value.Input : graph.Node("Gather", [("axis", 1)], value.Input, graph.Constant((long)value.Place));
        return ToDouble(graph, graph.Node("IsNaN", values));
    }

    // Of the features as tiles have them: rounded, and taken back to their own units.
    static string Products(OnnxGraph graph, ModelHeader header, FeatureColumn column, int read, string tile)
    {
        FeatureScaling scaling = header.Scaling;
        string values = graph.Node("Div", ToDouble(graph, tile), graph.Constant(scaling.Factor[..read], read));
        values = graph.Node("Add", values, graph.Constant(scaling.Offset[..read], read));
        var encoding = (PolynomialEncoding)column.Encoding!;
        long[] places = [.. encoding.Of.Select(name => (long)header.Features.ToList().IndexOf(name))];
        string first = Gather(encoding.Pairs.Select(p => places[p.First])), second = Gather(encoding.Pairs.Select(p => places[p.Second]));
        return Scaled(graph, scaling, column.First, column.Count, graph.Node("Mul", first, second));

        string Gather(IEnumerable<long> indices) => graph.Node("Gather", [("axis", 1)], values, graph.Constant([.. indices]));
    }

    static string Scaled(OnnxGraph graph, FeatureScaling scaling, int first, int count, string values)
    {
        values = graph.Node("Sub", values, graph.Constant(scaling.Offset.Slice(first, count), count));
        values = graph.Node("Mul", values, graph.Constant(scaling.Factor.Slice(first, count), count));
        return graph.Node("Cast", [("to", (long)Onnx.TensorProto.Types.DataType.Float)], values);
    }

    static string ToDouble(OnnxGraph graph, string values) => graph.Node("Cast", [("to", (long)Onnx.TensorProto.Types.DataType.Double)], values);

    static string Filled(OnnxGraph graph, ModelHeader header, int read, string test, bool isMissing, string tile)
    {
        FeatureScaling scaling = header.Scaling;
        bool[] isFilled = [.. Enumerable.Range(0, read).Select(j => ValueRules.IsFilled(header.Rules.HandlingOf(isMissing, j)))];
        if (!isFilled.Contains(true))
            return tile;

        // What is not filled stays no number.
        float[] fill = [.. isFilled.Select((f, j) => f ? (float)((header.Rules.FillOf(isMissing, j) - scaling.Offset[j]) * scaling.Factor[j]) : float.NaN)];
        return graph.Node("Where", graph.Node(test, tile), graph.Constant(fill), tile);
    }

    /// <summary>Where a graph has what the caller gives for a column, or for an element of its lists.</summary>
    /// <param name="Input">The input.</param>
    /// <param name="Place">The value's place in its rows.</param>
    /// <param name="Width">Values of a row.</param>
    /// <param name="IsText">Whether they are texts.</param>
    readonly record struct RawValue(string Input, int Place, int Width, bool IsText = false);
}
