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

    // What counts as more, and how much is then tried.
    const double Gain = 1.1;
    const double Step = 1.5;

    // Links change, and times of few requests vary: what did not help once may help later, the less soon the more often it did not.
    const int LeastBetweenTrials = 2;
    const int MostBetweenTrials = 32;

    readonly Lock gate = new();
    readonly Queue<TaskCompletionSource> waiting = [];
    int limit = First;
    int running;

    // The window in which throughput is measured: as many requests as may run at once.
    long windowBegan = clock.GetTimestamp();
    long windowBytes;
    int windowRequests;
    bool wasFull;
    double best;

    // Whether the limit was raised just now, and what it was before.
    bool isTrial;
    bool isSettling;
    int before;
    int untilTrial = 1;
    int betweenTrials = LeastBetweenTrials;

    /// <summary>Requests that may run at once now.</summary>
    public int Limit
    {
        get { lock (gate) return limit; }
    }

    /// <summary>Waits until a request may run.</summary>
    public async Task EnterAsync(CancellationToken cancellation)
    {
        TaskCompletionSource turn;
        lock (gate)
        {
            if (running < limit)
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
            windowBytes += bytes;
            if (++windowRequests >= limit)
                Adapt();

            Admit();
        }
    }

    /// <summary>Tells that the server wants fewer requests.</summary>
    public void SlowDown()
    {
        lock (gate)
        {
            // Those that were on their way all get the same answer, which counts once.
            if (windowRequests * 2 < limit && limit < First)
                return;

            limit = Math.Max(Least, limit / 2);
            isTrial = isSettling = false;
            untilTrial = betweenTrials;
            BeginWindow();
        }
    }

    void Adapt()
    {
        double rate = windowBytes / Math.Max(1e-6, clock.GetElapsedTime(windowBegan).TotalSeconds);
        if (isSettling)
        {
            // These requests began when there were fewer.
            isSettling = false;
        }
        else if (isTrial && rate <= best * Gain)
        {
            limit = before;
            isTrial = false;
            untilTrial = betweenTrials;
            betweenTrials = Math.Min(MostBetweenTrials, betweenTrials * 2);
        }
        else if (wasFull && (isTrial || --untilTrial <= 0))
        {
            betweenTrials = isTrial ? LeastBetweenTrials : betweenTrials;
            best = rate;
            before = limit;
            limit = Math.Min(Most, (int)(limit * Step) + 1);
            isTrial = isSettling = true;
        }

        BeginWindow();
    }

    void BeginWindow()
    {
        windowBegan = clock.GetTimestamp();
        windowBytes = 0;
        windowRequests = 0;
        wasFull = waiting.Count > 0;
    }

    void Admit()
    {
        while (running < limit && waiting.TryDequeue(out TaskCompletionSource? turn))
        {
            if (turn.TrySetResult())
                running++;
        }
    }
}
