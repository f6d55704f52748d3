namespace Streaming.Storage.S3;

/// <summary>
/// Lets as many requests run at once as pays: more while that brings more bytes per second, fewer as soon as the server asks for it
/// (additive-increase/multiplicative-decrease in the manner of TCP: Chiu and Jain, 1989; here the increase is in shares, as links differ by far).
/// </summary>
/// <param name="clock">Tells the time, for tests.</param>
sealed class RequestGate(TimeProvider clock)
{
    const int Least = 2;
    const int Most = Prefetcher.MostRequests;
    const int First = 16;
    const double Step = 1.5;

    readonly Lock gate = new();
    readonly Queue<TaskCompletionSource> waiting = [];
    readonly PayingLimit limit = new(clock, First, Most, Step);
    int running;

    // A turn is as many requests as may run at once.
    int ended;
    bool wasFull;

    /// <summary>Requests that may run at once now.</summary>
    public int Limit
    {
        get { lock (gate) return (int)limit.Value; }
    }

    /// <summary>Waits until a request may run.</summary>
    public async Task EnterAsync(CancellationToken cancellation)
    {
        TaskCompletionSource turn;
        lock (gate)
        {
            if (running < limit.Value)
            {
                running++;
                return;
            }

            wasFull = true;
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(turn);
        }

        using CancellationTokenRegistration registration = cancellation.Register(() => turn.TrySetCanceled(cancellation));
        await turn.Task.ConfigureAwait(false);
    }

    /// <summary>Tells that a request is over.</summary>
    /// <param name="bytes">Bytes that it brought.</param>
    public void Leave(long bytes)
    {
        lock (gate)
        {
            running--;
            limit.Add(bytes);
            if (++ended >= limit.Value)
            {
                limit.EndTurn(wasFull);
                BeginTurn();
            }

            Admit();
        }
    }

    /// <summary>Tells that the server wants fewer requests.</summary>
    public void SlowDown()
    {
        lock (gate)
        {
            // Those that were on their way all get the same answer, which counts once.
            if (ended * 2 < limit.Value && limit.Value < First)
                return;

            limit.Lower(Math.Max(Least, limit.Value / 2));
            BeginTurn();
        }
    }

    void BeginTurn()
    {
        ended = 0;
        wasFull = waiting.Count > 0;
    }

    void Admit()
    {
        while (running < limit.Value && waiting.TryDequeue(out TaskCompletionSource? turn))
        {
            if (turn.TrySetResult())
                running++;
        }
    }
}
