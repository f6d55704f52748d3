using System.Runtime.InteropServices;

namespace Streaming.Parquet.Pages;

/// <summary>
/// The checksum of a page (parquet-format, README.md, "Checksumming"): the CRC-32 of Ethernet and gzip over the page as
/// stored. Eight bytes at a time by eight tables (Kounavis and Berry 2005, "Slicing-by-8").
/// </summary>
static class PageChecksum
{
    const uint Polynomial = 0xEDB88320;

    static readonly uint[] Tables = MakeTables();

    /// <summary>Compares the checksum with the one in the page header.</summary>
    /// <exception cref="ParquetException">They differ.</exception>
    public static void Check(ReadOnlySpan<byte> page, uint expected)
    {
        uint found = Compute(page);
        if (found != expected)
            throw new ParquetException($"the page's checksum should be {expected:x8} and is {found:x8}.");
    }

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            ulong x = word ^ crc;
            crc = Tables[(7 * 256) + (int)(x & 255)]
                ^ Tables[(6 * 256) + (int)((x >> 8) & 255)]
                ^ Tables[(5 * 256) + (int)((x >> 16) & 255)]
                ^ Tables[(4 * 256) + (int)((x >> 24) & 255)]
                ^ Tables[(3 * 256) + (int)((x >> 32) & 255)]
                ^ Tables[(2 * 256) + (int)((x >> 40) & 255)]
                ^ Tables[256 + (int)((x >> 48) & 255)]
                ^ Tables[(int)(x >> 56)];
        }

        return ~ComputeBytes(crc, bytes[(words.Length * sizeof(ulong))..]);
    }

    /// <summary>The register after more bytes: the definition, byte by byte.</summary>
    public static uint ComputeBytes(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
            crc = (crc >> 8) ^ Tables[(byte)crc ^ b];

        return crc;
    }

    // Table k holds what a byte contributes when k more bytes follow it.
    static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * Polynomial);

            tables[i] = crc;
        }

        for (int i = 256; i < tables.Length; i++)
            tables[i] = (tables[i - 256] >> 8) ^ tables[tables[i - 256] & 255];

        return tables;
    }
}
