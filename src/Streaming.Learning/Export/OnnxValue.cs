namespace Streaming.Learning.Export;

/// <summary>An input or output of an ONNX graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Columns">Values per row, [N × columns]; null for [N].</param>
public sealed record OnnxValue(string Name, OnnxType Type, int? Columns);

/// <summary>Types of the values that graphs take and give.</summary>
public enum OnnxType
{
    /// <summary>64-bit floating point.</summary>
    Double,

    /// <summary>64-bit whole numbers.</summary>
    Int64,

    /// <summary>Truth values.</summary>
    Bool,

    /// <summary>Texts.</summary>
    String,
}

/// <summary>How a graph takes the raw columns.</summary>
public enum OnnxInput
{
    /// <summary>An input per column, named as the column, [N × 1]; a column of lists is one, [N × length]. What skl2onnx has for data frames.</summary>
    Columns,

    /// <summary>One input <c>X</c>, [N × features], in the order of the model's features. What skl2onnx has for arrays.</summary>
    Tensor,
}
