using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Streaming.Learning.Training;

/// <summary>
/// The workers of a pass and the items that are left for them, the most urgent first. An item is there only when it can be done at once, so
/// no worker ever waits inside one. The first exception thrown ends the pass.
/// </summary>
/// <param name="workers">Threads.</param>
/// <param name="execute">Does an item.</param>
/// <param name="whenReady">Ends when an item can be done.</param>
/// <param name="times">Told what the workers spend their time on.</param>
/// <param name="cancellation">Calls the workers off.</param>
sealed class Crew(int workers, Action<WorkItem> execute, Func<WorkItem, Task> whenReady, WorkTimes times, CancellationToken cancellation) : IDisposable
{
    readonly Channel<WorkItem> work = Channel.CreateUnboundedPrioritized<WorkItem>();
    readonly Lock failureGate = new();
    CancellationTokenSource callOff = new();
    ExceptionDispatchInfo? failure;

    // Items that wait for bytes to arrive.
    int deferred;

    /// <summary>Whether the workers leave after the item in their hands.</summary>
    public bool IsCalledOff => callOff.IsCancellationRequested;

    /// <summary>Lets each worker leave after the item in its hand.</summary>
    public void CallOff() => callOff.Cancel();

    /// <summary>Lets workers work until nothing is left to do, or they are called off.</summary>
    /// <returns>Whether nothing is left.</returns>
    public async Task<bool> WorkTogetherAsync()
    {
        callOff.Dispose();
        callOff = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        // A dedicated task per worker: they compute all the time, so the pool must not wait to see whether they block.
        var tasks = new Task[workers];
        for (int w = 0; w < tasks.Length; w++)
            tasks[w] = Task.Run(() => WorkAsync(callOff.Token), CancellationToken.None);

        await Task.WhenAll(tasks).ConfigureAwait(false);
        failure?.Throw();
        return work.Reader.Completion.IsCompleted;
    }

    /// <summary>Hands an item to the workers, as soon as it can be done.</summary>
    public void Enqueue(WorkItem item)
    {
        Task ready = whenReady(item);
        if (ready.IsCompleted)
            work.Writer.TryWrite(item);
        else
            Defer(item, ready);
    }

    /// <summary>Tells the workers that nothing is left to do.</summary>
    public void Finish() => work.Writer.TryComplete();

    /// <summary>Takes the most urgent item while no worker is there.</summary>
    public WorkItem TakeItem()
    {
        bool mayCome = Volatile.Read(ref deferred) > 0;
        if (work.Reader.TryRead(out WorkItem item))
            return item;

        return mayCome
            ? work.Reader.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()
            : throw new InvalidOperationException("The pass has nothing left to do in the middle of its work.");
    }

    // By itself, because what a continuation captures is allocated where the method begins, and items that need not wait must cost nothing.
    void Defer(WorkItem item, Task ready)
    {
        // Whoever does it meets the error, if that is what has come.
        Interlocked.Increment(ref deferred);
        ready.ContinueWith(
            _ =>
            {
                Enqueue(item);
                Interlocked.Decrement(ref deferred);
            },
            TaskScheduler.Default);
    }

    async Task WorkAsync(CancellationToken calledOff)
    {
        long began = Stopwatch.GetTimestamp(), busy = 0;
        try
        {
            while (await WaitForItemAsync(calledOff).ConfigureAwait(false))
            {
                while (!calledOff.IsCancellationRequested && work.Reader.TryRead(out WorkItem item))
                {
                    long start = Stopwatch.GetTimestamp();
                    execute(item);
                    busy += Stopwatch.GetTimestamp() - start;
                }
            }
        }
        catch (OperationCanceledException e) when (e.CancellationToken == calledOff || cancellation.IsCancellationRequested)
        {
            // The way out of waiting for items, and of a long search for the next wanted row, whose tile then never came to be.
        }
        catch (Exception e)
        {
            lock (failureGate)
                failure ??= ExceptionDispatchInfo.Capture(e);

            // The others may be waiting for items that will never come.
            await callOff.CancelAsync().ConfigureAwait(false);
        }

        times.AddWorker(Stopwatch.GetTimestamp() - began, busy);
    }

    // What a worker waits for is storage, where the next thing to do is to decode bytes that are on their way.
    async ValueTask<bool> WaitForItemAsync(CancellationToken calledOff)
    {
        ValueTask<bool> item = work.Reader.WaitToReadAsync(calledOff);
        if (item.IsCompleted || Volatile.Read(ref deferred) == 0)
            return await item.ConfigureAwait(false);

        long began = Stopwatch.GetTimestamp();
        bool any = await item.ConfigureAwait(false);
        times.AddWaiting(Stopwatch.GetTimestamp() - began);
        return any;
    }

    /// <summary>Closes what calls the workers off.</summary>
    public void Dispose() => callOff.Dispose();
}
