using System.Diagnostics;

namespace Streaming.Learning.Training;

/// <summary>How long a run goes from one checkpoint to the next.</summary>
public abstract class CheckpointInterval
{
    /// <summary>A time, above 0.</summary>
    public static CheckpointInterval OfTime(TimeSpan time) =>
        time > TimeSpan.Zero ? new TimeInterval(time) : throw new ArgumentException($"Option checkpoint-every: wanted a time above 0, found {time}.");

    /// <summary>A number of rows, used in any passes, at least 1.</summary>
    public static CheckpointInterval OfRows(long rows) =>
        rows > 0 ? new RowInterval(rows) : throw new ArgumentException($"Option checkpoint-every: wanted at least 1 row, found {rows}.");

    /// <summary>Counts rows that were used, and says whether it is time; called by any worker after every tile.</summary>
    public abstract bool IsDue(int rows);

    /// <summary>Begins anew: a checkpoint was written.</summary>
    public abstract void Restart();

    sealed class TimeInterval(TimeSpan time) : CheckpointInterval
    {
        long started = Stopwatch.GetTimestamp();

        public override bool IsDue(int rows) => Stopwatch.GetElapsedTime(started) >= time;

        public override void Restart() => started = Stopwatch.GetTimestamp();
    }

    sealed class RowInterval(long every) : CheckpointInterval
    {
        long counted;

        public override bool IsDue(int rows) => Interlocked.Add(ref counted, rows) >= every;

        public override void Restart() => counted = 0;
    }
}
