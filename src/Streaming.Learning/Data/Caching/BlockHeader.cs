using System.IO.Hashing;

namespace Streaming.Learning.Data.Caching;

/// <summary>
/// The start of a block:
/// <code>
/// 8 bytes            XxHash3 of all that follows, with the block's place for its seed
/// 4 bytes            rows
/// 4 bytes            rows that were left out for their values
/// 4 bytes / column   where its bytes begin, from the start of the block
/// 8 bytes / row left out: which of the block's rows, counted together, and the reason (Rejections)
/// …                  the columns (ColumnCodec), each at a multiple of 8
/// </code>
/// </summary>
readonly unsafe struct BlockHeader(byte* block, int columns)
{
    /// <summary>Bytes for a row that was left out.</summary>
    public const int LeftOutBytes = 2 * sizeof(int);

    const int FixedBytes = 16;

    /// <summary>Rows in the columns.</summary>
    public ref int Rows => ref ((int*)block)[2];

    /// <summary>Rows that were left out.</summary>
    public ref int LeftOut => ref ((int*)block)[3];

    /// <summary>Where a column begins.</summary>
    public ref int StartOf(int column) => ref ((int*)(block + FixedBytes))[column];

    /// <summary>Per row that was left out which one it is and why, ascending.</summary>
    public (int Row, int Reason)* LeftOutRows => ((int, int)*)(block + FixedBytes + Aligned(columns * sizeof(int)));

    /// <summary>Bytes before the columns.</summary>
    public int Bytes => BytesFor(columns, LeftOut);

    /// <summary>Bytes before the columns where so many rows are left out.</summary>
    public static int BytesFor(int columns, int leftOut) => FixedBytes + Aligned(columns * sizeof(int)) + leftOut * LeftOutBytes;

    /// <summary>Signs a block.</summary>
    public static void Sign(Span<byte> block, long place) => BitConverter.TryWriteBytes(block, HashOf(block, place));

    /// <summary>Whether the block is as it was signed, and its numbers can be what they claim to be.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> block, long place, TileFormat format)
    {
        if (block.Length < BytesFor(format.ColumnCount, 0) || BitConverter.ToUInt64(block) != HashOf(block, place))
            return false;

        fixed (byte* first = block)
        {
            var header = new BlockHeader(first, format.ColumnCount);
            if (header.Rows < 0 || header.LeftOut < 0 || header.Rows > format.BlockRows - header.LeftOut || header.Bytes > block.Length)
                return false;

            for (int c = 0; c < format.ColumnCount; c++)
            {
                int start = header.StartOf(c);
                if (start < header.Bytes || start > block.Length || !ColumnCodec.Fits(first + start, first + block.Length, header.Rows, format.WidthOf(c)))
                    return false;
            }
        }

        return true;
    }

    static ulong HashOf(ReadOnlySpan<byte> block, long place) => XxHash3.HashToUInt64(block[sizeof(ulong)..], place);

    static int Aligned(int bytes) => (bytes + 7) / 8 * 8;
}
