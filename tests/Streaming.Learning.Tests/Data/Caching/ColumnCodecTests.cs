using Streaming.Learning.Data.Caching;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Data.Caching;

/// <summary>Whatever a column holds, its bits come back, from any row on; and columns of few values are small.</summary>
public sealed unsafe class ColumnCodecTests : IDisposable
{
    readonly BufferPool pool = new();

    public static TheoryData<int, int> Columns => new(
        from rows in new[] { 0, 1, 2, 3, 7, 64, 341, 342, 1000, 8192 }
        from values in new[] { 1, 2, 17, 255, 256, 257, 5000 }
        select (rows, values));

    public void Dispose() => pool.Dispose();

    [Theory]
    [MemberData(nameof(Columns))]
    public void Floats_ComeBackBitForBit(int rows, int different)
    {
        float[] values = [.. Enumerable.Range(0, rows).Select(i => Strange(i * 31 % different))];
        using NativeBuffer buffer = pool.Rent(ColumnCodec.HeaderBytes + sizeof(float) * Math.Max(rows + 1, 2), "a column");
        int bytes = ColumnCodec.Encode(values, buffer.Pointer);
        Assert.True(bytes <= ColumnCodec.HeaderBytes + (rows * sizeof(float) + 7) / 8 * 8);
        Assert.True(ColumnCodec.Fits(buffer.Pointer, buffer.Pointer + bytes, rows, sizeof(float)));
        Assert.False(ColumnCodec.Fits(buffer.Pointer, buffer.Pointer + 4, rows, sizeof(float)));
        if (rows == 8192 && different <= 256)
            Assert.True(bytes <= 8 + 256 * sizeof(float) + rows);

        foreach (int from in new[] { 0, rows / 3, rows })
        {
            var found = new float[rows - from];
            ColumnCodec.Decode(buffer.Pointer, from, found);
            Assert.Equal(values[from..].Select(BitConverter.SingleToInt32Bits), found.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(12.625, 0.37, true)]
    [InlineData(0.1, 3, true)]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, false)]
    public void Doubles_ComeBackBitForBit_AndTakeHalfWhereTheDataAreFloat(double offset, double factor, bool areFloat)
    {
        foreach (int rows in new[] { 0, 1, 5, 300, 4096 })
        {
            double[] values = [.. Enumerable.Range(0, rows).Select(i => ((areFloat ? (float)Math.Sin(i) : Math.Sin(i)) - offset) * factor)];
            using NativeBuffer buffer = pool.Rent(ColumnCodec.HeaderBytes + sizeof(double) * (rows + 1), "a column");
            int bytes = ColumnCodec.Encode(values, buffer.Pointer, (offset, factor));
            Assert.True(ColumnCodec.Fits(buffer.Pointer, buffer.Pointer + bytes, rows, sizeof(double)));
            if (areFloat)
                Assert.True(bytes <= ColumnCodec.HeaderBytes + (rows * sizeof(float) + 15) / 8 * 8);

            foreach (int from in new[] { 0, rows / 2, rows })
            {
                var found = new double[rows - from];
                ColumnCodec.Decode(buffer.Pointer, from, found, (offset, factor));
                Assert.Equal(values[from..].Select(BitConverter.DoubleToInt64Bits), found.Select(BitConverter.DoubleToInt64Bits));
            }
        }
    }

    // Values that are equal as numbers and not as bits, and the other way round, among them.
    static float Strange(int i) => i switch
    {
        0 => 0f,
        1 => -0f,
        2 => float.NaN,
        3 => BitConverter.Int32BitsToSingle(0x7FC12345),
        4 => float.NegativeInfinity,
        5 => float.Epsilon,
        _ => i * 0.37f,
    };
}
