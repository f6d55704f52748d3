using Streaming.Parquet.Compression;
using Streaming.Parquet.Encodings;
using Streaming.Parquet.Format;
using Streaming.Parquet.Pages;
using Streaming.Storage;

namespace Streaming.Parquet;

/// <summary>
/// Reads the rows of one column chunk from first to last. For one thread. Holds a window of compressed bytes, one
/// decompressed page and one dictionary, all from the buffer pool.
/// </summary>
public sealed unsafe partial class ColumnReader : IDisposable
{
    // Rows whose levels are looked at at a time.
    const int MaskRows = 4096;

    // A run of one level that is at least this long is worth a call of its own.
    const int MinRun = 64;

    readonly ParquetFile file;
    readonly BufferPool pool;
    readonly ParquetColumn column;
    readonly int rowGroup;
    readonly PageReader pages;
    readonly PageDecoder decoder;
    ValueDecoder? values;
    bool isDisposed;

    // Values, nulls included: as many as rows, but for lists.
    int pageValuesLeft;
    long valuesLeft;

    // Noted here, as asking the footer would read a row group's description anew whenever readers of several take turns.
    readonly double valuesPerRow;

    // Once something was broken, what follows can't be trusted: every later call fails alike.
    ParquetException? failure;

    internal ColumnReader(
        ParquetFile file, BufferPool pool, int rowGroup, ParquetColumn column, JoinedRange? joined = null, bool goesByPages = false, bool isAlone = false)
    {
        this.file = file;
        this.pool = pool;
        this.column = column;
        this.rowGroup = rowGroup;
        RowsLeft = file.RowGroups[rowGroup].RowCount;
        try
        {
            ChunkMetadata chunk = file.RowGroups[rowGroup].Chunks[column.Index].Metadata;
            CheckChunk(chunk);
            valuesLeft = chunk.ValueCount;
            valuesPerRow = (double)chunk.ValueCount / RowsLeft;
            ChunkRange range = RangeOf(chunk);
            pages = new PageReader(file.Source, pool, PageCodec.Of(chunk.Codec), range.Start, range.End, joined, isAlone);
            decoder = new PageDecoder(pool, column.PhysicalType, column.Format, column.MaxDefinitionLevel, column.MaxRepetitionLevel);
            if (goesByPages)
                FindOffsets();
        }
        catch (ParquetException e)
        {
            throw e.At(file.PlaceOf(rowGroup, column));
        }
    }

    /// <summary>Rows that have not been read or skipped.</summary>
    public long RowsLeft { get; private set; }

    /// <summary>
    /// Reads the next rows of a numeric or boolean column, each as (float)((x - offset) * factor), computed in double.
    /// Nulls become NaN, true 1 and false 0.
    /// </summary>
    /// <param name="destination">One element per row; no longer than <see cref="RowsLeft"/>.</param>
    /// <param name="offset">Subtracted first.</param>
    /// <param name="factor">Multiplied by then.</param>
    /// <returns>
    /// True when all of them are finite numbers, so that nobody need look again. False when one may be none: a dictionary's entries count for all
    /// of its codes.
    /// </returns>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public bool Read(Span<float> destination, double offset = 0, double factor = 1)
    {
        CheckRequest(destination.Length, column.Kind is ColumnKind.Number or ColumnKind.Boolean, "numbers");
        fixed (float* target = destination)
        {
            var sink = new FloatSink(target, new Affine(offset, factor));
            Run(ref sink, destination.Length);
            return sink.IsFinite;
        }
    }

    /// <summary>Reads the next rows of a numeric or boolean column; nulls become NaN.</summary>
    /// <param name="destination">One element per row; no longer than <see cref="RowsLeft"/>.</param>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void Read(Span<double> destination)
    {
        CheckRequest(destination.Length, column.Kind is ColumnKind.Number or ColumnKind.Boolean, "numbers");
        fixed (double* target = destination)
        {
            var sink = new DoubleSink(target);
            Run(ref sink, destination.Length);
        }
    }

    /// <summary>Reads the next rows of a text, boolean, integer or decimal column as codes; nulls become -1.</summary>
    /// <param name="destination">One element per row; no longer than <see cref="RowsLeft"/>.</param>
    /// <param name="map">Gives each category its code.</param>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void ReadCategories(Span<int> destination, CategoryMap map)
    {
        CheckRequest(destination.Length, IsCategorical, "categories");
        fixed (int* target = destination)
        {
            var sink = new CodeSink(target, map);
            Run(ref sink, destination.Length);
        }
    }

    bool IsCategorical =>
        column.Kind is ColumnKind.Text or ColumnKind.Boolean || column.IsInteger || column is { Kind: ColumnKind.Number, Scale: not null };

    /// <summary>Gives all memory back to the pool.</summary>
    public void Dispose()
    {
        if (isDisposed)
            return;

        isDisposed = true;
        pages.Dispose();
        decoder.Dispose();
        block?.Dispose();
    }

    void CheckChunk(ChunkMetadata chunk)
    {
        if (column.Kind == ColumnKind.Unsupported)
            throw ParquetException.Unsupported($"the column can't be read: {column.UnsupportedReason}.");

        if (chunk.IsEncrypted)
            throw ParquetException.Unsupported("the column is encrypted; encryption is not supported.");

        if (!chunk.IsPresent)
            throw new ParquetException("the footer does not describe the column chunk.");

        if (!string.IsNullOrEmpty(chunk.FilePath))
            throw ParquetException.Unsupported($"the column chunk lies in another file, '{chunk.FilePath}'.");

        if (chunk.Type != column.PhysicalType)
            throw new ParquetException($"the schema says {column.PhysicalType}, the column chunk {chunk.Type}.");

        // A row's list takes a value even where it is empty.
        if (column.Kind == ColumnKind.Vector ? chunk.ValueCount < RowsLeft : chunk.ValueCount != RowsLeft)
            throw new ParquetException($"the row group has {RowsLeft} rows, the column chunk {chunk.ValueCount} values.");
    }

    ChunkRange RangeOf(ChunkMetadata chunk)
    {
        if (ChunkRange.Of(file, chunk) is { } range)
            return range;

        // The chunks of empty row groups may stand nowhere.
        return RowsLeft == 0
            ? default
            : throw new ParquetException(
                $"the column chunk should be {chunk.CompressedBytes} bytes from byte {chunk.Start} on, the file has {file.Length}.");
    }

    void CheckRequest(int rows, bool isPossible, string what)
    {
        ThrowIfFailed();
        if (!isPossible)
            throw new InvalidOperationException($"Column '{column.Name}' ({column.TypeName}) of '{file.Name}' can't be read as {what}.");

        if (rows > RowsLeft)
            throw new ArgumentException($"Wanted {rows} rows of column '{column.Name}', row group {rowGroup} has {RowsLeft} left.");
    }

    void Run<TSink>(ref TSink sink, int rows)
        where TSink : struct, IRowSink
    {
        try
        {
            ulong* mask = stackalloc ulong[MaskRows / 64];
            for (int done = 0; done < rows;)
            {
                if (pageValuesLeft == 0)
                    MoveToDataPage();

                values ??= decoder.Start(pages);
                int n = Math.Min(rows - done, pageValuesLeft);
                n = decoder.HasLevels ? ReadWithLevels(ref sink, done, n, mask) : ReadPresent(ref sink, done, n);
                ConsumeRows(n);
                done += n;
            }
        }
        catch (ParquetException e)
        {
            throw Fail(e);
        }
    }

    int ReadPresent<TSink>(ref TSink sink, int row, int count)
        where TSink : struct, IRowSink
    {
        sink.Read(values!, row, count);
        return count;
    }

    // Gives the values that were read; -1 where the levels say that there is no list to hold one.
    int ReadWithLevels<TSink>(ref TSink sink, int row, int count, ulong* mask)
        where TSink : struct, IRowSink
    {
        int n = decoder.Levels.ReadRepeated(count, Math.Min(count, MinRun), out uint level);
        if (n > 0)
        {
            HybridReader.CheckLevel(level, decoder.PresentLevel);
            if (level == decoder.PresentLevel)
                sink.Read(values!, row, n);
            else if (level >= column.ElementLevel)
                sink.Fill(row, n);
            else
                return -1;

            return n;
        }

        n = Math.Min(count, MaskRows);
        new Span<ulong>(mask, (n + 63) / 64).Clear();
        int present = decoder.Levels.ReadMask(mask, n, decoder.PresentLevel, (uint)column.ElementLevel);
        if (present < 0)
            return -1;

        sink.Read(values!, row, present);
        if (present < n)
            sink.Expand(row, mask, n, present);

        return n;
    }

    void ConsumeRows(int rows)
    {
        ConsumeValues(rows);
        RowsLeft -= rows;
    }

    void ConsumeValues(int count)
    {
        pageValuesLeft -= count;
        valuesLeft -= count;
    }

    void MoveToDataPage(bool isPassing = false)
    {
        values = null;
        while (pageValuesLeft == 0)
        {
            pages.Horizon = isPassing ? 0 : EndOfWanted(pages.NextStart);
            pages.MoveNext();
            switch (pages.Header.Type)
            {
                case PageType.Dictionary:
                    decoder.StartDictionary(pages);
                    break;
                case PageType.Data or PageType.DataV2:
                    pageValuesLeft = pages.Header.ValueCount;
                    break;
            }
        }

        if (pageValuesLeft > valuesLeft)
            throw new ParquetException($"the page has {pageValuesLeft} values, the column chunk {valuesLeft} left.");

        pages.Horizon = EndOfWanted(pages.Start);
        if (offsets is not null && pages.Start >= offsets.LastStart)
            valuesLeft = pageValuesLeft;

        pages.IsLast = pageValuesLeft == valuesLeft;
    }

    string Place => $"Column '{column.Name}', row group {rowGroup}, page {Math.Max(0, pages.PageNumber)} of '{file.Name}'";

    void ThrowIfFailed()
    {
        if (failure is not null)
            throw new ParquetException(failure.Message, failure.IsUnsupported, failure);

        ObjectDisposedException.ThrowIf(isDisposed, this);
    }

    ParquetException Fail(ParquetException e) =>
        failure = e.At(Place);
}
