using Streaming.Learning.Data.Encodings;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Streaming.Learning.Export;

/// <summary>The part of a graph that gives a column of numbers evenly or normally distributed values: <see cref="QuantileEncoding"/>.</summary>
static class OnnxQuantiles
{
    /// <summary>Adds the transform of a column.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="value">The column, [N × 1].</param>
    /// <param name="encoding">The transform.</param>
    /// <returns>Its feature, [N × 1] doubles.</returns>
    public static string Add(OnnxGraph graph, string value, QuantileEncoding encoding)
    {
        ReadOnlySpan<double> quantiles = encoding.Quantiles;
        int last = quantiles.Length - 1;
        string known = graph.Constant(quantiles, quantiles.Length);

        // How many quantiles are below the value, and how many are not above it: [N × 1].
        string below = Count(graph, graph.Node("Less", known, value)), upTo = Count(graph, graph.Node("LessOrEqual", known, value));
        string place = graph.Node("Clip", below, Index(graph, 1), Index(graph, Math.Max(1, last)));
        string from = graph.Node("Gather", known, graph.Node("Sub", place, Index(graph, 1))), to = graph.Node("Gather", known, graph.Node("Clip", place, Index(graph, 0), Index(graph, last)));
        string within = graph.Node("Div", graph.Node("Sub", value, from), graph.Node("Sub", to, from));
        string between = graph.Node("Add", ToDouble(graph, graph.Node("Sub", place, Index(graph, 1))), within);

        // Of a value that several quantiles have, the middle of their shares.
        string ties = graph.Node("Mul", ToDouble(graph, graph.Node("Sub", graph.Node("Add", below, upTo), Index(graph, 1))), graph.Constant(0.5));
        string share = graph.Node("Mul", graph.Node("Where", graph.Node("Less", below, upTo), ties, between), graph.Constant(1.0 / Math.Max(1, last)));
        share = graph.Node("Where", graph.Node("GreaterOrEqual", value, graph.Constant(quantiles[last])), graph.Constant(1.0), share);
        share = graph.Node("Where", graph.Node("LessOrEqual", value, graph.Constant(quantiles[0])), graph.Constant(0.0), share);
        if (encoding.Output == OutputDistribution.Normal)
            share = Normal(graph, value, share, quantiles[0], quantiles[last]);

        return graph.Node("Where", graph.Node("IsNaN", value), value, share);
    }

    static string Normal(OnnxGraph graph, string value, string share, double smallest, double largest)
    {
        string near = graph.Constant(QuantileEncoding.Threshold);
        share = graph.Node("Where", graph.Node("Greater", graph.Node("Add", value, near), graph.Constant(largest)), graph.Constant(1.0), share);
        share = graph.Node("Where", graph.Node("Less", graph.Node("Sub", value, near), graph.Constant(smallest)), graph.Constant(0.0), share);
        return graph.Node(
            "Clip", OnnxNormal.Quantile(graph, share), graph.Constant(QuantileEncoding.LowestNormal), graph.Constant(QuantileEncoding.HighestNormal));
    }

    static string Count(OnnxGraph graph, string flags)
    {
        string sum = graph.Node("ReduceSum", [("keepdims", 1)], Cast(graph, flags, DataType.Float), graph.Constant(1L));
        return Cast(graph, sum, DataType.Int64);
    }

    // A scalar, so that it changes no shape.
    static string Index(OnnxGraph graph, long value) => graph.Scalar(value);

    static string ToDouble(OnnxGraph graph, string value) => Cast(graph, value, DataType.Double);

    static string Cast(OnnxGraph graph, string value, DataType type) => graph.Node("Cast", [("to", (long)type)], value);
}
