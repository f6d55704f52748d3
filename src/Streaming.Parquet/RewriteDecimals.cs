using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Streaming.Parquet;

/// <summary>A column of decimals that are stored as bytes, and may have more digits than doubles.</summary>
sealed class RewriteDecimals(ParquetFile file, ParquetColumn source, TableColumn target, int scale, int capacity) : RewriteColumn(file, source, target)
{
    const int BlockRows = 4096;

    readonly decimal[] present = source.MaxDefinitionLevel > 0 ? [] : new decimal[capacity];
    readonly decimal?[] orNull = source.MaxDefinitionLevel > 0 ? new decimal?[capacity] : [];
    readonly int[] codes = new int[BlockRows];
    DecimalMap map = new(scale);
    ColumnReader? reader;

    public override void Open(int rowGroup)
    {
        Dispose();
        reader = File.OpenColumn(rowGroup, Source);
    }

    public override void Read(int first, int rows)
    {
        for (int done = 0; done < rows; done += BlockRows)
        {
            Span<int> block = codes.AsSpan(0, Math.Min(BlockRows, rows - done));
            reader!.ReadCategories(block, map);
            for (int i = 0; i < block.Length; i++)
            {
                if (IsNullable)
                    orNull[first + done + i] = block[i] < 0 ? null : map.Values[block[i]];
                else
                    present[first + done + i] = map.Values[block[i]];
            }
        }
    }

    public override TableValues Take(int rows)
    {
        map = new DecimalMap(scale);
        return IsNullable ? TableValues.OfNullable<decimal>(orNull.AsMemory(0, rows)) : TableValues.Of<decimal>(present.AsMemory(0, rows));
    }

    public override void Dispose()
    {
        reader?.Dispose();
        reader = null;
    }

    // A value's code is its place in a list. Values of a dictionary come once, others each time, so that a list is that of one row group in the making.
    sealed class DecimalMap(int scale) : CategoryMap
    {
        // Of 32 bits each, what the digits of a .NET decimal take.
        const int Parts = 3;

        public List<decimal> Values { get; } = [];

        public override int Map(ReadOnlySpan<byte> utf8)
        {
            var unscaled = new BigInteger(utf8, isUnsigned: false, isBigEndian: true);
            BigInteger magnitude = BigInteger.Abs(unscaled);
            Span<int> parts = stackalloc int[Parts];
            parts.Clear();
            if (!magnitude.TryWriteBytes(MemoryMarshal.AsBytes(parts), out _, isUnsigned: true))
                throw new ParquetException($"a decimal has {magnitude.ToString(CultureInfo.InvariantCulture).Length} digits, up to 28 can be written; leave the column out (--exclude).");

            Values.Add(new decimal(parts[0], parts[1], parts[2], unscaled.Sign < 0, (byte)scale));
            return Values.Count - 1;
        }
    }
}
