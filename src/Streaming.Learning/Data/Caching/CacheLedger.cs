using System.Globalization;

namespace Streaming.Learning.Data.Caching;

/// <summary>What the cached tiles of a run take and bring. Safe for use by several threads.</summary>
/// <param name="mostBytes">Most bytes that files may take.</param>
/// <param name="notices">Told of what does not go as it should. Null: nobody.</param>
sealed class CacheLedger(long mostBytes, IProgress<string>? notices)
{
    readonly Lock gate = new();
    long taken;
    long bytesRead;
    long bytesWritten;
    long readTicks;
    bool isEnded;

    /// <summary>Bytes read from the cache so far.</summary>
    public long BytesRead => Interlocked.Read(ref bytesRead);

    /// <summary>Bytes written to it so far, as far as they are part of it.</summary>
    public long BytesWritten => Interlocked.Read(ref bytesWritten);

    /// <summary>Time that threads have waited for it so far, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long ReadTicks => Interlocked.Read(ref readTicks);

    /// <summary>Partitions read from it so far, in all passes together.</summary>
    public int PartitionsRead { get; private set; }

    /// <summary>Bytes in the folder that count against the limit, of files that are not of this run.</summary>
    public long Others { get; set; }

    /// <summary>Takes room for a file that is to be written; false where there is none, or no more files are to be written.</summary>
    public bool TryTake(long bytes) => !isEnded && TryKeep(bytes);

    /// <summary>Takes room for a file that is there; false where there is none.</summary>
    public bool TryKeep(long bytes)
    {
        lock (gate)
        {
            if (bytes > mostBytes - Others - taken)
                return false;

            taken += bytes;
            return true;
        }
    }

    /// <summary>Gives room back.</summary>
    public void GiveBack(long bytes)
    {
        lock (gate)
            taken -= bytes;
    }

    /// <summary>Counts a file that has become whole.</summary>
    public void Wrote(long bytes) => Interlocked.Add(ref bytesWritten, bytes);

    /// <summary>Counts bytes read, and the time that it took.</summary>
    public void Read(long bytes, long ticks)
    {
        Interlocked.Add(ref bytesRead, bytes);
        Interlocked.Add(ref readTicks, ticks);
    }

    /// <summary>Counts a partition that was read to its end.</summary>
    public void ReadPartition()
    {
        lock (gate)
            PartitionsRead++;
    }

    /// <summary>Tells of a file that can't be used.</summary>
    public void Broken(string path, string why) => notices?.Report($"warning: cached tiles '{path}' can't be used ({why}); their rows are decoded again");

    /// <summary>Tells that no more files are written.</summary>
    public void End(string path, string why)
    {
        lock (gate)
        {
            if (isEnded)
                return;

            isEnded = true;
        }

        notices?.Report(string.Create(CultureInfo.InvariantCulture, $"warning: no more tiles are cached, as '{path}' can't be written ({why}); the run goes on without"));
    }
}
