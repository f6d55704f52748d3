using System.Diagnostics;
using Streaming.Learning.State;

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
    string Purpose, int Pass, long Rows, long TotalRows, long BytesRead, TimeSpan Elapsed, TimeSpan PassElapsed, (string Name, double Value)? Quality)
{
    /// <summary>Name and value of the error on held-out or validation rows after the last epoch that was scored; null before.</summary>
    public (string Name, double Value)? Validation { get; init; }
}

/// <summary>Counts rows as tiles are used and tells a listener now and then.</summary>
sealed class ProgressMeter : IPersistent
{
    static readonly long Interval = Stopwatch.Frequency / 10;

    readonly IProgress<TrainingProgress>? listener;
    readonly Func<long> bytesRead;
    readonly long bytesAtStart;
    readonly long started = Stopwatch.GetTimestamp();
    readonly SharedCount rows = new();
    string purpose = "";
    int passes;
    long totalRows;
    long passStarted;
    long nextReport;

    // Of the processes that came before, where the run was resumed.
    TimeSpan elapsedBefore;
    long bytesBefore;

    public ProgressMeter(IProgress<TrainingProgress>? listener, Func<long> bytesRead)
    {
        this.listener = listener;
        this.bytesRead = bytesRead;
        bytesAtStart = bytesRead();
    }

    /// <summary>Time since the run began.</summary>
    public TimeSpan Elapsed => elapsedBefore + Stopwatch.GetElapsedTime(started);

    /// <summary>Bytes read from storage since the run began.</summary>
    public long BytesRead => bytesBefore + bytesRead() - bytesAtStart;

    /// <summary>The error on held-out or validation rows after the last epoch.</summary>
    public (string Name, double Value)? Validation { get; set; }

    /// <summary>Passes that are over.</summary>
    public int Passes => passes;

    /// <summary>1-based number of the pass that is running or comes next.</summary>
    public int Pass => passes + 1;

    /// <summary>Starts to count a new pass.</summary>
    public void BeginPass(string passPurpose, long passRows)
    {
        purpose = passPurpose;
        rows.Reset();
        totalRows = passRows;
        passStarted = Stopwatch.GetTimestamp();
        nextReport = passStarted;
    }

    /// <summary>Counts rows that were read and not used; called by any worker.</summary>
    public void LeaveOut(long count)
    {
        if (count != 0)
            rows.Add(count);
    }

    /// <summary>Counts rows that were used; called by any worker.</summary>
    public void Add(int count, (string Name, double Value)? quality)
    {
        Telemetry.AddRows(count);
        rows.Add(count);
        if (listener == null)
            return;

        long now = Stopwatch.GetTimestamp();
        long due = Interlocked.Read(ref nextReport);
        if (now >= due && Interlocked.CompareExchange(ref nextReport, now + Interval, due) == due)
            Report(quality);
    }

    /// <summary>Tells the listener that the pass is over.</summary>
    public void EndPass((string Name, double Value)? quality)
    {
        if (listener != null)
            Report(quality);

        passes++;
    }

    /// <inheritdoc/>
    /// <remarks>A pass that is running does not count: it says itself how far it is.</remarks>
    public void Persist(StateStream state)
    {
        (TimeSpan elapsed, long bytes) = (Elapsed, BytesRead);
        state.Value(ref passes);
        state.Value(ref elapsed);
        state.Value(ref bytes);
        if (state.IsReading)
            (elapsedBefore, bytesBefore) = (elapsed, bytes);
    }

    void Report((string Name, double Value)? quality) =>
        listener!.Report(new TrainingProgress(
            purpose, Pass, rows.Value, totalRows, BytesRead, Elapsed, Stopwatch.GetElapsedTime(passStarted), quality) { Validation = Validation });
}
