using Streaming.Learning.Data.Conditions;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Learning.Data;

/// <summary>
/// An ordered list of Parquet files, opened by their footers. Files are sorted by name, rows are numbered through from the first
/// row of the first file, whether a condition leaves rows out or not.
/// </summary>
public sealed class Dataset : IDisposable
{
    // Small files in S3 come whole with their footers; of the memory for data they may take this share.
    const long MostHeld = 16 * 1024 * 1024;
    const int HeldShare = 16;

    readonly bool ownsPool;
    readonly IDisposable footers;

    Dataset(IReadOnlyList<DatasetFile> files, DatasetOptions options, BufferPool pool, bool ownsPool)
    {
        Files = files;
        Options = options;
        Pool = pool;
        this.ownsPool = ownsPool;
        var groups = new List<DatasetRowGroup>();
        long firstRow = 0;
        foreach (DatasetFile file in files)
        {
            BoundCondition? condition = options.Where == null ? null : new BoundCondition(options.Where, file);
            long fileStart = firstRow;
            for (int g = 0; g < file.Parquet.RowGroups.Count; g++)
            {
                RowGroupInfo info = file.Parquet.RowGroups[g];
                Outcomes outcomes = condition?.Possible(info) ?? Outcomes.True;
                if (outcomes.HasFlag(Outcomes.True))
                {
                    var group = new DatasetRowGroup(file, g, firstRow, firstRow - fileStart, info.RowCount);
                    groups.Add(outcomes == Outcomes.True ? group : group with { Condition = condition });
                }

                firstRow += info.RowCount;
            }
        }

        RowGroups = groups;
        RowCount = firstRow;
        RowsToRead = groups.Sum(g => g.RowCount);
        FooterBytes = files.Sum(f => f.Parquet.FooterBytes + f.Parquet.Source.HeldBytes);
        footers = pool.Reserve(FooterBytes, "the footers of the files");
    }

    /// <summary>The files, sorted by name.</summary>
    public IReadOnlyList<DatasetFile> Files { get; }

    /// <summary>How the files make up the dataset.</summary>
    public DatasetOptions Options { get; }

    /// <summary>The row groups that can hold rows of the dataset, in file order; those that statistics rule out are left out.</summary>
    public IReadOnlyList<DatasetRowGroup> RowGroups { get; }

    /// <summary>Rows in all footers, whether the condition holds for them or not.</summary>
    public long RowCount { get; }

    /// <summary>Rows of <see cref="RowGroups"/>: those that must be looked at.</summary>
    public long RowsToRead { get; }

    /// <summary>Memory that the footers take, and small files that came whole with theirs, all together; counts against <see cref="Pool"/>.</summary>
    public long FooterBytes { get; }

    /// <summary>Where the memory for reading comes from.</summary>
    public BufferPool Pool { get; }

    /// <summary>How much pays to be fetched ahead of where it lies.</summary>
    internal FetchWindow FetchWindow { get; } = new();

    /// <summary>Bytes read from storage so far.</summary>
    public long BytesRead => Files.Sum(f => f.Parquet.Source.BytesRead);

    /// <summary>How many of them came from remote files.</summary>
    public long RemoteBytesRead =>
        Files.Where(f => f.Parquet.Source.IsRemote).Sum(f => f.Parquet.Source is { HeldBytes: > 0 and var held } ? held : f.Parquet.Source.BytesRead);

    /// <summary>Time that threads have waited for storage so far, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    internal long ReadTicks => Files.Sum(f => f.Parquet.Source.ReadTicks);

    /// <summary>
    /// Opens files, folders (every <c>*.parquet</c> in and below them) and globs, on local disks and in S3 (<c>s3://bucket/folder</c>). Folders that are named like <c>year=2024</c> give their
    /// files a column.
    /// </summary>
    /// <param name="paths">What to open.</param>
    /// <exception cref="IOException">A path names nothing, or can't be read.</exception>
    /// <exception cref="ParquetException">A file is no Parquet file or is broken.</exception>
    public static Dataset Open(params IEnumerable<string> paths) => Open(paths, new DatasetOptions());

    /// <summary>Opens a dataset whose memory counts against <paramref name="pool"/>, which the caller keeps.</summary>
    public static Dataset Open(IEnumerable<string> paths, BufferPool pool) => Open(paths, new DatasetOptions(), pool);

    /// <summary>Opens a dataset of some of the files' rows.</summary>
    /// <param name="paths">What to open.</param>
    /// <param name="options">Which rows, and what missing columns are.</param>
    /// <param name="pool">What memory counts against; the caller keeps it. Default: a pool of the dataset's own.</param>
    /// <exception cref="IOException">A path names nothing, or can't be read.</exception>
    /// <exception cref="ParquetException">A file is no Parquet file or is broken.</exception>
    /// <exception cref="DatasetException">The condition does not fit the files' columns.</exception>
    public static Dataset Open(IEnumerable<string> paths, DatasetOptions options, BufferPool? pool = null)
    {
        IReadOnlyList<StoredFile> found = options.Store.Find(paths);
        var files = new List<ParquetFile>();
        BufferPool used = pool ?? new BufferPool();
        try
        {
            foreach (ByteRangeSource source in StoredFile.OpenAll(found, ParquetFile.RemoteTailBytes, Math.Min(MostHeld, used.Limit / HeldShare)))
                files.Add(ParquetFile.Open(source, used, files.LastOrDefault()));

            return new Dataset(DatasetSchema.Describe(files, options.MissingColumns), options, used, ownsPool: pool == null);
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            if (pool == null)
                used.Dispose();

            throw;
        }
    }

    /// <summary>What to say when no row is left: how many there are, and why.</summary>
    internal DatasetException NoRows(string purpose, long filtered, IReadOnlyList<RejectedRows>? rejected = null)
    {
        if (RowCount == 0)
            return new($"Wanted rows to {purpose}, found none: {(Files.Count == 1 ? $"'{Files[0].Name}' has" : $"the {Files.Count} files from '{Files[0].Name}' on have")} 0 rows.");

        var reasons = new List<string>();
        if (filtered > 0)
            reasons.Add($"{filtered} do not fit the condition ({Options.Where})");

        long rejectedRows = rejected?.Sum(r => r.Rows) ?? 0;
        if (rejectedRows > 0)
            reasons.Add($"{rejectedRows} have values that can't be used ({string.Join(", ", rejected!.Select(r => $"{r.Reason}: {r.Rows}"))})");

        long heldOut = RowCount - filtered - rejectedRows;
        if (heldOut > 0)
            reasons.Add($"{heldOut} are held out");

        return new($"No row is left to {purpose}: of {RowCount} rows {string.Join(", ", reasons)}. Relax --where, --on-missing, --on-infinite or --holdout.");
    }

    /// <summary>Where a row is, for messages: file and 0-based row in it.</summary>
    internal string Locate(long row)
    {
        DatasetRowGroup group = RowGroups.Last(g => g.FirstRow <= row);
        return $"row {row - group.FirstRow + group.FirstRowInFile} (row group {group.Index}) of '{group.File.Name}'";
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (DatasetFile file in Files)
            file.Parquet.Dispose();

        footers.Dispose();
        if (ownsPool)
            Pool.Dispose();
    }
}

/// <summary>A row group of a dataset.</summary>
/// <param name="File">The file it is in.</param>
/// <param name="Index">Its 0-based number in the file.</param>
/// <param name="FirstRow">Position of its first row in the dataset.</param>
/// <param name="FirstRowInFile">Position of its first row in the file.</param>
/// <param name="RowCount">Rows in it.</param>
public sealed record DatasetRowGroup(DatasetFile File, int Index, long FirstRow, long FirstRowInFile, long RowCount)
{
    /// <summary>What rows must be asked; null where the condition is known to hold for all of them.</summary>
    internal BoundCondition? Condition { get; init; }
}
