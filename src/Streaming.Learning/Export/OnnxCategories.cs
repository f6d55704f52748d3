using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Export;

/// <summary>
/// The part of a graph that makes features of a column of categories, which come as texts. ONNX knows no null among them: the empty text is null, unless it is a category
/// itself.
/// </summary>
static class OnnxCategories
{
    const string Empty = "";

    // Codes of what is none of the categories.
    const long Missing = -1, Unknown = -2;

    /// <summary>1 in the rows of such a column that are missing, else 0: [N × 1] doubles.</summary>
    public static string AreMissing(OnnxGraph graph, string texts) => ToDouble(graph, graph.Lookup(texts, [Empty], [1], 0));

    /// <summary>Whether the empty text is a category of a column, so that nothing stands for null.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="encoding">Its encoding.</param>
    /// <param name="isFilled">Whether the model fills its features where they are missing.</param>
    /// <exception cref="ArgumentException">Missing values are another category, or filled with something else.</exception>
    public static bool HasEmpty(string column, CategoryEncoding encoding, bool isFilled)
    {
        IEnumerable<string?> known = encoding switch
        {
            OneHotEncoding oneHot => oneHot.Categories.Concat(oneHot.Infrequent),
            OrdinalEncoding ordinal => ordinal.Categories,
            _ => [],
        };
        if (!known.Contains(Empty))
            return false;

        if (encoding.MissingAs is not (null or Empty) || (known.Contains(null) && encoding.Find(null) != encoding.Find(Empty)))
        {
            throw new ArgumentException(
                $"There is no ONNX graph for column '{column}': the empty text is one of its categories and missing values are another, and ONNX has the empty text for both. "
                + "Train with missing values filled (impute), or with no empty texts.");
        }

        // Of these two only an ordinal number can be missing: one-hot makes null a category, or zeros.
        if (isFilled && encoding is OrdinalEncoding { MissingAs: null })
        {
            throw new ArgumentException(
                $"There is no ONNX graph for column '{column}': the empty text is one of its categories and missing values are filled with a number, and ONNX has the empty text for both. "
                + "Train with its missing values filled with a category (impute, of this column), with an error for missing values, or with no empty texts.");
        }

        return true;
    }

    /// <summary>Adds the encoding of a column.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="texts">The column, [N × 1].</param>
    /// <param name="encoding">The encoding.</param>
    /// <param name="hasEmpty">Whether the empty text is one of its categories.</param>
    /// <returns>Its features, [N × features] doubles.</returns>
    public static string OneHot(OnnxGraph graph, string texts, OneHotEncoding encoding, bool hasEmpty)
    {
        IEnumerable<string?> known = encoding.Categories.Concat(encoding.Infrequent).Append(null).Distinct();
        (string Key, long Code)[] table = [.. known.Where(c => c != null || !hasEmpty).Select(c => (c ?? Empty, CodeOf(encoding.Find(c))))];
        bool hasInfrequent = encoding.HandleUnknown == HandleUnknown.InfrequentIfExist && encoding.Infrequent.Count > 0;
        string codes = graph.Lookup(texts, [.. table.Select(t => t.Key)], [.. table.Select(t => t.Code)], hasInfrequent ? encoding.Categories.Count : Unknown);

        // [N × 1] beside [features]: a row is 1 where its code is that of the feature.
        string features = graph.Constant([.. Enumerable.Range(0, encoding.Count).Select(k => (long)k)]);
        return ToDouble(graph, graph.Node("Equal", codes, features));
    }

    /// <inheritdoc cref="OneHot"/>
    public static string Ordinal(OnnxGraph graph, string texts, OrdinalEncoding encoding, bool hasEmpty)
    {
        string[] keys = [.. encoding.Categories];
        long[] values = [.. keys.Select(k => (long)encoding.Find(k)!.Value.Value)];
        long ofNull = encoding.MissingAs is { } known ? keys.Contains(known) ? (long)encoding.Find(known)!.Value.Value : Unknown : Missing;
        string codes = graph.Lookup(texts, hasEmpty ? keys : [.. keys, Empty], hasEmpty ? values : [.. values, ofNull], Unknown);
        string numbers = Replaced(graph, codes, Missing, double.NaN, ToDouble(graph, codes));
        return Replaced(graph, codes, Unknown, encoding.UnknownValue ?? double.NaN, numbers);
    }

    static string Replaced(OnnxGraph graph, string codes, long code, double value, string numbers) =>
        graph.Node("Where", graph.Node("Equal", codes, graph.Constant(code)), graph.Constant(value), numbers);

    static string ToDouble(OnnxGraph graph, string values) => graph.Node("Cast", [("to", (long)Onnx.TensorProto.Types.DataType.Double)], values);

    static long CodeOf((int Feature, double Value)? found) => found?.Feature ?? Unknown;
}
