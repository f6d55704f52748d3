using System.Diagnostics;

namespace Streaming.Benchmarks.Decode;

/// <summary>How one peer did beside us.</summary>
/// <param name="Seconds">The peer's median.</param>
/// <param name="Ratio">Median over repetitions of its time divided by ours right after it.</param>
readonly record struct Standing(double Seconds, double Ratio);

/// <summary>The result of one case on a number of threads.</summary>
/// <param name="Seconds">Our median.</param>
/// <param name="Peers">The peers, in their order.</param>
sealed record Outcome(double Seconds, IReadOnlyList<Standing> Peers);

/// <summary>
/// Lets us and the peers decode the same file by turns. Machines are shared and their speed drifts, so a ratio is taken between two runs that
/// follow each other at once, and the median of those counts.
/// </summary>
sealed class Contest(StreamingPeer ours, IReadOnlyList<Peer> peers, int repetitions, bool isProcessorTime)
{
    // A peer that takes longer than this has one repetition: its time varies by less than it loses.
    const double SlowSeconds = 1.5;

    const double WarmSeconds = 0.7;

    /// <summary>Checks all sums, until everything is warm: the runtime compiles what runs often once more, while it runs.</summary>
    /// <exception cref="InvalidOperationException">Somebody has a sum wrong.</exception>
    public void Check(string path, (double Sum, double Magnitude)[] expected)
    {
        foreach (Peer peer in peers.Prepend(ours))
        {
            var watch = Stopwatch.StartNew();
            do
                Check(peer, peer.Sum(path, 1), expected);
            while (watch.Elapsed.TotalSeconds < WarmSeconds);
        }
    }

    /// <summary>Measures.</summary>
    public Outcome Run(string path, int threads)
    {
        List<double> own = [];
        var standings = new List<Standing>();
        foreach (Peer peer in peers)
        {
            List<double> times = [];
            List<double> ratios = [];
            for (int i = 0; i < repetitions && (i == 0 || times[0] < SlowSeconds); i++)
            {
                times.Add(Time(peer, path, threads));
                own.Add(Time(ours, path, threads));
                ratios.Add(times[^1] / own[^1]);
            }

            standings.Add(new Standing(Median.Of(times), Median.Of(ratios)));
        }

        return new Outcome(Median.Of(own), standings);
    }

    static void Check(Peer peer, double[] sums, (double Sum, double Magnitude)[] expected)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            // Values are float32 in our tiles: each is off by 3e-8 of itself at most, and they are off to both sides.
            if (!(Math.Abs(sums[i] - expected[i].Sum) <= 1e-8 * expected[i].Magnitude))
                throw new InvalidOperationException($"{peer.Name} has the sum {sums[i]:r} for column c{i + 1}; it should be {expected[i].Sum:r}.");
        }
    }

    double Time(Peer peer, string path, int threads)
    {
        var watch = Stopwatch.StartNew();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        peer.Sum(path, threads);
        return isProcessorTime ? (Environment.CpuUsage.TotalTime - before).TotalSeconds / threads : watch.Elapsed.TotalSeconds;
    }
}
