using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Export;

/// <summary>The part of a graph that makes features of a column of categories, which come as texts; the empty text is null.</summary>
static class OnnxCategories
{
    const string Null = "";

    // Codes of what is none of the categories.
    const long Missing = -1, Unknown = -2;

    /// <summary>1 in the rows of such a column that are missing, else 0: [N × 1] doubles.</summary>
    public static string AreMissing(OnnxGraph graph, string texts) => ToDouble(graph, graph.Lookup(texts, [Null], [1], 0));

    /// <summary>Adds the encoding of a column.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="texts">The column, [N × 1].</param>
    /// <param name="encoding">The encoding.</param>
    /// <returns>Its features, [N × features] doubles.</returns>
    public static string OneHot(OnnxGraph graph, string texts, OneHotEncoding encoding)
    {
        IEnumerable<string?> known = encoding.Categories.Concat(encoding.Infrequent).Append(null).Distinct();
        (string Key, long Code)[] table = [.. known.Where(c => c != Null).Select(c => (c ?? Null, CodeOf(encoding.Find(c))))];
        bool hasInfrequent = encoding.HandleUnknown == HandleUnknown.InfrequentIfExist && encoding.Infrequent.Count > 0;
        string codes = graph.Lookup(texts, [.. table.Select(t => t.Key)], [.. table.Select(t => t.Code)], hasInfrequent ? encoding.Categories.Count : Unknown);

        // [N × 1] beside [features]: a row is 1 where its code is that of the feature.
        string features = graph.Constant([.. Enumerable.Range(0, encoding.Count).Select(k => (long)k)]);
        return ToDouble(graph, graph.Node("Equal", codes, features));
    }

    /// <inheritdoc cref="OneHot"/>
    public static string Ordinal(OnnxGraph graph, string texts, OrdinalEncoding encoding)
    {
        string[] keys = [.. encoding.Categories.Where(c => c != Null)];
        long[] values = [.. keys.Select(k => (long)encoding.Find(k)!.Value.Value)];
        long ofNull = encoding.MissingAs is { } known ? keys.Contains(known) ? (long)encoding.Find(known)!.Value.Value : Unknown : Missing;
        string codes = graph.Lookup(texts, [.. keys, Null], [.. values, ofNull], Unknown);
        string numbers = Replaced(graph, codes, Missing, double.NaN, ToDouble(graph, codes));
        return Replaced(graph, codes, Unknown, encoding.UnknownValue ?? double.NaN, numbers);
    }

    static string Replaced(OnnxGraph graph, string codes, long code, double value, string numbers) =>
        graph.Node("Where", graph.Node("Equal", codes, graph.Constant(code)), graph.Constant(value), numbers);

    static string ToDouble(OnnxGraph graph, string values) => graph.Node("Cast", [("to", (long)Onnx.TensorProto.Types.DataType.Double)], values);

    static long CodeOf((int Feature, double Value)? found) => found?.Feature ?? Unknown;
}
