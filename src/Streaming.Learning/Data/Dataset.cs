using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Learning.Data;

/// <summary>
/// An ordered list of Parquet files, opened by their footers. Files are sorted by name, rows are numbered through from the first
/// row of the first file.
/// </summary>
public sealed class Dataset : IDisposable
{
    readonly bool ownsPool;

    Dataset(IReadOnlyList<ParquetFile> files, BufferPool pool, bool ownsPool)
    {
        Files = files;
        Pool = pool;
        this.ownsPool = ownsPool;
        var groups = new List<DatasetRowGroup>();
        long firstRow = 0;
        foreach (ParquetFile file in files)
        {
            long fileStart = firstRow;
            for (int g = 0; g < file.RowGroups.Count; g++)
            {
                groups.Add(new DatasetRowGroup(file, g, firstRow, firstRow - fileStart, file.RowGroups[g].RowCount));
                firstRow += file.RowGroups[g].RowCount;
            }
        }

        RowGroups = groups;
        RowCount = firstRow;
    }

    /// <summary>The files, sorted by name.</summary>
    public IReadOnlyList<ParquetFile> Files { get; }

    /// <summary>All row groups, in file order.</summary>
    public IReadOnlyList<DatasetRowGroup> RowGroups { get; }

    /// <summary>Rows in all footers.</summary>
    public long RowCount { get; }

    /// <summary>Where the memory for reading comes from.</summary>
    public BufferPool Pool { get; }

    /// <summary>Bytes read from storage so far.</summary>
    public long BytesRead => Files.Sum(f => f.Source.BytesRead);

    /// <summary>Opens files, folders (every <c>*.parquet</c> in and below them) and globs.</summary>
    /// <param name="paths">What to open.</param>
    /// <exception cref="IOException">A path names nothing, or can't be read.</exception>
    /// <exception cref="ParquetException">A file is no Parquet file or is broken.</exception>
    /// <exception cref="DatasetException">The files hold no rows.</exception>
    public static Dataset Open(params IEnumerable<string> paths) => Open(paths, new BufferPool(), ownsPool: true);

    /// <summary>Opens a dataset whose memory counts against <paramref name="pool"/>, which the caller keeps.</summary>
    public static Dataset Open(IEnumerable<string> paths, BufferPool pool) => Open(paths, pool, ownsPool: false);

    static Dataset Open(IEnumerable<string> paths, BufferPool pool, bool ownsPool)
    {
        IReadOnlyList<string> names = DatasetPaths.Resolve(paths);
        var files = new List<ParquetFile>();
        try
        {
            foreach (string name in names)
                files.Add(ParquetFile.Open(LocalFileSource.Open(name), pool));

            var dataset = new Dataset(files, pool, ownsPool);
            if (dataset.RowCount == 0)
            {
                throw new DatasetException(
                    $"Wanted rows, found none: {(names.Count == 1 ? $"'{names[0]}' has" : $"the {names.Count} files from '{names[0]}' on have")} 0 rows.");
            }

            return dataset;
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
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
        foreach (ParquetFile file in Files)
            file.Dispose();

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
public sealed record DatasetRowGroup(ParquetFile File, int Index, long FirstRow, long FirstRowInFile, long RowCount);
