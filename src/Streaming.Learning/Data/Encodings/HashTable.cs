using System.Globalization;
using System.Text;
using Streaming.Storage;

namespace Streaming.Learning.Data.Encodings;

/// <summary>Numbers the buckets that the categories of a column fall into, each with its sign: <c>-13</c> is a category of bucket 12 that counts -1.</summary>
/// <param name="column">Name of the column.</param>
/// <param name="bits">Bits of the number of a bucket.</param>
/// <param name="pool">What memory counts against.</param>
sealed class HashTable(string column, int bits, BufferPool pool) : CategoryTable(column, pool)
{
    const int UsualBytes = 768;
    const int KeyLength = 11;

    readonly byte[] prefix = Encoding.UTF8.GetBytes($"{column}=");

    /// <summary>The bucket that a text of this table means, and the sign.</summary>
    public static (int Bucket, int Sign) BucketOf(string key)
    {
        int signed = int.Parse(key, CultureInfo.InvariantCulture);
        return (Math.Abs(signed) - 1, Math.Sign(signed));
    }

    /// <summary>The text of this table that means the bucket and sign of a category.</summary>
    public static string KeyOf(string column, int bits, string category)
    {
        (int bucket, int sign) = HashEncoding.BucketOf(Encoding.UTF8.GetBytes($"{column}="), Encoding.UTF8.GetBytes(category), bits);
        return (sign * (bucket + 1)).ToString(CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    protected override int CodeOf(ReadOnlySpan<char> label)
    {
        int most = Encoding.UTF8.GetMaxByteCount(label.Length);
        Span<byte> bytes = most <= UsualBytes ? stackalloc byte[UsualBytes] : new byte[most];
        (int bucket, int sign) = HashEncoding.BucketOf(prefix, bytes[..Encoding.UTF8.GetBytes(label, bytes)], bits);
        Span<char> key = stackalloc char[KeyLength];
        (sign * (bucket + 1)).TryFormat(key, out int length, provider: CultureInfo.InvariantCulture);
        return base.CodeOf(key[..length]);
    }
}
