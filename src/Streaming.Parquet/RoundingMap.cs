using System.Buffers.Text;

namespace Streaming.Parquet;

/// <summary>
/// What whole numbers lose when they are read as doubles: the code of a number, less <see cref="Bias"/>, is what is left of it when the
/// double next to it is taken away.
/// </summary>
sealed class RoundingMap(bool isUnsigned) : CategoryMap
{
    /// <summary>From here on a double may stand for a whole number beside it.</summary>
    public const double FirstRounded = 1L << 53;

    /// <summary>Keeps codes from being negative: the doubles next to 2^64 are 2048 apart.</summary>
    public const int Bias = 1024;

    /// <inheritdoc/>
    public override int Map(ReadOnlySpan<byte> utf8)
    {
        if (isUnsigned)
        {
            Utf8Parser.TryParse(utf8, out ulong number, out _);
            return Bias + (int)((Int128)number - (Int128)(double)number);
        }

        Utf8Parser.TryParse(utf8, out long value, out _);
        return Bias + (int)(value - (Int128)(double)value);
    }
}
