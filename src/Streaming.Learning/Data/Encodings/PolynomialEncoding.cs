namespace Streaming.Learning.Data.Encodings;

/// <summary>Products of two features each, squares among them: features that no column is read for.</summary>
public sealed class PolynomialEncoding : ColumnEncoding
{
    internal const string KindName = "polynomial";

    /// <summary>Creates an encoding.</summary>
    /// <param name="of">Names of the features that are multiplied, in their order.</param>
    /// <param name="interactionOnly">Whether squares are left out.</param>
    /// <exception cref="ArgumentException">There is nothing to multiply.</exception>
    public PolynomialEncoding(IReadOnlyList<string> of, bool interactionOnly)
    {
        if (of.Count < (interactionOnly ? 2 : 1))
            throw new ArgumentException($"Wanted features to multiply, found {of.Count}.");

        Of = of;
        InteractionOnly = interactionOnly;
    }

    /// <summary>Names of the features that are multiplied.</summary>
    public IReadOnlyList<string> Of { get; }

    /// <summary>Whether squares are left out.</summary>
    public bool InteractionOnly { get; }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override int Count => Of.Count * (Of.Count + (InteractionOnly ? -1 : 1)) / 2;

    /// <summary>The factors of each product, as places in <see cref="Of"/>: those of the first with itself and all behind it, and so on.</summary>
    internal IEnumerable<(int First, int Second)> Pairs =>
        from i in Enumerable.Range(0, Of.Count)
        from j in Enumerable.Range(i, Of.Count - i)
        where i != j || !InteractionOnly
        select (i, j);

    /// <inheritdoc/>
    public override IReadOnlyList<string> NamesFor(string column) =>
        [.. Pairs.Select(p => p.First == p.Second ? $"{Of[p.First]}^2" : $"{Of[p.First]} {Of[p.Second]}")];
}
