using System.Text;

namespace Streaming.Storage.Tests.S3.Proxy;

/// <summary>Reads lines and bytes from a connection.</summary>
sealed class WireReader(Stream stream)
{
    readonly byte[] buffer = new byte[64 * 1024];
    int start;
    int end;

    /// <summary>The next line without its end, or null where the connection ends.</summary>
    public async Task<string?> LineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (start < end || await FillAsync(cancellation))
        {
            int newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            int length = newline < 0 ? end - start : newline + 1;
            line.Append(Encoding.Latin1.GetString(buffer, start, length));
            start += length;
            if (newline >= 0)
                return line.ToString().TrimEnd('\r', '\n');
        }

        return null;
    }

    /// <summary>The next bytes, up to a number of them; none where the connection ends. They are overwritten by the next call.</summary>
    public async Task<ReadOnlyMemory<byte>> BytesAsync(long most, CancellationToken cancellation)
    {
        if (start == end && !await FillAsync(cancellation))
            return default;

        int length = (int)Math.Min(most, end - start);
        start += length;
        return buffer.AsMemory(start - length, length);
    }

    async Task<bool> FillAsync(CancellationToken cancellation)
    {
        start = 0;
        end = await stream.ReadAsync(buffer, cancellation);
        return end > 0;
    }
}
