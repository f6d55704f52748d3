using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

public sealed unsafe class TransposeTests
{
    [Fact]
    public void ToRows_AnyShape_EqualsScalarTwin_AndStaysInside()
    {
        const float Guard = -77;
        foreach (int columns in (int[])[1, 2, 7, 8, 9, 15, 16, 17, 28, 31, 32, 33, 64])
        {
            int rowStride = (columns + 15) / 16 * 16;
            for (int rows = 0; rows <= 67; rows++)
            {
                int stride = (rows + 15) / 16 * 16 + 16;
                var source = new float[stride * columns];
                for (int i = 0; i < source.Length; i++)
                    source[i] = i;

                var found = new float[rows * rowStride + 16];
                Array.Fill(found, Guard);
                var wanted = (float[])found.Clone();
                fixed (float* s = source, f = found, w = wanted)
                {
                    Transpose.ToRows(s, stride, columns, rows, f, rowStride);
                    Transpose.ToRowsScalar(s, stride, columns, rows, w, rowStride);
                }

                Assert.Equal(wanted, found);
            }
        }
    }

    [Fact]
    public void ToRowsScalar_WritesRowsWithZeroPadding()
    {
        float[] source = [1, 2, 3, 0, 4, 5, 6, 0];
        var found = new float[3 * 16];
        fixed (float* s = source, f = found)
            Transpose.ToRowsScalar(s, 4, 2, 3, f, 16);

        Assert.Equal([2, 5, 0], found[16..19]);
    }
}
