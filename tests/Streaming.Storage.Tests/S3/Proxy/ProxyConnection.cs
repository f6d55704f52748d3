using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Streaming.Storage.Tests.S3.Proxy;

/// <summary>One connection of a client to a <see cref="FaultyProxy"/>.</summary>
sealed class ProxyConnection(FaultyProxy proxy, Socket socket)
{
    static readonly byte[] Continue = Encoding.Latin1.GetBytes("HTTP/1.1 100 Continue\r\n\r\n");

    readonly NetworkStream client = new(socket, ownsSocket: true);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using (client)
        {
            try
            {
                var reader = new WireReader(client);
                while (await HttpHead.ReadAsync(reader, cancellation) is { } head && await AnswerAsync(reader, head, cancellation))
                {
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The client or the server has gone, or the proxy is ending.
            }
        }
    }

    // False when the connection is not to be used further.
    async Task<bool> AnswerAsync(WireReader reader, HttpHead head, CancellationToken cancellation)
    {
        (ProxyRequest request, Fault fault) = proxy.Next(head);
        if (fault == Fault.Reset)
            return Reset();

        if (head["Expect"] != null)
        {
            head.Remove("Expect");
            await client.WriteAsync(Continue, cancellation);
        }

        if (FaultyAnswer.To(request, fault) is { } answer)
        {
            await foreach (ReadOnlyMemory<byte> piece in HttpBody.PiecesAsync(reader, head, untilClosed: false, cancellation))
            {
            }

            await client.WriteAsync(answer, cancellation);
            return true;
        }

        using var server = new TcpClient { NoDelay = true };
        await server.ConnectAsync(proxy.Server.Host, proxy.Server.Port, cancellation);
        NetworkStream stream = server.GetStream();
        await stream.WriteAsync(head.ToBytes(), cancellation);
        await foreach (ReadOnlyMemory<byte> piece in HttpBody.PiecesAsync(reader, head, untilClosed: false, cancellation))
            await stream.WriteAsync(piece, cancellation);

        var answers = new WireReader(stream);
        HttpHead response = await HttpHead.ReadAsync(answers, cancellation) ?? throw new IOException("The server closed the connection.");
        return await PassBackAsync(answers, response, request, fault, cancellation);
    }

    async Task<bool> PassBackAsync(WireReader answers, HttpHead response, ProxyRequest request, Fault fault, CancellationToken cancellation)
    {
        bool hasBody = request.Method != "HEAD" && response.FirstLine.Split(' ')[1] is not ("204" or "304");
        IAsyncEnumerable<ReadOnlyMemory<byte>> body = hasBody
            ? HttpBody.PiecesAsync(answers, response, untilClosed: true, cancellation)
            : AsyncEnumerable.Empty<ReadOnlyMemory<byte>>();
        if (fault == Fault.LostAnswer)
        {
            await foreach (ReadOnlyMemory<byte> piece in body)
            {
            }

            return Reset();
        }

        if (fault == Fault.SlowFirstByte)
            await Task.Delay(300, cancellation);

        if (fault == Fault.WrongByte && hasBody)
        {
            await SpoilAsync(response, body, cancellation);
            return true;
        }

        await client.WriteAsync(response.ToBytes(), cancellation);
        long left = fault is Fault.Truncated or Fault.Stall ? (response.ContentLength ?? 0) / 2 : long.MaxValue;
        await foreach (ReadOnlyMemory<byte> piece in body)
        {
            ReadOnlyMemory<byte> sent = piece[..(int)Math.Min(piece.Length, left)];
            await client.WriteAsync(sent, cancellation);
            left -= sent.Length;
            if (left > 0)
                continue;

            if (fault == Fault.Stall)
                await client.CopyToAsync(Stream.Null, cancellation);

            return false;
        }

        return hasBody == false || response.ContentLength != null || response.IsChunked;
    }

    async Task SpoilAsync(HttpHead response, IAsyncEnumerable<ReadOnlyMemory<byte>> body, CancellationToken cancellation)
    {
        var whole = new MemoryStream();
        await foreach (ReadOnlyMemory<byte> piece in body)
            whole.Write(piece.Span);

        byte[] bytes = whole.ToArray();
        response.Add("x-amz-checksum-sha256", Convert.ToBase64String(SHA256.HashData(bytes)));
        bytes[bytes.Length / 2] ^= 1;
        await client.WriteAsync(response.ToBytes(), cancellation);
        await client.WriteAsync(bytes, cancellation);
    }

    // A socket that is closed without lingering tells the other side that something went wrong.
    bool Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        return false;
    }
}
