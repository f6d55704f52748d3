namespace Streaming.Storage.S3;

/// <summary>Ends a request to which nothing has come for a while; one that is slow but goes on may take as long as it likes.</summary>
sealed class IdleTimeout : IDisposable
{
    readonly TimeSpan limit;
    readonly CancellationToken outer;
    readonly CancellationTokenSource source;

    /// <summary>Begins to wait.</summary>
    /// <param name="limit">The longest silence.</param>
    /// <param name="outer">Ends the request for other reasons.</param>
    public IdleTimeout(TimeSpan limit, CancellationToken outer)
    {
        this.limit = limit;
        this.outer = outer;
        source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        Restart();
    }

    /// <summary>Fires after the silence.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Tells that something has come.</summary>
    public CancellationToken Restart()
    {
        source.CancelAfter(limit);
        return source.Token;
    }

    /// <summary>Makes a request.</summary>
    /// <exception cref="TimeoutException">Nothing came for too long.</exception>
    public async Task<T> RunAsync<T>(Func<IdleTimeout, Task<T>> request)
    {
        try
        {
            return await request(this).ConfigureAwait(false);
        }
        catch (Exception e) when (source.IsCancellationRequested && !outer.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {limit.TotalSeconds} seconds", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
