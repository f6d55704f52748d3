namespace Streaming.Storage;

/// <summary>
/// How much of something pays, such as of requests at once: now and then more is tried, and kept where that brings more bytes per second. What is
/// measured are turns; for one thread at a time.
/// </summary>
/// <param name="clock">Tells the time.</param>
/// <param name="first">The limit at first.</param>
/// <param name="most">The highest limit.</param>
/// <param name="step">How many times as much is tried.</param>
sealed class PayingLimit(TimeProvider clock, long first, long most, double step)
{
    // What counts as more bytes per second.
    const double Gain = 1.1;

    // Links change, and single turns vary: what did not help once may help later, the less soon the more often it did not.
    const int LeastBetweenTrials = 2;
    const int MostBetweenTrials = 32;

    long began = clock.GetTimestamp();
    long bytes;
    double best;

    // Whether the limit was raised just now, and what it was before.
    bool isTrial;
    bool isSettling;
    long before;
    int untilTrial = 1;
    int betweenTrials = LeastBetweenTrials;

    /// <summary>The limit.</summary>
    public long Value { get; private set; } = first;

    /// <summary>How long the turn has taken.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(began);

    /// <summary>Notes bytes that have come.</summary>
    public void Add(long count) => bytes += count;

    /// <summary>Begins a turn anew.</summary>
    public void BeginTurn()
    {
        began = clock.GetTimestamp();
        bytes = 0;
    }

    /// <summary>Ends a turn, in which as much came as the limit allows at once, and begins the next.</summary>
    /// <param name="wasFull">Whether more would have been made use of.</param>
    public void EndTurn(bool wasFull)
    {
        double rate = bytes / Math.Max(1e-6, Elapsed.TotalSeconds);
        if (isSettling)
        {
            // What came in this turn was asked for when the limit was lower.
            isSettling = false;
        }
        else if (isTrial && rate <= best * Gain)
        {
            Value = before;
            isTrial = false;
            untilTrial = betweenTrials;
            betweenTrials = Math.Min(MostBetweenTrials, betweenTrials * 2);
        }
        else if (wasFull && (isTrial || --untilTrial <= 0))
        {
            betweenTrials = isTrial ? LeastBetweenTrials : betweenTrials;
            best = rate;
            before = Value;
            Value = Math.Min(most, (long)(Value * step) + 1);
            isTrial = isSettling = true;
        }

        BeginTurn();
    }

    /// <summary>Lowers the limit, for reasons of others, and begins a turn.</summary>
    public void Lower(long value)
    {
        Value = value;
        isTrial = isSettling = false;
        untilTrial = betweenTrials;
        BeginTurn();
    }
}
