using System.Net.Sockets;
using Amazon.Runtime;

namespace Streaming.Storage.S3;

/// <summary>
/// The connections to S3. They are kept open between requests, but not for ever: S3 has many addresses, and a run that lasts for hours
/// should follow them.
/// </summary>
sealed class S3Connections : HttpClientFactory, IDisposable
{
    readonly HttpClient http;

    /// <summary>Opens connections as they are needed.</summary>
    /// <param name="handler">What sends requests, for tests; null for the network.</param>
    public S3Connections(HttpMessageHandler? handler = null)
    {
        MakeRoom();
        var clock = new ServerClock(handler ?? new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync,
        });

        // Requests are given up when nothing comes for a while, not when a lot comes.
        http = new HttpClient(clock) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http;

    /// <inheritdoc/>
    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    /// <inheritdoc/>
    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    /// <summary>Closes the connections.</summary>
    public void Dispose() => http.Dispose();

    // Answers are received by threads of the pool. It has as many at once as there are processors, and others only after half a second in which none was
    // free; but those that learn keep theirs for a whole pass, so that bytes would come only while learners wait for them.
    static void MakeRoom()
    {
        ThreadPool.GetMinThreads(out int threads, out int ports);
        ThreadPool.SetMinThreads(Math.Max(threads, 2 * Environment.ProcessorCount), ports);
    }

    static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
