namespace Streaming.Parquet.Tests.Compression;

/// <summary>Bytes that are partly random, partly runs, partly repetitions from near and far.</summary>
static class PageData
{
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
