using System.Security.Cryptography;

namespace Streaming.Storage.S3;

/// <summary>
/// Tries requests again that failed for passing reasons: after pauses that double, each of a random length so that many clients do not come
/// back at once ("full jitter": M. Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015), or as long as the server asks for.
/// </summary>
/// <param name="attempts">How often a request is tried at most.</param>
/// <param name="pause">Waits; for tests.</param>
sealed class RetryPolicy(int attempts, Func<TimeSpan, CancellationToken, Task>? pause = null)
{
    static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    readonly Func<TimeSpan, CancellationToken, Task> pause = pause ?? Task.Delay;

    /// <summary>Makes a request until it succeeds or there is no point in it any more.</summary>
    /// <param name="name">What is wanted, for errors.</param>
    /// <param name="request">Makes the request.</param>
    /// <param name="failed">Told of every failure that is followed by another attempt.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="IOException">The request can't be made: says why, and what to do.</exception>
    public async Task<T> RunAsync<T>(
        string name, Func<CancellationToken, Task<T>> request, Action<S3Fault> failed, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            S3Fault fault;
            try
            {
                return await request(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested && S3Fault.IsOne(e))
            {
                fault = S3Fault.Of(e);
            }

            bool canPass = fault.Kind is S3FaultKind.Passing or S3FaultKind.Lagging or S3FaultKind.SlowDown or S3FaultKind.Expired;
            if (!canPass || attempt >= attempts)
                throw fault.Describe(name, attempt);

            failed(fault);
            if (fault.Kind == S3FaultKind.Lagging)
                continue;

            await pause(fault.RetryAfter ?? Jittered(attempt, fault.Kind), cancellation).ConfigureAwait(false);
        }
    }

    // The server's capacity grows slowly; what went wrong on the way is over at once.
    static TimeSpan Jittered(int attempt, S3FaultKind kind)
    {
        TimeSpan most = First * Math.Pow(2, attempt - 1) * (kind == S3FaultKind.SlowDown ? 4 : 1);
        int milliseconds = (int)(most < Longest ? most : Longest).TotalMilliseconds;
        return TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(milliseconds / 2, milliseconds + 1));
    }
}
