using Streaming.Learning.Data;
using Streaming.Learning.Data.Caching;

namespace Streaming.Learning.Training.Caching;

/// <summary>The cached tiles of a run.</summary>
sealed class TileCache
{
    readonly CacheFolder folder;
    readonly long mostBytes;
    readonly Dictionary<string, CachedPartition[]> partitionsByKey = [];

    TileCache(CacheFolder folder, long mostBytes, CacheLedger ledger)
    {
        this.folder = folder;
        this.mostBytes = mostBytes;
        Ledger = ledger;
    }

    /// <summary>What the tiles take and bring.</summary>
    public CacheLedger Ledger { get; }

    /// <summary>Opens the folder.</summary>
    /// <param name="options">Which.</param>
    /// <param name="notices">Told of files that can't be used or written; null: nobody.</param>
    /// <exception cref="IOException">It can't be made or written to.</exception>
    public static TileCache Open(CacheOptions options, IProgress<string>? notices)
    {
        var folder = new CacheFolder(options.Folder);
        folder.Prepare();
        long most = options.MostBytes ?? folder.DefaultMostBytes;
        return new TileCache(folder, most, new CacheLedger(most, notices));
    }

    /// <summary>Memory that caching takes for each open partition.</summary>
    public static long BytesFor(TileSource source, bool doubles) => TileRecorder.BytesFor(TileFormat.Of(source, doubles));

    /// <summary>The cached tiles of what a pass reads, by partition; there or to be written.</summary>
    /// <param name="source">What it reads.</param>
    /// <param name="doubles">Whether features are double.</param>
    /// <param name="partitions">The row groups of each partition, in the order of the data.</param>
    public IReadOnlyList<CachedPartition> PartitionsFor(TileSource source, bool doubles, IReadOnlyList<IReadOnlyList<DatasetRowGroup>> partitions)
    {
        byte[] key = CacheKey.Of(source, doubles, partitions.Count);
        string name = Convert.ToHexString(key);
        if (partitionsByKey.TryGetValue(name, out CachedPartition[]? known))
        {
            foreach (CachedPartition partition in known)
                partition.Look();

            return known;
        }

        var format = TileFormat.Of(source, doubles);
        long[] bytes = [.. partitions.Select(format.BytesFor)];
        MakeRoom(key, bytes.Sum());
        return partitionsByKey[name] = [.. bytes.Select((b, p) => new CachedPartition(folder.FileFor(key, p), key, format, b, Ledger))];
    }

    void MakeRoom(byte[] key, long bytes)
    {
        try
        {
            Ledger.Others = folder.MakeRoom(key, bytes, mostBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Ledger.End(folder.FileFor(key, 0), e.Message);
        }
    }
}
