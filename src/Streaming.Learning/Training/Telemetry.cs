using System.Diagnostics;
using System.Diagnostics.Metrics;
using Streaming.Storage;

namespace Streaming.Learning.Training;

/// <summary>
/// What runs tell the outside while they run, under the name <see cref="Name"/>: meters and spans that OpenTelemetry and
/// <c>dotnet-counters</c> pick up. Costs next to nothing while nobody listens.
/// </summary>
public static class Telemetry
{
    /// <summary>Name of the meter and of the source of spans.</summary>
    public const string Name = "Streaming";

    static readonly Lock Gate = new();
    static readonly List<BufferPool> Pools = [];
    static readonly Meter Meter = new(Name);
    static readonly Counter<long> Rows = Meter.CreateCounter<long>("streaming.rows", "{row}", "Rows that were used.");
    static readonly Counter<long> Bytes = Meter.CreateCounter<long>("streaming.bytes_read", "By", "Bytes read from storage; counted at the end of a pass.");
    static readonly Counter<long> Passes = Meter.CreateCounter<long>("streaming.passes", "{pass}", "Passes that are over.");
    static readonly Counter<double> Time = Meter.CreateCounter<double>(
        "streaming.worker.time", "s", "Time of workers by kind (storage, decode, learn, idle); counted at the end of a pass.");

    static Telemetry() => Meter.CreateObservableGauge("streaming.memory.used", MemoryUsed, "By", "Memory that counts against the budgets of the runs.");

    /// <summary>Spans: one per run, within it one per pass, and within that one per checkpoint.</summary>
    internal static ActivitySource Spans { get; } = new(Name);

    internal static void AddRows(int rows) => Rows.Add(rows);

    internal static void EndPass(long bytes, WorkTimes times)
    {
        Passes.Add(1);
        Bytes.Add(bytes);
        foreach ((string kind, TimeSpan time) in times.ByKind)
            Time.Add(time.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
    }

    /// <summary>Counts the memory of a run's pool until the result is disposed of.</summary>
    internal static IDisposable Watch(BufferPool pool)
    {
        lock (Gate)
            Pools.Add(pool);

        return new Watching(pool);
    }

    static long MemoryUsed()
    {
        lock (Gate)
            return Pools.Distinct().Sum(p => p.RentedBytes + p.ReservedBytes);
    }

    sealed class Watching(BufferPool pool) : IDisposable
    {
        public void Dispose()
        {
            lock (Gate)
                Pools.Remove(pool);
        }
    }
}
