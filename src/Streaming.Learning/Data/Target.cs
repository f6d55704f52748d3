namespace Streaming.Learning.Data;

/// <summary>What kind of target an estimator learns.</summary>
public enum TargetKind
{
    /// <summary>No target: clustering, decomposition, preprocessing.</summary>
    None,

    /// <summary>A number per row: regression.</summary>
    Number,

    /// <summary>One of a set of classes per row: classification.</summary>
    Classes,
}

/// <summary>How the labels of a target's classes are written in the data.</summary>
public enum ClassType
{
    /// <summary>Whole numbers.</summary>
    Integer,

    /// <summary>Booleans: <c>false</c>, <c>true</c>.</summary>
    Boolean,

    /// <summary>Strings.</summary>
    Text,
}

/// <summary>The target column of a model.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Kind">Number or classes.</param>
/// <param name="ClassType">How labels are written, for classes.</param>
/// <param name="Classes">The labels in class order (numbers ascending, <c>false</c> before <c>true</c>, strings by code point), as invariant text; empty for numbers.</param>
public sealed record TargetInfo(string Name, TargetKind Kind, ClassType ClassType, IReadOnlyList<string> Classes)
{
    /// <summary>Rows of each class in the data that the run learns from, held-out ones included; empty for numbers and in models that were loaded.</summary>
    public IReadOnlyList<long> Counts { get; init; } = [];
}
