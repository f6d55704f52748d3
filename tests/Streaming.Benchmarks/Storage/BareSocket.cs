using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Streaming.Storage;

namespace Streaming.Benchmarks.Storage;

/// <summary>
/// What receiving costs at least: ranges of an object by one socket, into memory as it is fetched ahead, and nothing else: no HTTP library, no signature, no
/// threads. For <see cref="LoopbackServer"/>, which checks no signature.
/// </summary>
static class BareSocket
{
    // As much as is fetched ahead of a server that is near.
    const int BufferBytes = 32 * 1024 * 1024;

    // More than a read brings.
    const int ReadBytes = 1024 * 1024;

    /// <summary>Receives an object.</summary>
    /// <param name="server">The address of the server.</param>
    /// <param name="key">Bucket and name of the object.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="pieceBytes">Bytes of a range.</param>
    /// <param name="pool">Where the memory comes from.</param>
    public static void Receive(Uri server, string key, long length, int pieceBytes, BufferPool pool)
    {
        using NativeBuffer memory = pool.Rent(BufferBytes, "what is received");
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server.Host, server.Port);
        int at = 0;
        for (long start = 0; start < length; start += pieceBytes)
        {
            long left = Math.Min(pieceBytes, length - start);
            socket.Send(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"GET /{key} HTTP/1.1\r\nHost: {server.Authority}\r\nRange: bytes={start}-{start + left - 1}\r\n\r\n")));
            for (left -= SkipHead(socket, memory.Span); left > 0;)
            {
                at = at + ReadBytes > BufferBytes ? 0 : at;
                int count = socket.Receive(memory.Span.Slice(at, (int)Math.Min(ReadBytes, left)));
                (at, left) = count > 0 ? (at + count, left - count) : throw new EndOfStreamException($"The answer ended {left} bytes early.");
            }
        }
    }

    // Returns how many bytes of the body came with the head.
    static int SkipHead(Socket socket, Span<byte> buffer)
    {
        int filled = 0;
        while (true)
        {
            filled += socket.Receive(buffer.Slice(filled, 4096));
            if (buffer[..filled].IndexOf("\r\n\r\n"u8) is >= 0 and var end)
                return filled - end - 4;
        }
    }
}
