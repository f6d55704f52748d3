namespace Streaming.Storage.Tests.S3.Proxy;

/// <summary>Gives one request of every so many a fault; which one and which fault is decided by a seed.</summary>
/// <param name="seed">The seed.</param>
/// <param name="every">So many requests.</param>
/// <param name="faults">The faults to choose from.</param>
sealed class SeededFaults(int seed, int every, params Fault[] faults)
{
    readonly Random random = new(seed);
    int left;
    int hit;

    public Fault Choose(ProxyRequest request)
    {
        lock (random)
        {
            if (left == 0)
                (left, hit) = (every, random.Next(every));

            return --left == hit ? faults[random.Next(faults.Length)] : Fault.None;
        }
    }
}
