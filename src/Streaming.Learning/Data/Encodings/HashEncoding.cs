using System.Buffers.Binary;
using System.Numerics;
using Streaming.Parquet;

namespace Streaming.Learning.Data.Encodings;

/// <summary>
/// The hashing trick of Weinberger, Dasgupta, Langford, Smola and Attenberg (ICML 2009) as scikit-learn's <c>FeatureHasher</c> has it: a row has 1 or
/// -1 in the bucket that MurmurHash3 (32 bits, seed 0) of <c>column=value</c> names, its sign that of the hash; a missing value none. Buckets that
/// no training row fell into give no feature: a learner could not learn anything of them.
/// </summary>
public sealed class HashEncoding : CategoryEncoding
{
    internal const string KindName = "hash";

    /// <summary>Most bits of the number of a bucket.</summary>
    public const int MostBits = 22;

    const int UsualBytes = 512;

    readonly Dictionary<int, int> features = [];
    readonly byte[] prefix;

    /// <summary>Creates an encoding.</summary>
    /// <param name="column">Name of the column, which is hashed, too.</param>
    /// <param name="bits">Bits of the number of a bucket: there are 2^bits.</param>
    /// <param name="buckets">The buckets that give a feature, ascending.</param>
    /// <exception cref="ArgumentException">The buckets are none of these.</exception>
    public HashEncoding(string column, int bits, IReadOnlyList<int> buckets)
    {
        if (bits is < 1 or > MostBits)
            throw new ArgumentException($"Wanted 1 to {MostBits} bits, found {bits}.");

        if (buckets.Count == 0)
            throw new ArgumentException($"Wanted a bucket of column '{column}' that some row falls into, found none.");

        prefix = System.Text.Encoding.UTF8.GetBytes($"{column}=");
        Column = column;
        Bits = bits;
        Buckets = buckets;
        foreach (int bucket in buckets)
        {
            if (bucket < 0 || bucket >= 1 << bits || !features.TryAdd(bucket, features.Count))
                throw new ArgumentException($"Wanted different buckets from 0 to {(1 << bits) - 1}, found {bucket} or it twice.");
        }
    }

    /// <summary>Name of the column.</summary>
    public string Column { get; }

    /// <summary>Bits of the number of a bucket.</summary>
    public int Bits { get; }

    /// <summary>The buckets that give a feature, ascending.</summary>
    public IReadOnlyList<int> Buckets { get; }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override int Count => Buckets.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> NamesFor(string column) => [.. Buckets.Select(b => $"{column}#{b}")];

    /// <inheritdoc/>
    public override (int Feature, double Value)? Find(string? category) =>
        (category ?? MissingAs) is { } known ? ValueOf(BucketOf(prefix, System.Text.Encoding.UTF8.GetBytes(known), Bits)) : null;

    /// <summary>The feature and value of a bucket.</summary>
    internal (int Feature, double Value)? ValueOf((int Bucket, int Sign) hashed) =>
        features.TryGetValue(hashed.Bucket, out int feature) ? (feature, hashed.Sign) : null;

    /// <summary>The bucket of a value, and its sign.</summary>
    /// <param name="prefix">The column's name and <c>=</c>, as UTF-8.</param>
    /// <param name="value">The value, as UTF-8.</param>
    /// <param name="bits">Bits of the number of a bucket.</param>
    internal static (int Bucket, int Sign) BucketOf(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> value, int bits)
    {
        int length = prefix.Length + value.Length;
        Span<byte> text = length <= UsualBytes ? stackalloc byte[UsualBytes] : new byte[length];
        prefix.CopyTo(text);
        value.CopyTo(text[prefix.Length..]);
        int hash = Murmur(text[..length]);

        // The size of the lowest hash is no int.
        return ((int)(Math.Abs((long)hash) % (1L << bits)), hash >= 0 ? 1 : -1);
    }

    // MurmurHash3_x86_32 by Austin Appleby (public domain), seed 0.
    static int Murmur(ReadOnlySpan<byte> bytes)
    {
        uint hash = 0;
        int i = 0;
        for (; i + 4 <= bytes.Length; i += 4)
            hash = BitOperations.RotateLeft(hash ^ Mixed(BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..])), 13) * 5 + 0xE6546B64;

        uint tail = 0;
        for (int j = bytes.Length - 1; j >= i; j--)
            tail = tail << 8 | bytes[j];

        hash ^= Mixed(tail) ^ (uint)bytes.Length;
        hash = (hash ^ hash >> 16) * 0x85EBCA6B;
        hash = (hash ^ hash >> 13) * 0xC2B2AE35;
        return (int)(hash ^ hash >> 16);

        static uint Mixed(uint block) => BitOperations.RotateLeft(block * 0xCC9E2D51, 15) * 0x1B873593;
    }

    internal override ColumnEncoder NewEncoder() => new Encoder(this);

    sealed class Encoder(HashEncoding encoding) : CategoryEncoder
    {
        readonly Codes codes = new(encoding);
        readonly int ofNull = encoding.MissingAs == null ? -1 : new Codes(encoding).Map(System.Text.Encoding.UTF8.GetBytes(encoding.MissingAs));

        public override CategoryMap Map => codes;

        public override int Encode(ReadOnlySpan<int> codes, FeatureWriter features)
        {
            for (int k = 0; k < encoding.Count; k++)
                features.Fill(k, 0);

            for (int i = 0; i < codes.Length; i++)
            {
                int code = codes[i] == -1 ? ofNull : codes[i];
                if (code >= 0)
                    features.Set(i, code >> 1, (code & 1) == 0 ? 1 : -1);
            }

            return -1;
        }

        public override string? CategoryOf(int code) => null;
    }

    // Twice the feature, and one more for -1.
    sealed class Codes(HashEncoding encoding) : CategoryMap
    {
        public override int Map(ReadOnlySpan<byte> utf8) =>
            encoding.ValueOf(BucketOf(encoding.prefix, utf8, encoding.Bits)) is { } found ? 2 * found.Feature + (found.Value < 0 ? 1 : 0) : CategoryCodes.Unknown;
    }
}
