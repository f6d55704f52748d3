using System.Buffers.Binary;
using System.Security.Cryptography;
using Amazon.S3.Model;

namespace Streaming.Storage.S3;

/// <summary>
/// The checksums that S3 keeps of whole objects (CRC-64/NVME where nobody asked for another), in Base64. The AWS SDK checks not all of them without a native library. One of the
/// parts' checksums ("composite"; it ends with their number) tells nothing about the bytes as they come.
/// </summary>
static class ObjectChecksums
{
    // The polynomials' bits in reverse, as in the catalogue of parametrised CRC algorithms.
    static readonly ulong[] Crc32 = CrcTable(0xEDB88320);
    static readonly ulong[] Crc32C = CrcTable(0x82F63B78);
    static readonly ulong[] Crc64Nvme = CrcTable(0x9A6C9329AC4BC9B5);

    /// <summary>Whether what came is what the checksums that came with it are of.</summary>
    public static bool Fit(GetObjectResponse answer, ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        return (!IsOfBytes(answer.ChecksumCRC64NVME) || IsSame(answer.ChecksumCRC64NVME, Crc(Crc64Nvme, content, hash[..sizeof(ulong)])))
            && (!IsOfBytes(answer.ChecksumCRC32) || IsSame(answer.ChecksumCRC32, Crc(Crc32, content, hash[..sizeof(uint)])))
            && (!IsOfBytes(answer.ChecksumCRC32C) || IsSame(answer.ChecksumCRC32C, Crc(Crc32C, content, hash[..sizeof(uint)])))
            && (!IsOfBytes(answer.ChecksumSHA1) || IsSame(answer.ChecksumSHA1, hash[..SHA1.HashData(content, hash)]))
            && (!IsOfBytes(answer.ChecksumSHA256) || IsSame(answer.ChecksumSHA256, hash[..SHA256.HashData(content, hash)]));
    }

    static bool IsOfBytes(string? checksum) => !string.IsNullOrEmpty(checksum) && !checksum.Contains('-', StringComparison.Ordinal);

    static bool IsSame(string wanted, ReadOnlySpan<byte> found) => wanted == Convert.ToBase64String(found);

    // All three begin with ones, end with ones taken off, and come with the highest byte first.
    static ReadOnlySpan<byte> Crc(ulong[] table, ReadOnlySpan<byte> content, Span<byte> result)
    {
        ulong ones = ulong.MaxValue >> (64 - 8 * result.Length);
        ulong crc = ones;
        foreach (byte b in content)
            crc = table[(byte)(crc ^ b)] ^ (crc >> 8);

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, crc ^ ones);
        bytes[^result.Length..].CopyTo(result);
        return result;
    }

    static ulong[] CrcTable(ulong polynomial)
    {
        var table = new ulong[256];
        for (int i = 0; i < table.Length; i++)
        {
            ulong crc = (ulong)i;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * polynomial);

            table[i] = crc;
        }

        return table;
    }
}
