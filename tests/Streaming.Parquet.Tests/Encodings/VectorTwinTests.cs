using System.Runtime.Intrinsics.X86;
using Streaming.Parquet.Encodings;
using Streaming.Storage;

namespace Streaming.Parquet.Tests.Encodings;

/// <summary>
/// Vector code against its scalar twin, at every length from 0 to 130. The class is of use with the wide registers switched
/// off too (DOTNET_EnableAVX512=0, DOTNET_EnableAVX2=0): then the narrower paths run.
/// </summary>
public sealed unsafe class VectorTwinTests : IDisposable
{
    const int MaxLength = 130;

    readonly BufferPool pool = new();

    [Fact]
    public void Unpack_EveryWidthAndLength_EqualsScalar()
    {
        using NativeBuffer source = Random(MaxLength * 4, seed: 1);
        uint[] expected = new uint[MaxLength];
        uint[] found = new uint[MaxLength];
        for (int width = 0; width <= 32; width++)
        {
            for (int count = 0; count <= MaxLength; count++)
            {
                fixed (uint* e = expected, f = found)
                {
                    uint largest = BitUnpacker.UnpackScalar(source.Pointer, 0, width, e, count);
                    Assert.Equal(largest, BitUnpacker.Unpack(source.Pointer, width, f, count));
                    Assert.Equal(expected[..count].Append(0u).Max(), largest);
                }

                Assert.Equal(expected[..count], found[..count]);
            }
        }
    }

    [Fact]
    public void UnpackScalar_KnownBits_GivesTheSpecificationsExample()
    {
        // Encodings.md: 0 to 7 in 3 bits each are 10001000 11000110 11111010.
        byte[] packed = [0b10001000, 0b11000110, 0b11111010, 0, 0, 0, 0, 0, 0, 0];
        uint[] found = new uint[8];
        fixed (byte* p = packed)
        fixed (uint* f = found)
            BitUnpacker.UnpackScalar(p, 0, 3, f, 8);

        Assert.Equal([0u, 1, 2, 3, 4, 5, 6, 7], found);
    }

    [Fact]
    public void Lookup_EveryWidthLengthAndDictionarySize_EqualsScalar()
    {
        using NativeBuffer source = Random(MaxLength * 4, seed: 2);
        using NativeBuffer random = Random(70_000 * 4, seed: 3);
        using NativeBuffer table = pool.Rent(BitLookup.TableBytes(70_000), "a test");
        uint[] expected = new uint[MaxLength];
        uint[] found = new uint[MaxLength];
        for (int width = 0; width <= 16; width++)
        {
            foreach (uint entries in new uint[] { 1, 2, 3, 31, 32, 33, 64, 127, 128, 129, 255, 256, 257, 300, 1u << Math.Max(0, width - 1), 1u << width })
            {
                random.Span[..(70_000 * 4)].CopyTo(table.Span);
                BitLookup.Complete((uint*)table.Pointer, (int)entries);
                for (int count = 0; count <= MaxLength; count++)
                {
                    bool wanted;
                    bool given;
                    fixed (uint* e = expected, f = found)
                    {
                        wanted = BitLookup.RunScalar(source.Pointer, 0, width, (uint*)table.Pointer, entries, e, count);
                        given = BitLookup.Run(source.Pointer, width, (uint*)table.Pointer, entries, f, count);
                    }

                    Assert.Equal(wanted, given);
                    if (wanted)
                        Assert.Equal(expected[..count], found[..count]);
                }
            }
        }
    }

    [Fact]
    public void Take_EveryLength_GivesTheEntriesOfTheCodes()
    {
        double[] table = [.. Enumerable.Range(0, 1000).Select(i => i / 3.0)];
        uint[] codes = [.. Enumerable.Range(0, MaxLength).Select(i => (uint)(i * 7919L % table.Length))];
        for (int count = 0; count <= MaxLength; count++)
        {
            double[] found = new double[MaxLength];
            fixed (double* t = table, f = found)
            fixed (uint* c = codes)
                BitLookup.Take(t, c, f, count);

            Assert.Equal(codes.Take(count).Select(code => table[code]), found.Take(count));
            Assert.All(found.Skip(count), value => Assert.Equal(0, value));
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1e9, 1)]
    [InlineData(-3.7, 0.1)]
    [InlineData(0, 1e300)]
    public void Narrow_EveryLength_EqualsScalar(double offset, double factor)
    {
        double[] source = [.. Enumerable.Range(0, MaxLength).Select(i => Math.Pow(-1.7, i) * 1e-3)];
        (source[5], source[17], source[40], source[41]) = (double.NaN, double.PositiveInfinity, -0.0, 1e-320);
        var map = new Affine(offset, factor);
        for (int count = 0; count <= MaxLength; count++)
        {
            float[] expected = new float[count];
            float[] found = new float[count];
            fixed (double* s = source)
            fixed (float* e = expected, f = found)
            {
                Assert.Equal(Narrowing.RunScalar(s, e, count, map), Narrowing.Run(s, f, count, map));
            }

            Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), found.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void NarrowAndCopy_OneThatIsNotFiniteAnywhere_IsSeen(float odd)
    {
        for (int count = 0; count <= MaxLength; count++)
        {
            // At the position that equals the count there is none.
            for (int position = 0; position <= count; position++)
            {
                float[] source = [.. Enumerable.Range(0, count).Select(i => i % 2 == 0 ? float.MaxValue : -float.MaxValue)];
                if (position < count)
                    source[position] = odd;

                double[] wide = [.. source.Select(x => (double)x)];
                float[] copied = new float[count];
                float[] scalar = new float[count];
                float[] narrowed = new float[count];
                float[] mapped = new float[count];
                bool isFinite = position == count;
                fixed (float* s = source, c = copied, t = scalar, n = narrowed, m = mapped)
                fixed (double* w = wide)
                {
                    Assert.Equal(isFinite, Narrowing.Copy(s, c, count));
                    Assert.Equal(isFinite, Narrowing.CopyScalar(s, t, count));
                    Assert.Equal(isFinite, Narrowing.Run(w, n, count, new Affine(0, 1)));
                    Assert.Equal(isFinite, Narrowing.Run(w, m, count, new Affine(1, 0.5)));
                }

                Assert.Equal(source, copied);
                Assert.Equal(source, scalar);
                Assert.Equal(source, narrowed);
            }
        }
    }

    [Fact]
    public void Expand_EveryLengthAndDensity_EqualsScalar()
    {
        var random = new Random(4);
        for (int rows = 0; rows <= MaxLength; rows++)
        {
            foreach (double density in new[] { 0, 0.1, 0.5, 0.9, 1 })
            {
                ulong[] mask = new ulong[3];
                int present = 0;
                for (int i = 0; i < rows; i++)
                {
                    if (random.NextDouble() >= density)
                        continue;

                    mask[i / 64] |= 1UL << (i % 64);
                    present++;
                }

                uint[] expected = new uint[rows];
                for (int i = 0; i < present; i++)
                    expected[i] = 100u + (uint)i;

                uint[] found = [.. expected];
                ulong[] wide = [.. expected.Select(x => (ulong)x)];
                fixed (ulong* m = mask, w = wide)
                fixed (uint* e = expected, f = found)
                {
                    Expansion.RunScalar(e, m, rows, present, 7);
                    Expansion.Run(f, m, rows, present, 7);
                    Expansion.Run(w, m, rows, present, 7);
                }

                Assert.Equal(expected, found);
                Assert.Equal(expected.Select(x => (ulong)x), wide);
            }
        }
    }

    [Theory]
    [InlineData(NumberKind.Int32, 4, 1)]
    [InlineData(NumberKind.UInt32, 4, 1)]
    [InlineData(NumberKind.Int64, 8, 1)]
    [InlineData(NumberKind.UInt64, 8, 1)]
    [InlineData(NumberKind.Float, 4, 1)]
    [InlineData(NumberKind.Double, 8, 1)]
    [InlineData(NumberKind.Half, 2, 1)]
    [InlineData(NumberKind.Int96, 12, 1)]
    [InlineData(NumberKind.Int32, 4, 1000)]
    [InlineData(NumberKind.Int64, 8, 100)]
    [InlineData(NumberKind.BigEndian, 5, 10)]
    internal void ToDoubles_EveryLength_EqualsScalar(NumberKind kind, int width, double divisor)
    {
        var format = new NumberFormat(kind, width, divisor);
        using NativeBuffer source = Random(MaxLength * width + 1, seed: 5);
        for (int count = 0; count <= MaxLength; count++)
        {
            double[] expected = new double[count];
            double[] found = new double[count];
            for (int i = 0; i < count; i++)
                expected[i] = NumberScalar.ToDouble(format, new ReadOnlySpan<byte>(source.Pointer + 1 + i * width, width));

            fixed (double* f = found)
                NumberBlocks.ToDoubles(format, source.Pointer + 1, f, count);

            Assert.Equal(expected, found);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void JoinByteStreams_EveryLength_EqualsScalar(int width)
    {
        Assert.SkipUnless(Sse2.IsSupported, "The vector code is for processors with SSE2.");
        using NativeBuffer source = Random(MaxLength * width, seed: 6);
        for (int count = 0; count <= MaxLength; count++)
        {
            byte[] expected = new byte[count * width];
            byte[] found = new byte[count * width];
            int joined;
            fixed (byte* e = expected, f = found)
            {
                ByteStreamSplitDecoder.JoinScalar(source.Pointer, MaxLength, width, e, count);
                joined = width == 4 ? ByteStreamSplitDecoder.Join4(source.Pointer, MaxLength, f, count) : ByteStreamSplitDecoder.Join8(source.Pointer, MaxLength, f, count);
            }

            Assert.Equal(count / 16 * 16, joined);
            Assert.Equal(expected[..(joined * width)], found[..(joined * width)]);
        }
    }

    [Fact]
    public void VectorColumns_EveryLengthAndNumberOfRows_EqualsScalar()
    {
        double[] offsets = [.. Enumerable.Range(0, 40).Select(j => j * 0.7 - 3)];
        double[] factors = [.. Enumerable.Range(0, 40).Select(j => 1 / (j - 7.3))];
        double[] doubles = [.. Enumerable.Range(0, 40 * 40).Select(i => i % 61 == 5 ? double.NaN : i / 3.0)];
        float[] floats = [.. doubles.Select(d => (float)d)];
        foreach (bool isMapped in new[] { false, true })
        {
            for (int length = 1; length <= 40; length++)
            {
                ReadOnlySpan<double> o = isMapped ? offsets.AsSpan(0, length) : [];
                ReadOnlySpan<double> f = isMapped ? factors.AsSpan(0, length) : [];
                foreach (int rows in new[] { 0, 1, 7, 8, 9, 16, 31, 40 })
                {
                    float[] expected = new float[length * 41];
                    float[] found = new float[length * 41];
                    fixed (double* d = doubles)
                    fixed (float* s = floats, e = expected, t = found)
                    {
                        VectorColumns.RunScalar(d, 0..rows, 0, length, e, 41, o, f);
                        VectorColumns.Run(d, rows, length, t, 41, o, f);
                        Assert.Equal(expected, found);
                        VectorColumns.RunScalar(s, 0..rows, 0, length, e, 41, o, f);
                        VectorColumns.Run(s, rows, length, t, 41, o, f);
                        Assert.Equal(expected, found);
                    }
                }
            }
        }
    }

    public void Dispose()
    {
        Assert.Equal(0, pool.RentedBytes);
        pool.Dispose();
    }

    NativeBuffer Random(int bytes, int seed)
    {
        NativeBuffer buffer = pool.Rent(bytes, "a test");
        new Random(seed).NextBytes(buffer.Span);
        return buffer;
    }
}
