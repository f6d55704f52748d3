namespace Streaming.Parquet.Tests.Compression;

/// <summary>Bytes of pages, of several kinds.</summary>
public static class PageData
{
    public enum Kind
    {
        /// <summary>Partly random, partly runs, partly repetitions from near and far.</summary>
        Mixed,

        /// <summary>Numbers of three decimals: short literals and short copies from anywhere before.</summary>
        Doubles,

        /// <summary>The same few bytes again and again, with a change here and there.</summary>
        Repeats,

        /// <summary>Levels of a column with strewn nulls, as runs: copies behind copies, and literals in between.</summary>
        Levels,
    }

    public static byte[] Make(Kind kind, Random random, int length)
    {
        if (kind == Kind.Mixed)
            return Make(random, length);

        byte[] bytes = new byte[length];
        int period = random.Next(1, 40);
        for (int i = 0; i < length; i += kind == Kind.Doubles ? 8 : 1)
        {
            if (kind == Kind.Levels)
                bytes[i] = (byte)((i % 4) switch { 0 => 2 * random.Next(1, 60), 1 => 1, 2 => 2, _ => 0 });
            else if (kind == Kind.Repeats)
                bytes[i] = i < period || random.Next(500) == 0 ? (byte)random.Next(256) : bytes[i - period];
            else
                BitConverter.GetBytes(Math.Round(random.NextDouble(), 3)).AsSpan(0, Math.Min(8, length - i)).CopyTo(bytes.AsSpan(i));
        }

        return bytes;
    }

    public static byte[] Make(Random random, int length)
    {
        List<byte> bytes = [];
        while (bytes.Count < length)
        {
            int n = random.Next(1, 100);
            switch (random.Next(3))
            {
                case 0:
                    bytes.AddRange(Enumerable.Range(0, n).Select(_ => (byte)random.Next(256)));
                    break;
                case 1:
                    bytes.AddRange(Enumerable.Repeat((byte)random.Next(256), n));
                    break;
                case 2 when bytes.Count > 0:
                    int from = Math.Max(0, bytes.Count - random.Next(1, 70));
                    for (int i = 0; i < n; i++)
                        bytes.Add(bytes[from + i]);
                    break;
            }
        }

        return [.. bytes[..length]];
    }
}
