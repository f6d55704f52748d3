namespace Streaming.Storage.S3;

/// <summary>
/// Ends a request to which nothing has come for a while; one that is slow but goes on may take as long as it likes, unless it is known that
/// others are far faster.
/// </summary>
sealed class IdleTimeout : IDisposable
{
    readonly TimeSpan limit;
    readonly CancellationTokenSource source;
    readonly CancellationTokenSource late = new();

    /// <summary>Prepares to wait.</summary>
    /// <param name="limit">The longest silence.</param>
    /// <param name="outer">Ends the request for other reasons.</param>
    public IdleTimeout(TimeSpan limit, CancellationToken outer)
    {
        this.limit = limit;
        Outer = outer;
        source = CancellationTokenSource.CreateLinkedTokenSource(outer, late.Token);
    }

    /// <summary>What ends the request for other reasons.</summary>
    public CancellationToken Outer { get; }

    /// <summary>Bounds what the request takes in all, from now on.</summary>
    public void Bound(TimeSpan patience) => late.CancelAfter(patience);

    /// <summary>Tells that the request is sent now, or that something has come; gives what ends it.</summary>
    public CancellationToken Restart()
    {
        source.CancelAfter(limit);
        return source.Token;
    }

    /// <summary>Makes a request.</summary>
    /// <exception cref="TimeoutException">Nothing came for too long.</exception>
    /// <exception cref="LaggingException">It took far longer than others.</exception>
    public async Task<T> RunAsync<T>(Func<IdleTimeout, Task<T>> request)
    {
        try
        {
            return await request(this).ConfigureAwait(false);
        }
        catch (Exception e) when (late.IsCancellationRequested && !Outer.IsCancellationRequested)
        {
            throw new LaggingException(e);
        }
        catch (Exception e) when (source.IsCancellationRequested && !Outer.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {limit.TotalSeconds} seconds", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        source.Dispose();
        late.Dispose();
    }
}

/// <summary>A request took far longer than others.</summary>
sealed class LaggingException(Exception cause) : IOException("a request took far longer than others", cause);
