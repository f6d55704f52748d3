using System.Diagnostics;

namespace Streaming.Benchmarks.Kernels;

/// <summary>
/// Times short calls in processor time, so that other work on the machine counts as little as can be. What is compared runs by turns, as the speed
/// of machines drifts, and of all turns the best counts: nothing makes code faster than it is.
/// </summary>
static class KernelClock
{
    // Long enough for the processor's clock to be exact, short enough to often pass undisturbed.
    const double TurnSeconds = 0.01;

    /// <summary>Seconds of one call of each.</summary>
    public static double[] Best(int turns, params IReadOnlyList<Action> calls)
    {
        var best = new double[calls.Count];
        var repetitions = new int[calls.Count];
        for (int i = 0; i < calls.Count; i++)
        {
            repetitions[i] = Repetitions(calls[i]);
            best[i] = double.PositiveInfinity;
        }

        for (int turn = 0; turn < turns; turn++)
        {
            for (int i = 0; i < calls.Count; i++)
                best[i] = Math.Min(best[i], Seconds(calls[i], repetitions[i]));
        }

        return best;
    }

    // Also warms everything up: the runtime compiles what runs often once more, while it runs, a while after it has noticed.
    static int Repetitions(Action call)
    {
        const double WarmSeconds = 0.3;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalSeconds < WarmSeconds)
            call();

        int repetitions = 1;
        while (Seconds(call, repetitions) * repetitions < TurnSeconds)
            repetitions *= 2;

        return repetitions;
    }

    static double Seconds(Action call, int repetitions)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < repetitions; i++)
            call();

        return (Environment.CpuUsage.TotalTime - before).TotalSeconds / repetitions;
    }
}
