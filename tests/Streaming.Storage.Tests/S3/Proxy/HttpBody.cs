using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Streaming.Storage.Tests.S3.Proxy;

/// <summary>The body of an HTTP/1.1 message as it is on the wire.</summary>
static class HttpBody
{
    /// <summary>The pieces of a body, up to its end; each is overwritten by the next.</summary>
    /// <param name="reader">Stands after the head.</param>
    /// <param name="head">The head: says how the body ends.</param>
    /// <param name="untilClosed">Whether a body whose end the head does not tell goes on until the connection ends; otherwise there is none.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync(
        WireReader reader, HttpHead head, bool untilClosed, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (head.IsChunked)
        {
            long length;
            do
            {
                string line = await reader.LineAsync(cancellation) ?? "0";
                length = long.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                yield return Encoding.Latin1.GetBytes($"{line}\r\n");
                await foreach (ReadOnlyMemory<byte> piece in PlainAsync(reader, length, cancellation))
                    yield return piece;

                // After a chunk an empty line; after the last one the trailers and an empty line.
                while (await reader.LineAsync(cancellation) is { } end)
                {
                    yield return Encoding.Latin1.GetBytes($"{end}\r\n");
                    if (end.Length == 0)
                        break;
                }
            }
            while (length > 0);
        }
        else
        {
            long length = head.ContentLength ?? (untilClosed ? long.MaxValue : 0);
            await foreach (ReadOnlyMemory<byte> piece in PlainAsync(reader, length, cancellation))
                yield return piece;
        }
    }

    static async IAsyncEnumerable<ReadOnlyMemory<byte>> PlainAsync(
        WireReader reader, long length, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (length > 0 && await reader.BytesAsync(length, cancellation) is { Length: > 0 } piece)
        {
            length -= piece.Length;
            yield return piece;
        }
    }
}
