namespace Streaming.Storage.Tests;

/// <summary>A clock that goes on when it is told to.</summary>
sealed class SetClock : TimeProvider
{
    double seconds;

    public override long TimestampFrequency => 1_000_000;

    public void Advance(double time) => seconds += time;

    public override long GetTimestamp() => (long)(seconds * TimestampFrequency);
}
