using System.Buffers.Binary;
using System.Security.Cryptography;
using Streaming.Parquet.Format;
using Streaming.Parquet.Pages;
using Streaming.Storage;

namespace Streaming.Parquet;

/// <summary>
/// An open Parquet file: its footer, and readers of its column chunks. Safe for use by several threads, as long as each
/// <see cref="ColumnReader"/> stays on one.
/// </summary>
public sealed class ParquetFile : IDisposable
{
    /// <summary>The last bytes of a file, which hold the footer of nearly every one, so that opening costs one request.</summary>
    public const int TailBytes = 64 * 1024;

    /// <summary>Likewise of a remote file: a second request would take as long as it takes to read some hundred kilobytes more.</summary>
    public const int RemoteTailBytes = 256 * 1024;

    // What the objects that describe a footer take on the .NET heap, measured.
    const long BytesPerFile = 1200;
    const long BytesPerColumn = 400;
    const long BytesPerRowGroup = 150;

    readonly BufferPool pool;
    readonly FileSchema schema;
    readonly bool ownsSchema;
    readonly CopyReader copies;
    readonly FooterChunks chunks;

    ParquetFile(ByteRangeSource source, BufferPool pool, byte[] footerBytes, FileSchema? known)
    {
        this.pool = pool;
        Source = source;
        copies = new CopyReader(source);
        FooterHash = HashOf(footerBytes);
        FileFooter footer = FooterReader.Read(footerBytes, known is null ? [] : known.Stored);
        CheckRows(footer);
        RowCount = footer.RowCount;
        CreatedBy = footer.CreatedBy;
        ownsSchema = footer.Schema.Count > 0;
        schema = ownsSchema ? new FileSchema(footer.SchemaBytes, SchemaBuilder.Build(footer.Schema)) : known!;
        chunks = new FooterChunks(Columns, footer.Chunks, areBoundsDoubtful: IsWrittenBy("Parquet.Net") && !footer.IsOurs);
        RowGroups = [.. footer.RowGroups.Select(Describe)];
    }

    /// <summary>The path or URL that error messages use.</summary>
    public string Name => Source.Name;

    /// <summary>Length in bytes.</summary>
    public long Length => Source.Length;

    /// <summary>Hash of the footer: 16 hexadecimal digits. A file that was written anew with other data hardly ever has the same one.</summary>
    public string FooterHash { get; }

    /// <summary>Rows of all row groups.</summary>
    public long RowCount { get; }

    /// <summary>The program that wrote the file, where it says so.</summary>
    public string? CreatedBy { get; }

    /// <summary>
    /// The size that the file's writer does not let pages outgrow by much: DuckDB, Parquet.Net and fastparquet write a column chunk as one
    /// page, the others end pages and dictionaries at 1 MiB unless told otherwise. An expectation, not a promise.
    /// </summary>
    public long UsualPageBytes => IsWrittenByDuckDb || IsWrittenBy("Parquet.Net") || IsWrittenBy("fastparquet") ? long.MaxValue : 2 * 1024 * 1024;

    /// <summary>Memory that the footer takes, about; a schema counts for the file that others share it with.</summary>
    public long FooterBytes =>
        BytesPerFile + (ownsSchema ? Columns.Count * BytesPerColumn : 0) + RowGroups.Count * BytesPerRowGroup + chunks.Bytes;

    internal bool IsWrittenByDuckDb => IsWrittenBy("DuckDB");

    /// <summary>Where the bytes come from; owned by the file.</summary>
    public ByteRangeSource Source { get; }

    /// <summary>The leaf columns, in schema order.</summary>
    public IReadOnlyList<ParquetColumn> Columns => schema.Columns;

    /// <summary>The row groups, in file order.</summary>
    public IReadOnlyList<RowGroupInfo> RowGroups { get; }

    /// <summary>Reads the footer of a file.</summary>
    /// <param name="source">The file's bytes; owned by the result, and disposed of when this fails.</param>
    /// <param name="pool">Where page memory comes from.</param>
    /// <param name="like">A file that may have the same columns: then both share the objects that describe them.</param>
    /// <exception cref="ParquetException">It is no Parquet file, or a broken or encrypted one.</exception>
    public static ParquetFile Open(ByteRangeSource source, BufferPool pool, ParquetFile? like = null)
    {
        try
        {
            return new ParquetFile(source, pool, ReadFooter(source, pool), like?.schema);
        }
        catch (Exception e)
        {
            string place = $"'{source.Name}'";
            source.Dispose();
            if (e is ParquetException fault)
                throw fault.At(place);

            throw;
        }
    }

    /// <summary>The leaf column with this dotted path, or null.</summary>
    public ParquetColumn? FindColumn(string name) => schema.Find(name);

    /// <summary>Opens a reader at the first row of a column chunk.</summary>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="column">The column.</param>
    /// <param name="isPassing">Whether pages are known not to be wanted: over a network none is asked for then before its turn comes.</param>
    /// <param name="isAlone">
    /// Whether columns are read one after the other: up to 1 MiB is then read at a time in place of 256 KiB, beyond what
    /// <see cref="EstimateReaderBytes(int, ParquetColumn, bool)"/> says, and reading from memory is up to a third faster.
    /// </param>
    /// <exception cref="ParquetException">The column can't be read, or the footer places it where it can't be.</exception>
    public ColumnReader OpenColumn(int rowGroup, ParquetColumn column, bool isPassing = false, bool isAlone = false) =>
        new(this, pool, rowGroup, column, goesByPages: isPassing && Source.IsFetched, isAlone: isAlone);

    /// <summary>
    /// Opens readers of several columns of a row group, for use side by side, on any threads. Where their chunks are small and lie close
    /// together they are fetched by one request, and held until the last of the readers is disposed of.
    /// </summary>
    /// <exception cref="ParquetException">A column can't be read, or the footer places it where it can't be.</exception>
    public ColumnReader[] OpenColumns(int rowGroup, IReadOnlyList<ParquetColumn> columns)
    {
        // Until the readers hold it, so that it is opened in the way that suits all of them.
        using IDisposable opened = Source.Hold(ChunkRange.AreMost(this, rowGroup, columns));
        var joined = new JoinedRange?[columns.Count];
        foreach ((ChunkRange range, List<int> members) in ChunkRange.Join(this, rowGroup, columns))
        {
            var shared = new JoinedRange(Source, pool, range.Start, range.Length, members.Count);
            members.ForEach(m => joined[m] = shared);
        }

        var readers = new ColumnReader[columns.Count];
        try
        {
            for (int i = 0; i < readers.Length; i++)
                readers[i] = new ColumnReader(this, pool, rowGroup, columns[i], joined[i]);
        }
        catch
        {
            foreach (ColumnReader? reader in readers)
                reader?.Dispose();

            throw;
        }

        return readers;
    }

    /// <summary>Where page memory comes from.</summary>
    internal BufferPool Pool => pool;

    /// <summary>The requests that fetch columns of a row group ahead, in the order in which their bytes are read.</summary>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">Columns that are read side by side, each as often as it is read.</param>
    /// <param name="memory">Bytes that may be held; with more, there are fewer requests.</param>
    public IReadOnlyList<FetchRange> PlanFetches(int rowGroup, IReadOnlyList<ParquetColumn> columns, long memory) =>
        ChunkFetches.Of(this, rowGroup, columns, memory);

    /// <summary>The requests that fetch ahead the pages of a row group that hold some of the rows, likewise. Reads where the pages lie.</summary>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">Columns that are read side by side, each as often as it is read, and the rows that are wanted: ascending, from where to where.</param>
    /// <param name="memory">Bytes that may be held.</param>
    /// <exception cref="ParquetException">A page index is broken.</exception>
    public IReadOnlyList<FetchRange> PlanPageFetches(
        int rowGroup, IReadOnlyList<(ParquetColumn Column, IReadOnlyList<(long First, long End)> Rows)> columns, long memory) =>
        ChunkFetches.OfPages(this, rowGroup, columns, memory);

    /// <summary>The requests that fetch ahead what tells which pages of a row group hold what; there they stay until the row group is read.</summary>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">Columns that are read.</param>
    /// <param name="bounded">Those of them whose pages' bounds are asked for (<see cref="ReadPages"/>).</param>
    public IReadOnlyList<FetchRange> PlanIndexFetches(int rowGroup, IReadOnlyList<ParquetColumn> columns, IReadOnlyList<ParquetColumn> bounded) =>
        ChunkFetches.OfIndexes(this, rowGroup, columns, bounded);

    /// <summary>The requests that fetch ahead what readers of a row group's first rows alone begin with.</summary>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">Columns that are read side by side; each once.</param>
    public IReadOnlyList<FetchRange> PlanFirstFetches(int rowGroup, IReadOnlyList<ParquetColumn> columns) =>
        ChunkFetches.OfHeads(this, rowGroup, columns);

    /// <summary>
    /// What the page index tells about the data pages of a column in a row group, in order; null where the file has no index of
    /// them or the column is encrypted, and for lists. Read anew with every call.
    /// </summary>
    /// <exception cref="ParquetException">The index is broken.</exception>
    public IReadOnlyList<PageInfo>? ReadPages(int rowGroup, ParquetColumn column)
    {
        RowGroupInfo group = RowGroups[rowGroup];
        ChunkMetadata chunk = group.Chunks[column.Index].Metadata;
        if (column.MaxRepetitionLevel > 0 || chunk.IsEncrypted || chunk.ColumnIndex.Length == 0)
            return null;

        try
        {
            return PageIndexes.ReadOffsets(Source, pool, chunk, group.RowCount) is { } offsets
                && PageIndexes.ReadBounds(Source, pool, chunk, offsets) is { } bounds
                ? [.. Enumerable.Range(0, offsets.PageCount).Select(p => new PageInfo(column, offsets, bounds, p))]
                : null;
        }
        catch (ParquetException e)
        {
            throw e.At(PlaceOf(rowGroup, column));
        }
    }

    /// <summary>
    /// What a reader of a column takes of the pool's memory in a row group, computed from the footer and <see cref="UsualPageBytes"/> alone:
    /// more than that only where pages are larger than the file's writer is known for, or dictionaries compress beyond 8 : 1.
    /// </summary>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="column">The column.</param>
    /// <param name="asDoubles">Whether numbers are read as doubles rather than as floats.</param>
    public ReaderBytes EstimateReaderBytes(int rowGroup, ParquetColumn column, bool asDoubles = false) =>
        ReaderCost.Of(this, column, RowGroups[rowGroup], asDoubles);

    /// <summary>What readers of columns that are opened together (<see cref="OpenColumns"/>) take of the pool's memory, likewise.</summary>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">The columns, and whether their numbers are read as doubles rather than as floats.</param>
    public ReaderBytes EstimateReaderBytes(int rowGroup, IReadOnlyList<(ParquetColumn Column, bool AsDoubles)> columns)
    {
        ReaderBytes sum = default;
        foreach ((ParquetColumn column, bool asDoubles) in columns)
            sum += EstimateReaderBytes(rowGroup, column, asDoubles);

        return sum + ReaderCost.OfJoining(this, rowGroup, [.. columns.Select(c => c.Column)]);
    }

    /// <summary>What reading columns of a row group that are opened together (<see cref="OpenColumns"/>) asks of storage, computed likewise.</summary>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">The columns.</param>
    public ReadRequests EstimateRequests(int rowGroup, IReadOnlyList<ParquetColumn> columns) =>
        Source.HeldBytes > 0 ? default : ReadRequests.Of(this, rowGroup, columns);

    /// <summary>A column for a <see cref="TableWriter"/> that is like one of this file: same name, type and nullability.</summary>
    /// <exception cref="ParquetException">Columns of its type can't be kept.</exception>
    public Task<TableColumn> DescribeForCopyAsync(ParquetColumn column, CancellationToken cancellation = default) =>
        copies.DescribeAsync(column, cancellation);

    /// <summary>Reads a column of a row group whole, for a <see cref="TableWriter"/>.</summary>
    /// <exception cref="ParquetException">Columns of its type can't be kept, or the file is broken.</exception>
    public async Task<TableValues> ReadForCopyAsync(int rowGroup, ParquetColumn column, CancellationToken cancellation = default)
    {
        ColumnChunkInfo chunk = RowGroups[rowGroup].Chunks[column.Index];
        return DecodedCopy.IsWanted(column, chunk)
            ? await DecodedCopy.ReadAsync(this, rowGroup, column, cancellation)
            : await copies.ReadAsync(rowGroup, column, ChunkRange.Of(this, chunk.Metadata)?.End ?? Length, cancellation);
    }

    /// <summary>Memory of the pool that <see cref="ReadForCopyAsync"/> takes at most while it reads: none but of chunks that are decoded here, by two readers.</summary>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="column">The column.</param>
    public long EstimateCopyBytes(int rowGroup, ParquetColumn column) => DecodedCopy.IsWanted(column, RowGroups[rowGroup].Chunks[column.Index])
        ? 2 * EstimateReaderBytes(rowGroup, column, asDoubles: true).Total
        : 0;

    /// <summary>Closes the source.</summary>
    public void Dispose()
    {
        copies.Dispose();
        Source.Dispose();
    }

    /// <summary>How messages name a column of a row group.</summary>
    internal string PlaceOf(int rowGroup, ParquetColumn column) => $"Column '{column.Name}', row group {rowGroup} of '{Name}'";

    static byte[] ReadFooter(ByteRangeSource source, BufferPool pool)
    {
        // Magic, footer length and magic again: nothing shorter is a file.
        if (source.Length < 12)
            throw new ParquetException($"Not a Parquet file: it has {source.Length} bytes.");

        int tailLength = (int)Math.Min(source.IsRemote ? RemoteTailBytes : TailBytes, source.Length);
        using NativeBuffer tailBuffer = pool.Rent(tailLength, "a footer");
        Span<byte> tail = tailBuffer.Span[..tailLength];
        source.Read(source.Length - tailLength, tail);

        Span<byte> magic = tail[^4..];
        if (magic.SequenceEqual("PARE"u8))
            throw ParquetException.Unsupported("The footer is encrypted (the file ends in PARE); encryption is not supported.");

        if (!magic.SequenceEqual("PAR1"u8))
        {
            throw new ParquetException(
                $"Not a Parquet file, or one that was cut short: it should end in PAR1 and ends in the bytes {Convert.ToHexString(magic)}.");
        }

        long footerLength = BinaryPrimitives.ReadUInt32LittleEndian(tail[^8..]);
        if (footerLength > source.Length - 12)
            throw new ParquetException($"The footer should be {footerLength} bytes long, the file has {source.Length}.");

        if (footerLength > Array.MaxLength)
            throw ParquetException.Unsupported($"The footer is {footerLength} bytes long; more than 2 GiB are not supported.");

        if (footerLength <= tailLength - 8)
            return tail.Slice(tailLength - 8 - (int)footerLength, (int)footerLength).ToArray();

        var whole = new byte[footerLength];
        source.Read(source.Length - 8 - footerLength, whole);
        return whole;
    }

    // 64 bits tell a changed file from an unchanged one.
    static string HashOf(ReadOnlySpan<byte> footer) => Convert.ToHexString(SHA256.HashData(footer).AsSpan(0, 8));

    static void CheckRows(FileFooter footer)
    {
        long rows = 0;
        foreach (RowGroupMetadata group in footer.RowGroups)
        {
            // No overflow: both are at most long.MaxValue, and the sum is kept below the total.
            if (group.RowCount > footer.RowCount - rows)
                throw new ParquetException($"The footer announces {footer.RowCount} rows, its row groups hold more.");

            rows += group.RowCount;
        }

        if (rows != footer.RowCount)
            throw new ParquetException($"The footer announces {footer.RowCount} rows, its row groups hold {rows}.");
    }

    bool IsWrittenBy(string program) => CreatedBy?.StartsWith(program, StringComparison.Ordinal) == true;

    RowGroupInfo Describe(RowGroupMetadata group, int index)
    {
        if (group.ChunkCount != Columns.Count)
            throw new ParquetException($"Row group {index} has {group.ChunkCount} column chunks, the schema {Columns.Count} columns.");

        return new RowGroupInfo(chunks, index, group.RowCount, group.CompressedBytes);
    }
}
