namespace Streaming.Storage.S3;

/// <summary>How long requests take, from those that have ended: what is far slower than that is better asked for anew.</summary>
sealed class RequestPace
{
    // Enough to tell what is usual, and few enough to follow a link that changes.
    const int Remembered = 32;
    const double TimesSlower = 4;
    const double TimesSlowest = 2;
    static readonly TimeSpan Least = TimeSpan.FromSeconds(2);

    // What a request takes beside its bytes counts like this many of them; of a smaller one it would be all.
    const long BytesOfLatency = 4 * 1024 * 1024;
    const long LeastBytes = 1024 * 1024;

    readonly Lock gate = new();
    readonly double[] secondsPerByte = new double[Remembered];
    int count;

    /// <summary>Notes how long a request took.</summary>
    public void Add(long bytes, TimeSpan time)
    {
        if (bytes < LeastBytes)
            return;

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

            // Where all of them are slow, as when many share a link, none lags.
            double[] sorted = [.. secondsPerByte.Order()];
            double most = Math.Max(sorted[Remembered / 2] * TimesSlower, sorted[^2] * TimesSlowest);
            TimeSpan patience = TimeSpan.FromSeconds(most * (bytes + BytesOfLatency));
            return patience > Least ? patience : Least;
        }
    }
}
