using Streaming.Parquet.Encodings;
using Streaming.Storage;

namespace Streaming.Parquet.Tests.Encodings;

/// <summary>Runs and groups made at random, read in pieces of random size, against the list they were made of.</summary>
public sealed unsafe class HybridReaderTests
{
    [Fact]
    public void Read_RunsAndGroupsInPieces_GivesTheValuesBack()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int width = random.Next(0, 21);
            (byte[] bytes, List<uint> values) = Make(random, width);
            using var pool = new BufferPool();
            using NativeBuffer buffer = pool.Rent(bytes.Length, "a test");
            bytes.CopyTo(buffer.Span);
            using NativeBuffer table = pool.Rent(BitLookup.TableBytes(1L << width), "a test");
            for (uint i = 0; i < 1u << width; i++)
                ((uint*)table.Pointer)[i] = i * 3;

            BitLookup.Complete((uint*)table.Pointer, 1 << width);

            var plain = default(HybridReader);
            var looked = default(HybridReader);
            plain.Start(buffer.Pointer, bytes.Length, width);
            looked.Start(buffer.Pointer, bytes.Length, width);
            for (int done = 0; done < values.Count;)
            {
                int n = Math.Min(random.Next(1, 200), values.Count - done);
                uint[] found = new uint[n];
                uint[] entries = new uint[n];
                fixed (uint* f = found, e = entries)
                {
                    if (random.Next(4) == 0)
                    {
                        plain.Skip(n);
                        values.GetRange(done, n).CopyTo(found);
                    }
                    else
                    {
                        plain.Read(f, n);
                    }

                    looked.Lookup((uint*)table.Pointer, 1u << width, e, n);
                }

                Assert.Equal(values.GetRange(done, n), found);
                Assert.Equal(values.GetRange(done, n).Select(v => v * 3), entries);
                done += n;
            }
        }
    }

    [Theory]
    [InlineData(1, 300)]
    [InlineData(1, 40)]
    [InlineData(1, 3)]
    [InlineData(2, 300)]
    [InlineData(3, 300)]
    public void ReadMask_RunsAndGroupsInPieces_MarksTheHighestLevel(int width, int longest)
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            (byte[] bytes, List<uint> values) = Make(random, width, longest);
            uint present = (1u << width) - 1;
            using var pool = new BufferPool();
            using NativeBuffer buffer = pool.Rent(bytes.Length, "a test");
            bytes.CopyTo(buffer.Span);
            var reader = default(HybridReader);
            reader.Start(buffer.Pointer, bytes.Length, width);
            for (int done = 0; done < values.Count;)
            {
                int n = Math.Min(random.Next(1, 257), values.Count - done);
                ulong[] mask = new ulong[5];
                int count;
                fixed (ulong* m = mask)
                    count = reader.ReadMask(m, n, present);

                Assert.Equal(values.GetRange(done, n).Count(v => v == present), count);
                for (int i = 0; i < n; i++)
                    Assert.Equal(values[done + i] == present, (mask[i / 64] >> (i % 64) & 1) != 0);

                // Nothing is written behind the last word.
                Assert.All(mask[((n + 63) / 64)..], word => Assert.Equal(0ul, word));
                done += n;
            }
        }
    }

    [Fact]
    public void ReadMask_EmptyRunsBehindAFullMask_WritesNothingBehindIt()
    {
        byte[] bytes = [.. (byte[])[17, .. Enumerable.Repeat((byte)0xff, 8), 0, 1, 1, 0, 1, 4 << 1, 1], .. new byte[64]];
        ulong[] mask = new ulong[2];
        fixed (byte* p = bytes)
        fixed (ulong* m = mask)
        {
            var reader = default(HybridReader);
            reader.Start(p, bytes.Length - 64, 1);
            Assert.Equal(64, reader.ReadMask(m, 64, 1));
            Assert.Equal([ulong.MaxValue, 0], mask);
            Assert.Equal(4, reader.ReadMask(m + 1, 4, 1));
            Assert.Equal([ulong.MaxValue, 0b1111], mask);
        }
    }

    [Theory]
    [InlineData(new byte[] { 3 << 1, 2 }, "a level is 2; the schema allows at most 1.")]
    [InlineData(new byte[] { 3 << 1 }, "the page's levels or codes end in the middle of a run.")]
    [InlineData(new byte[] { 4 << 1 | 1, 0xff, 0xff }, "the page's levels or codes end before its values do.")]
    public void ReadMask_OfBrokenLevels_IsRefused(byte[] broken, string message)
    {
        byte[] bytes = [2 << 1, 1, .. broken, .. new byte[64]];
        ulong[] mask = new ulong[1];
        var e = Assert.Throws<ParquetException>(() =>
        {
            fixed (byte* p = bytes)
            fixed (ulong* m = mask)
            {
                var reader = default(HybridReader);
                reader.Start(p, bytes.Length - 64, 1);
                reader.ReadMask(m, 30, 1);
            }
        });
        Assert.Equal(message, e.Message);
    }

    [Fact]
    public void Read_BeyondTheLastRun_IsRefused()
    {
        byte[] bytes = new byte[100];
        (bytes[0], bytes[1]) = (4 << 1, 1);
        uint[] found = new uint[8];
        var e = Assert.Throws<ParquetException>(() =>
        {
            fixed (byte* p = bytes)
            fixed (uint* f = found)
            {
                var reader = default(HybridReader);
                reader.Start(p, 2, 1);
                reader.Read(f, 5);
            }
        });
        Assert.Equal("the page's levels or codes end before its values do.", e.Message);
    }

    static (byte[] Bytes, List<uint> Values) Make(Random random, int width, int longest = 300)
    {
        List<byte> bytes = [];
        List<uint> values = [];
        uint limit = 1u << width;
        for (int run = random.Next(1, 3600 / longest); run > 0; run--)
        {
            // Short runs come many in a row.
            if (random.Next(longest < 64 ? 20 : 2) != 1)
            {
                int count = random.Next(1, longest);
                uint value = (uint)random.NextInt64(limit);
                AddVarint(bytes, (uint)count << 1);
                for (int i = 0; i < (width + 7) / 8; i++)
                    bytes.Add((byte)(value >> (8 * i)));

                values.AddRange(Enumerable.Repeat(value, count));
            }
            else
            {
                int groups = random.Next(1, 30);
                AddVarint(bytes, ((uint)groups << 1) | 1);
                byte[] packed = new byte[groups * width];
                for (int i = 0; i < groups * 8; i++)
                {
                    uint value = (uint)random.NextInt64(limit);
                    values.Add(value);
                    for (int b = 0; b < width; b++)
                        packed[(i * width + b) / 8] |= (byte)((value >> b & 1) << ((i * width + b) % 8));
                }

                bytes.AddRange(packed);
            }
        }

        return ([.. bytes], values);
    }

    static void AddVarint(List<byte> bytes, uint value)
    {
        for (; value >= 128; value >>= 7)
            bytes.Add((byte)(value | 128));

        bytes.Add((byte)value);
    }
}
