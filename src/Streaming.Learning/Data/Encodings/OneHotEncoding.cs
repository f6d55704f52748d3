using Streaming.Parquet;

namespace Streaming.Learning.Data.Encodings;

/// <summary>What becomes of a category that training has not seen.</summary>
public enum HandleUnknown
{
    /// <summary>All features of the column are 0.</summary>
    Ignore,

    /// <summary>It counts as infrequent; where no category is, all features of the column are 0.</summary>
    InfrequentIfExist,

    /// <summary>The run ends, naming row and category.</summary>
    Error,
}

/// <summary>A feature per category: 1 in rows that have it, else 0. Categories that are infrequent share one, the last.</summary>
public sealed class OneHotEncoding : CategoryEncoding
{
    internal const string KindName = "one-hot";

    readonly Dictionary<string, int> codes = new(StringComparer.Ordinal);

    // The feature of null; what unknown categories have where it is not known.
    readonly int ofNull;
    readonly int ofUnknown;

    /// <summary>Creates an encoding.</summary>
    /// <param name="categories">Categories with a feature each; null is the one of missing values.</param>
    /// <param name="infrequent">Categories that share a feature.</param>
    /// <param name="handleUnknown">What becomes of others.</param>
    /// <exception cref="ArgumentException">There is no category, or one twice.</exception>
    public OneHotEncoding(IReadOnlyList<string?> categories, IReadOnlyList<string?> infrequent, HandleUnknown handleUnknown)
    {
        Categories = categories;
        Infrequent = infrequent;
        HandleUnknown = handleUnknown;
        if (Count == 0)
            throw new ArgumentException("Wanted at least one category, found none.");

        int last = categories.Count;
        bool refuses = handleUnknown == HandleUnknown.Error;
        ofUnknown = handleUnknown == HandleUnknown.InfrequentIfExist && infrequent.Count > 0 ? last : CategoryCodes.Unknown;
        ofNull = refuses ? CategoryCodes.Unknown - 1 : ofUnknown;
        bool hasNull = false;
        foreach ((string? category, int code) in categories.Select((c, i) => (c, i)).Concat(infrequent.Select(c => (c, last))))
        {
            if (category == null ? hasNull : !codes.TryAdd(category, code))
                throw new ArgumentException($"Wanted different categories, found '{category ?? "<null>"}' twice.");

            if (category == null)
                (hasNull, ofNull) = (true, code);
        }
    }

    /// <summary>Categories with a feature each, in the order of the features; null is the one of missing values.</summary>
    public IReadOnlyList<string?> Categories { get; }

    /// <summary>Categories that share the last feature; empty where there is no such feature.</summary>
    public IReadOnlyList<string?> Infrequent { get; }

    /// <summary>What becomes of other categories.</summary>
    public HandleUnknown HandleUnknown { get; }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override int Count => Categories.Count + (Infrequent.Count > 0 ? 1 : 0);

    /// <inheritdoc/>
    public override IReadOnlyList<string> NamesFor(string column) =>
    [
        .. Categories.Select(c => $"{column}={c ?? "<null>"}"),
        .. Infrequent.Count > 0 ? [$"{column}=<infrequent>"] : Array.Empty<string>(),
    ];

    /// <inheritdoc/>
    public override (int Feature, double Value)? Find(string? category)
    {
        int code = category == null ? CodeOfNull : codes.GetValueOrDefault(category, ofUnknown);
        return code >= 0 ? (code, 1) : null;
    }

    // A category that is an error is named as the null that it stands for.
    int CodeOfNull => MissingAs == null ? ofNull : codes.GetValueOrDefault(MissingAs, HandleUnknown == HandleUnknown.Error ? CategoryCodes.Unknown - 1 : ofUnknown);

    internal override ColumnEncoder NewEncoder() => new Encoder(this);

    sealed class Encoder(OneHotEncoding encoding) : CategoryEncoder
    {
        readonly CategoryCodes codes = new(encoding.codes, encoding.HandleUnknown == HandleUnknown.Error);
        readonly int ofNull = encoding.CodeOfNull;

        public override CategoryMap Map => codes;

        public override int Encode(ReadOnlySpan<int> codes, FeatureWriter features)
        {
            for (int k = 0; k < encoding.Count; k++)
                features.Fill(k, 0);

            for (int i = 0; i < codes.Length; i++)
            {
                int code = codes[i] == -1 ? ofNull : codes[i] == CategoryCodes.Unknown ? encoding.ofUnknown : codes[i];
                if (code >= 0)
                    features.Set(i, code, 1);
                else if (code < CategoryCodes.Unknown)
                    return i;
            }

            return -1;
        }

        public override string? CategoryOf(int code) => code == -1 ? null : codes.StrangerOf(code);
    }
}
