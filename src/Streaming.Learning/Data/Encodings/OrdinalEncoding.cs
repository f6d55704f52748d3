using Streaming.Parquet;

namespace Streaming.Learning.Data.Encodings;

/// <summary>One feature: the number of a row's category in their order, from 0 on. A missing value stays one.</summary>
public sealed class OrdinalEncoding : CategoryEncoding
{
    internal const string KindName = "ordinal";

    readonly Dictionary<string, int> codes = new(StringComparer.Ordinal);

    /// <summary>Creates an encoding.</summary>
    /// <param name="categories">The categories in their order.</param>
    /// <param name="unknownValue">What other categories are; null where they end the run.</param>
    /// <exception cref="ArgumentException">A category is there twice.</exception>
    public OrdinalEncoding(IReadOnlyList<string> categories, double? unknownValue)
    {
        Categories = categories;
        UnknownValue = unknownValue;
        foreach (string category in categories)
        {
            if (!codes.TryAdd(category, codes.Count))
                throw new ArgumentException($"Wanted different categories, found '{category}' twice.");
        }
    }

    /// <summary>The categories in their order.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>What other categories are; null where they end the run.</summary>
    public double? UnknownValue { get; }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override int Count => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<string> NamesFor(string column) => [column];

    /// <inheritdoc/>
    public override (int Feature, double Value)? Find(string? category) =>
        (0, (category ?? MissingAs) is not { } known ? double.NaN : codes.TryGetValue(known, out int code) ? code : UnknownValue ?? double.NaN);

    // What stands for the codes of missing values: themselves, or those of the category that they count as.
    int CodeOfNull => MissingAs == null ? -1 : codes.GetValueOrDefault(MissingAs, UnknownValue == null ? CategoryCodes.Unknown - 1 : CategoryCodes.Unknown);

    internal override ColumnEncoder NewEncoder() => new Encoder(this);

    sealed class Encoder(OrdinalEncoding encoding) : CategoryEncoder
    {
        readonly CategoryCodes codes = new(encoding.codes, encoding.UnknownValue == null);
        readonly int ofNull = encoding.CodeOfNull;

        public override CategoryMap Map => codes;

        public override int Encode(ReadOnlySpan<int> codes, FeatureWriter features)
        {
            for (int i = 0; i < codes.Length; i++)
            {
                int code = codes[i] == -1 ? ofNull : codes[i];
                if (code < CategoryCodes.Unknown)
                    return i;

                features.Set(i, 0, code switch { -1 => double.NaN, CategoryCodes.Unknown => encoding.UnknownValue!.Value, _ => code });
            }

            return -1;
        }

        public override string? CategoryOf(int code) => code == -1 ? null : codes.StrangerOf(code);
    }
}
