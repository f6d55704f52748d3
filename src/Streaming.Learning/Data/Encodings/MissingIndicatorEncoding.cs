namespace Streaming.Learning.Data.Encodings;

/// <summary>Whether values of other columns are missing: 1 in rows where they are, else 0. No column is read for them.</summary>
public sealed class MissingIndicatorEncoding : ColumnEncoding
{
    internal const string KindName = "missing-indicator";

    /// <summary>Creates an encoding.</summary>
    /// <param name="of">The columns that are told of, in their order; of lists the elements, each by its name.</param>
    /// <exception cref="ArgumentException">There is none, or one twice.</exception>
    public MissingIndicatorEncoding(IReadOnlyList<string> of)
    {
        if (of.Count == 0 || of.Distinct(StringComparer.Ordinal).Count() < of.Count)
            throw new ArgumentException("Wanted columns whose missing values are told of, each once.");

        Of = of;
    }

    /// <summary>The columns, or elements of lists, that are told of.</summary>
    public IReadOnlyList<string> Of { get; }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override int Count => Of.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> NamesFor(string column) => [.. Of.Select(name => $"missingindicator_{name}")];
}
