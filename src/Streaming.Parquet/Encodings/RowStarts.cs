namespace Streaming.Parquet.Encodings;

/// <summary>
/// Repetition levels of a column with one level of lists (parquet-format, README.md, "Nested Encoding"): 0 for the first
/// element of a row, 1 for the others. Where all rows have lists of one length, this is all that they can say.
/// </summary>
static unsafe class RowStarts
{
    // Levels that are looked at at a time: few where rows are long, so that the run of ones that follows counts as one.
    const int ManyLevels = 1024;
    const int FewLevels = 64;
    const int LongRow = 256;

    /// <summary>
    /// Consumes levels; whether rows start exactly where they should. <paramref name="position"/> is that of the first level,
    /// in elements from the start of a row.
    /// </summary>
    /// <exception cref="ParquetException">A level is above 1, or the levels end.</exception>
    public static bool AreEvery(ref HybridReader levels, long position, int length, int count)
    {
        ulong* mask = stackalloc ulong[ManyLevels / 64];
        ulong* wanted = stackalloc ulong[ManyLevels / 64];
        while (count > 0)
        {
            int inRow = (int)(position % length);
            int rest = inRow == 0 ? 0 : Math.Min(count, length - inRow);
            uint level = 0;
            int n = rest >= FewLevels ? levels.ReadRepeated(rest, FewLevels, out level) : 0;
            if (n > 0)
            {
                HybridReader.CheckLevel(level, 1);
                if (level != 1)
                    return false;
            }
            else
            {
                n = Math.Min(count, length < LongRow ? ManyLevels : FewLevels);
                new Span<ulong>(mask, ManyLevels / 64).Clear();
                levels.ReadMask(mask, n, present: 1);
                SetWanted(wanted, n, inRow == 0 ? 0 : length - inRow, length);
                if (!new ReadOnlySpan<ulong>(mask, ManyLevels / 64).SequenceEqual(new ReadOnlySpan<ulong>(wanted, ManyLevels / 64)))
                    return false;
            }

            position += n;
            count -= n;
        }

        return true;
    }

    // Bits of count levels, clear where a row starts; those behind are clear as well.
    static void SetWanted(ulong* wanted, int count, int firstStart, int length)
    {
        for (int w = 0; w < ManyLevels / 64; w++)
        {
            int bits = Math.Clamp(count - w * 64, 0, 64);
            wanted[w] = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        }

        for (long start = firstStart; start < count; start += length)
            wanted[start >> 6] &= ~(1UL << (int)(start & 63));
    }
}
