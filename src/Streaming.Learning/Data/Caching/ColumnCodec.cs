using System.Numerics;

namespace Streaming.Learning.Data.Caching;

/// <summary>
/// Columns of a block, in the fewest bytes from which a tile gets the same bits back about as fast as it could be copied:
/// <code>
/// 4 bytes    kind
/// 4 bytes    values of the table
/// …          stored: the values. constant: one value. table: up to 256 values, then a byte per row. single: per row the float32 in the
///            data from which scaling made the value
/// </code>
/// General compression is slower to undo than Snappy Parquet is to decode, so there is none.
/// </summary>
static unsafe class ColumnCodec
{
    /// <summary>Bytes before the values.</summary>
    public const int HeaderBytes = 8;

    const int MostInTable = 256;

    // Room for as many again, so that chains stay short.
    const int SlotBits = 10;

    enum Kind
    {
        Stored,
        Constant,
        Table,
        Single,
    }

    /// <summary>Encodes a column.</summary>
    /// <param name="values">The values.</param>
    /// <param name="target">Where they go: room for the header and the values as they are.</param>
    /// <returns>Bytes written, a multiple of 8.</returns>
    public static int Encode(ReadOnlySpan<float> values, byte* target)
    {
        fixed (float* first = values)
            return Encode((uint*)first, values.Length, target);
    }

    /// <summary>Encodes a column of doubles that scaling has made: of <c>(value - offset) * factor</c>, if values are float32, these are stored.</summary>
    public static int Encode(ReadOnlySpan<double> values, byte* target, (double Offset, double Factor) scale)
    {
        fixed (double* first = values)
        {
            int bytes = Encode((ulong*)first, values.Length, target);
            return KindOf(target) == Kind.Stored && TryNarrow(values, target, scale) ? Rounded(values.Length * sizeof(float)) : bytes;
        }
    }

    /// <summary>Decodes some of the rows of a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="from">The first row.</param>
    /// <param name="values">Receives the values.</param>
    public static void Decode(byte* column, int from, Span<float> values)
    {
        fixed (float* first = values)
            Decode(column, from, (uint*)first, values.Length);
    }

    /// <summary>Decodes some of the rows of a column of doubles, with the scaling that it was encoded with.</summary>
    public static void Decode(byte* column, int from, Span<double> values, (double Offset, double Factor) scale)
    {
        if (KindOf(column) != Kind.Single)
        {
            fixed (double* first = values)
                Decode(column, from, (ulong*)first, values.Length);

            return;
        }

        var stored = (float*)(column + HeaderBytes) + from;
        for (int i = 0; i < values.Length; i++)
            values[i] = ((double)stored[i] - scale.Offset) * scale.Factor;
    }

    /// <summary>Whether a column that claims to hold rows has all of their bytes before an end.</summary>
    public static bool Fits(byte* column, byte* end, int rows, int width)
    {
        if (end - column < HeaderBytes || CountOf(column) is < 0 or > MostInTable)
            return false;

        long bytes = KindOf(column) switch
        {
            Kind.Stored => (long)rows * width,
            Kind.Constant => width,
            Kind.Table => (long)CountOf(column) * width + rows,
            Kind.Single => (long)rows * sizeof(float),
            _ => long.MaxValue,
        };
        return bytes <= end - column - HeaderBytes;
    }

    static int Encode<T>(T* values, int rows, byte* target)
        where T : unmanaged, IBinaryInteger<T>
    {
        var table = (T*)(target + HeaderBytes);
        int count = TryTable(values, rows, table);
        (Kind kind, int bytes) = count switch
        {
            0 => (Kind.Stored, rows * sizeof(T)),
            1 => (Kind.Constant, sizeof(T)),
            _ => (Kind.Table, count * sizeof(T) + rows),
        };
        if (kind == Kind.Stored)
            Buffer.MemoryCopy(values, table, bytes, bytes);

        ((int*)target)[0] = (int)kind;
        ((int*)target)[1] = count;
        return Rounded(bytes);
    }

    // The different values in the order in which they come, and behind them for each row which it is; 0 where that takes more than the values do.
    static int TryTable<T>(T* values, int rows, T* table)
        where T : unmanaged, IBinaryInteger<T>
    {
        int most = (int)Math.Min(MostInTable, (long)rows * (sizeof(T) - 1) / sizeof(T));
        short* slots = stackalloc short[1 << SlotBits];
        new Span<short>(slots, 1 << SlotBits).Fill(-1);

        // Codes wait behind the place of the last value, if there were as many as can be.
        byte* codes = (byte*)(table + most);
        int count = 0;
        for (int i = 0; i < rows; i++)
        {
            T value = values[i];
            var slot = (int)(ulong.CreateTruncating(value) * 0x9E3779B97F4A7C15 >> (64 - SlotBits));
            while (slots[slot] >= 0 && table[slots[slot]] != value)
                slot = (slot + 1) & ((1 << SlotBits) - 1);

            if (slots[slot] < 0)
            {
                if (count == most)
                    return 0;

                slots[slot] = (short)count;
                table[count++] = value;
            }

            codes[i] = (byte)slots[slot];
        }

        if (count > 1)
            Buffer.MemoryCopy(codes, table + count, rows, rows);

        return count;
    }

    static bool TryNarrow(ReadOnlySpan<double> values, byte* target, (double Offset, double Factor) scale)
    {
        var narrow = (float*)(target + HeaderBytes);
        for (int i = 0; i < values.Length; i++)
        {
            var stored = (float)(values[i] / scale.Factor + scale.Offset);
            if (BitConverter.DoubleToInt64Bits((stored - scale.Offset) * scale.Factor) != BitConverter.DoubleToInt64Bits(values[i]))
            {
                values.CopyTo(new Span<double>(target + HeaderBytes, values.Length));
                return false;
            }

            narrow[i] = stored;
        }

        ((int*)target)[0] = (int)Kind.Single;
        return true;
    }

    static void Decode<T>(byte* column, int from, T* values, int rows)
        where T : unmanaged
    {
        var stored = (T*)(column + HeaderBytes);
        switch (KindOf(column))
        {
            case Kind.Stored:
                Buffer.MemoryCopy(stored + from, values, (long)rows * sizeof(T), (long)rows * sizeof(T));
                break;
            case Kind.Constant:
                new Span<T>(values, rows).Fill(*stored);
                break;
            case Kind.Table:
                byte* codes = (byte*)(stored + CountOf(column)) + from;
                for (int i = 0; i < rows; i++)
                    values[i] = stored[codes[i]];

                break;
        }
    }

    static Kind KindOf(byte* column) => (Kind)(*(int*)column);

    static int CountOf(byte* column) => ((int*)column)[1];

    static int Rounded(int bytes) => HeaderBytes + (bytes + 7) / 8 * 8;
}
