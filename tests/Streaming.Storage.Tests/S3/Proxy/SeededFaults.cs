namespace Streaming.Storage.Tests.S3.Proxy;

/// <summary>Gives a share of the requests a fault, by a seed.</summary>
/// <param name="seed">The seed.</param>
/// <param name="share">The share of the requests, 0 to 1.</param>
/// <param name="faults">The faults to choose from.</param>
sealed class SeededFaults(int seed, double share, params Fault[] faults)
{
    readonly Random random = new(seed);

    public Fault Choose(ProxyRequest request)
    {
        lock (random)
            return random.NextDouble() < share ? faults[random.Next(faults.Length)] : Fault.None;
    }
}
