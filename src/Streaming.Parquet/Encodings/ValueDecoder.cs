using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Unicode;

namespace Streaming.Parquet.Encodings;

/// <summary>Decodes the values of one page, which holds no nulls. Stops and goes on after any value.</summary>
abstract unsafe class ValueDecoder
{
    /// <summary>Values that are converted at a time: few enough to stay in the first-level cache.</summary>
    protected const int BlockLength = 512;

    /// <summary>Decodes numbers.</summary>
    /// <exception cref="ParquetException">The page ends before its values do, or they are broken.</exception>
    public abstract void Read(double* destination, int count);

    /// <summary>Decodes numbers through an affine map; says whether all are finite then, which costs next to nothing while they are at hand.</summary>
    /// <exception cref="ParquetException">The page ends before its values do, or they are broken.</exception>
    public virtual bool Read(float* destination, int count, Affine map)
    {
        bool areFinite = true;
        double* block = stackalloc double[BlockLength];
        while (count > 0)
        {
            int n = Math.Min(count, BlockLength);
            Read(block, n);
            areFinite &= Narrowing.Run(block, destination, n, map);
            destination += n;
            count -= n;
        }

        return areFinite;
    }

    /// <summary>Decodes categories.</summary>
    /// <exception cref="ParquetException">The page ends before its values do, or they are broken.</exception>
    public abstract void Read(int* destination, int count, CategoryMap map);

    /// <summary>Passes over values.</summary>
    /// <exception cref="ParquetException">The page ends before its values do, or they are broken.</exception>
    public abstract void Skip(int count);

    /// <summary>The code of a stored number: a whole one, or a decimal.</summary>
    public static int MapNumber(CategoryMap map, byte* source, NumberFormat format)
    {
        if (format.Kind == NumberKind.BigEndian)
            return map.Map(new ReadOnlySpan<byte>(source, format.Width));

        long value;
        NumberBlocks.ToLongs(format, source, &value, 1);
        return format.IsInteger ? MapInteger(map, value, format.Kind == NumberKind.UInt64) : MapUnscaled(map, value);
    }

    static int MapUnscaled(CategoryMap map, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return map.Map(bytes);
    }

    static int MapInteger(CategoryMap map, long value, bool isUnsigned)
    {
        Span<byte> text = stackalloc byte[20];
        int length;
        if (isUnsigned)
            Utf8Formatter.TryFormat((ulong)value, text, out length);
        else
            Utf8Formatter.TryFormat(value, text, out length);

        return map.Map(text[..length]);
    }

    /// <summary>The code of a text, which must be one where the schema says so.</summary>
    public static int MapText(CategoryMap map, ReadOnlySpan<byte> text, NumberFormat format)
    {
        if (format.Kind == NumberKind.Text && !Utf8.IsValid(text))
            throw new ParquetException("a text is not valid UTF-8.");

        return map.Map(text);
    }

    /// <summary>A page that holds fewer values than it says.</summary>
    protected static ParquetException TooShort(int wanted, long found) =>
        new($"the page should hold {wanted} more values, its bytes are enough for {found}.");
}
