namespace Streaming.Storage.S3;

/// <summary>How long requests take, from those that have ended: what is far slower than that is better asked for anew.</summary>
sealed class RequestPace
{
    // Enough to tell what is usual, and few enough to follow a link that changes.
    const int Remembered = 32;
    const double TimesSlower = 4;
    static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    // What a request takes beside its bytes counts like this many of them.
    const long BytesOfLatency = 4 * 1024 * 1024;

    readonly Lock gate = new();
    readonly double[] secondsPerByte = new double[Remembered];
    int count;

    /// <summary>Notes how long a request took.</summary>
    public void Add(long bytes, TimeSpan time)
    {
        lock (gate)
            secondsPerByte[count++ % Remembered] = time.TotalSeconds / (bytes + BytesOfLatency);
    }

    /// <summary>How long a request may take before it lags far behind the others; null while too few are known.</summary>
    public TimeSpan? Patience(long bytes)
    {
        lock (gate)
        {
            if (count < Remembered)
                return null;

            double[] sorted = [.. secondsPerByte.Order()];
            TimeSpan patience = TimeSpan.FromSeconds(sorted[Remembered / 2] * (bytes + BytesOfLatency) * TimesSlower);
            return patience > Least ? patience : Least;
        }
    }
}
