using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Streaming.Storage.Tests.S3.Proxy;

/// <summary>
/// Stands between a client and an S3 server on loopback, and does to requests what networks and servers do on bad days. Requests are passed on byte for
/// byte, the Host header too, so that their signatures stay right.
/// </summary>
sealed class FaultyProxy : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource ending = new();
    readonly Func<ProxyRequest, Fault> choose;
    readonly ConcurrentQueue<(ProxyRequest, Fault)> seen = new();
    readonly Task accepting;
    int requests;

    /// <summary>Starts it.</summary>
    /// <param name="serverUrl">The server; plain http.</param>
    /// <param name="choose">Chooses the fault of each request.</param>
    public FaultyProxy(string serverUrl, Func<ProxyRequest, Fault> choose)
    {
        this.choose = choose;
        Server = new Uri(serverUrl);
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Its address.</summary>
    public string Url => $"http://{listener.LocalEndpoint}";

    /// <summary>What came so far, and what was done to it.</summary>
    public IReadOnlyList<(ProxyRequest Request, Fault Fault)> Seen => [.. seen];

    /// <summary>The server behind it.</summary>
    public Uri Server { get; }

    /// <summary>The fault of the next request.</summary>
    public (ProxyRequest Request, Fault Fault) Next(HttpHead head)
    {
        var request = new ProxyRequest(head, Interlocked.Increment(ref requests) - 1);
        Fault fault = choose(request);
        seen.Enqueue((request, fault));
        return (request, fault);
    }

    public async ValueTask DisposeAsync()
    {
        // The listener goes after the loop that asks it: between two connections that loop would find it closed.
        await ending.CancelAsync();
        await accepting;
        listener.Dispose();
        ending.Dispose();
    }

    async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                Socket client = await listener.AcceptSocketAsync(ending.Token);
                client.NoDelay = true;
                connections.Add(Task.Run(() => new ProxyConnection(this, client).RunAsync(ending.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }
}
