namespace Streaming.Learning.Data.Encodings;

/// <summary>
/// How features are made that are no columns of numbers themselves. Part of a model, so that data are treated alike wherever it is used; it never
/// changes.
/// </summary>
public abstract class ColumnEncoding
{
    /// <summary>Name of the kind of encoding in model files, such as <c>one-hot</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Features that it gives.</summary>
    public abstract int Count { get; }

    /// <summary>The features' names.</summary>
    /// <param name="column">Name of the column.</param>
    public abstract IReadOnlyList<string> NamesFor(string column);
}

/// <summary>How the values of a raw column - texts, whole numbers, dates - become features while they are decoded.</summary>
public abstract class RawEncoding : ColumnEncoding
{
    /// <summary>What a column must hold, for messages: "strings, whole numbers or booleans".</summary>
    internal abstract string Wants { get; }

    /// <summary>Whether a column holds that.</summary>
    internal abstract bool Accepts(DatasetColumn column);

    /// <summary>Makes what encodes rows; each thread has its own.</summary>
    internal abstract ColumnEncoder NewEncoder();
}
