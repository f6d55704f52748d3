using System.Diagnostics;

namespace Streaming.Learning.Training;

/// <summary>How far a run is.</summary>
/// <param name="Purpose">What the current pass is for.</param>
/// <param name="Pass">1-based number of the current pass.</param>
/// <param name="Rows">Rows done in this pass: used, held out or filtered.</param>
/// <param name="TotalRows">Rows of the pass in all.</param>
/// <param name="BytesRead">Bytes read from storage since the run began.</param>
/// <param name="Elapsed">Time since the run began.</param>
/// <param name="PassElapsed">Time since this pass began.</param>
/// <param name="Quality">Name and value of the current loss or inertia, where the pass tells one.</param>
public sealed record TrainingProgress(
    string Purpose, int Pass, long Rows, long TotalRows, long BytesRead, TimeSpan Elapsed, TimeSpan PassElapsed, (string Name, double Value)? Quality);

/// <summary>Counts rows as tiles are used and tells a listener now and then.</summary>
sealed class ProgressMeter
{
    static readonly long Interval = Stopwatch.Frequency / 10;

    readonly IProgress<TrainingProgress>? listener;
    readonly Func<long> bytesRead;
    readonly long started = Stopwatch.GetTimestamp();
    string purpose = "";
    int pass;
    long rows;
    long totalRows;
    long passStarted;
    long nextReport;

    public ProgressMeter(IProgress<TrainingProgress>? listener, Func<long> bytesRead)
    {
        this.listener = listener;
        this.bytesRead = bytesRead;
    }

    /// <summary>Time since the meter was made.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(started);

    /// <summary>Passes begun so far.</summary>
    public int Passes => pass;

    /// <summary>Starts to count a new pass.</summary>
    public void BeginPass(string passPurpose, long passRows)
    {
        purpose = passPurpose;
        pass++;
        rows = 0;
        totalRows = passRows;
        passStarted = Stopwatch.GetTimestamp();
        nextReport = passStarted;
    }

    /// <summary>Counts rows that were read and not used; called by any worker.</summary>
    public void LeaveOut(long count) => Interlocked.Add(ref rows, count);

    /// <summary>Counts rows that were used; called by any worker.</summary>
    public void Add(int count, (string Name, double Value)? quality)
    {
        long total = Interlocked.Add(ref rows, count);
        if (listener == null)
            return;

        long now = Stopwatch.GetTimestamp();
        long due = Interlocked.Read(ref nextReport);
        if (now >= due && Interlocked.CompareExchange(ref nextReport, now + Interval, due) == due)
            Report(total, quality);
    }

    /// <summary>Tells the listener that the pass is over.</summary>
    public void EndPass((string Name, double Value)? quality)
    {
        if (listener != null)
            Report(rows, quality);
    }

    void Report(long total, (string Name, double Value)? quality) =>
        listener!.Report(new TrainingProgress(
            purpose, pass, total, totalRows, bytesRead(), Elapsed, Stopwatch.GetElapsedTime(passStarted), quality));
}
