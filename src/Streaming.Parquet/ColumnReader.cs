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
public sealed unsafe class ColumnReader : IDisposable
{
    // Rows whose levels are looked at at a time.
    const int MaskRows = 1024;

    // A run of one level that is at least this long is worth a call of its own.
    const int MinRun = 64;

    // Writers before PARQUET-816 left the dictionary page's header out of the chunk's size.
    const int ForgottenHeaderBytes = 100;

    readonly ParquetFile file;
    readonly ParquetColumn column;
    readonly int rowGroup;
    readonly PageReader pages;
    readonly PageDecoder decoder;
    ValueDecoder? values;
    int pageRowsLeft;

    // Once something was broken, what follows can't be trusted: every later call fails alike.
    ParquetException? failure;

    internal ColumnReader(ParquetFile file, BufferPool pool, int rowGroup, ParquetColumn column)
    {
        this.file = file;
        this.column = column;
        this.rowGroup = rowGroup;
        RowsLeft = file.RowGroups[rowGroup].RowCount;
        try
        {
            ChunkMetadata chunk = file.RowGroups[rowGroup].Chunks[column.Index].Metadata;
            CheckChunk(chunk);
            PageCodec codec = PageCodec.Of(chunk.Codec);
            long end = chunk.Start + chunk.CompressedBytes;
            if (file.CreatedBy?.StartsWith("parquet-mr", StringComparison.Ordinal) == true)
                end = Math.Min(end + ForgottenHeaderBytes, file.Length);

            pages = new PageReader(file.Source, pool, codec, chunk.Start, end);
            decoder = new PageDecoder(pool, column.PhysicalType, column.Format, column.MaxDefinitionLevel);
        }
        catch (ParquetException e)
        {
            throw e.At($"Column '{column.Name}', row group {rowGroup} of '{file.Name}'");
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
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void Read(Span<float> destination, double offset = 0, double factor = 1)
    {
        CheckRequest(destination.Length, column.Kind is ColumnKind.Number or ColumnKind.Boolean, "numbers");
        fixed (float* target = destination)
            Run(new FloatSink(target, new Affine(offset, factor)), destination.Length);
    }

    /// <summary>Reads the next rows of a numeric or boolean column; nulls become NaN.</summary>
    /// <param name="destination">One element per row; no longer than <see cref="RowsLeft"/>.</param>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void Read(Span<double> destination)
    {
        CheckRequest(destination.Length, column.Kind is ColumnKind.Number or ColumnKind.Boolean, "numbers");
        fixed (double* target = destination)
            Run(new DoubleSink(target), destination.Length);
    }

    /// <summary>Reads the next rows of a text, boolean or integer column as codes; nulls become -1.</summary>
    /// <param name="destination">One element per row; no longer than <see cref="RowsLeft"/>.</param>
    /// <param name="map">Gives each category its code.</param>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void ReadCategories(Span<int> destination, CategoryMap map)
    {
        CheckRequest(destination.Length, column.Kind is ColumnKind.Text or ColumnKind.Boolean || column.IsInteger, "categories");
        fixed (int* target = destination)
            Run(new CodeSink(target, map), destination.Length);
    }

    /// <summary>Passes over rows; pages that hold no other are not decompressed.</summary>
    /// <param name="rows">No more than <see cref="RowsLeft"/>.</param>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void Skip(long rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, RowsLeft);
        ThrowIfFailed();
        try
        {
            while (rows > 0)
            {
                if (pageRowsLeft == 0)
                    MoveToDataPage();

                int n = (int)Math.Min(rows, pageRowsLeft);
                if (n < pageRowsLeft || values is not null)
                    Run(new SkipSink(), n);
                else
                    Consume(n);

                rows -= n;
            }
        }
        catch (ParquetException e)
        {
            throw Fail(e);
        }
    }

    /// <summary>Gives all memory back to the pool.</summary>
    public void Dispose()
    {
        pages.Dispose();
        decoder.Dispose();
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

        if (chunk.ValueCount != RowsLeft)
            throw new ParquetException($"the row group has {RowsLeft} rows, the column chunk {chunk.ValueCount} values.");

        // Magic and footer stand around the chunks; those of empty row groups stand nowhere.
        if (RowsLeft > 0 && (chunk.CompressedBytes < 0 || chunk.Start < 4 || chunk.CompressedBytes > file.Length - chunk.Start))
        {
            throw new ParquetException(
                $"the column chunk should be {chunk.CompressedBytes} bytes from byte {chunk.Start} on, the file has {file.Length}.");
        }
    }

    void CheckRequest(int rows, bool isPossible, string what)
    {
        ThrowIfFailed();
        if (!isPossible)
            throw new InvalidOperationException($"Column '{column.Name}' ({column.TypeName}) of '{file.Name}' can't be read as {what}.");

        if (rows > RowsLeft)
            throw new ArgumentException($"Wanted {rows} rows of column '{column.Name}', row group {rowGroup} has {RowsLeft} left.");
    }

    // A sink is a struct, so that this loop exists once per kind of destination, without virtual calls.
    void Run<TSink>(TSink sink, int rows)
        where TSink : struct, IRowSink
    {
        try
        {
            ulong* mask = stackalloc ulong[MaskRows / 64];
            for (int done = 0; done < rows;)
            {
                if (pageRowsLeft == 0)
                    MoveToDataPage();

                values ??= decoder.Start(pages);
                int n = Math.Min(rows - done, pageRowsLeft);
                n = decoder.HasLevels ? ReadWithLevels(ref sink, done, n, mask) : ReadPresent(ref sink, done, n);
                Consume(n);
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

    int ReadWithLevels<TSink>(ref TSink sink, int row, int count, ulong* mask)
        where TSink : struct, IRowSink
    {
        int n = decoder.Levels.ReadRepeated(count, Math.Min(count, MinRun), out uint level);
        if (n > 0)
        {
            HybridReader.CheckLevel(level, decoder.PresentLevel);
            if (level == decoder.PresentLevel)
                sink.Read(values!, row, n);
            else
                sink.Fill(row, n);

            return n;
        }

        n = Math.Min(count, MaskRows);
        new Span<ulong>(mask, MaskRows / 64).Clear();
        int present = decoder.Levels.ReadMask(mask, n, decoder.PresentLevel);
        sink.Read(values!, row, present);
        if (present < n)
            sink.Expand(row, mask, n, present);

        return n;
    }

    void Consume(int rows)
    {
        pageRowsLeft -= rows;
        RowsLeft -= rows;
    }

    void MoveToDataPage()
    {
        values = null;
        while (pageRowsLeft == 0)
        {
            pages.MoveNext();
            switch (pages.Header.Type)
            {
                case PageType.Dictionary:
                    decoder.StartDictionary(pages);
                    break;
                case PageType.Data or PageType.DataV2:
                    pageRowsLeft = pages.Header.ValueCount;
                    break;
            }
        }

        if (pageRowsLeft > RowsLeft)
            throw new ParquetException($"the page has {pageRowsLeft} values, the row group {RowsLeft} rows left.");
    }

    void ThrowIfFailed()
    {
        if (failure is not null)
            throw new ParquetException(failure.Message, failure.IsUnsupported, failure);
    }

    ParquetException Fail(ParquetException e) =>
        failure = e.At($"Column '{column.Name}', row group {rowGroup}, page {Math.Max(0, pages.PageNumber)} of '{file.Name}'");

    interface IRowSink
    {
        void Read(ValueDecoder values, int row, int count);

        void Fill(int row, int count);

        void Expand(int row, ulong* mask, int rows, int present);
    }

    readonly struct FloatSink(float* destination, Affine map) : IRowSink
    {
        public void Read(ValueDecoder values, int row, int count) => values.Read(destination + row, count, map);

        public void Fill(int row, int count) => new Span<float>(destination + row, count).Fill(float.NaN);

        public void Expand(int row, ulong* mask, int rows, int present) =>
            Expansion.Run((uint*)destination + row, mask, rows, present, BitConverter.SingleToUInt32Bits(float.NaN));
    }

    readonly struct DoubleSink(double* destination) : IRowSink
    {
        public void Read(ValueDecoder values, int row, int count) => values.Read(destination + row, count);

        public void Fill(int row, int count) => new Span<double>(destination + row, count).Fill(double.NaN);

        public void Expand(int row, ulong* mask, int rows, int present) =>
            Expansion.Run((ulong*)destination + row, mask, rows, present, BitConverter.DoubleToUInt64Bits(double.NaN));
    }

    readonly struct CodeSink(int* destination, CategoryMap map) : IRowSink
    {
        public void Read(ValueDecoder values, int row, int count) => values.Read(destination + row, count, map);

        public void Fill(int row, int count) => new Span<int>(destination + row, count).Fill(-1);

        public void Expand(int row, ulong* mask, int rows, int present) =>
            Expansion.Run((uint*)destination + row, mask, rows, present, uint.MaxValue);
    }

    readonly struct SkipSink : IRowSink
    {
        public void Read(ValueDecoder values, int row, int count) => values.Skip(count);

        public void Fill(int row, int count)
        {
        }

        public void Expand(int row, ulong* mask, int rows, int present)
        {
        }
    }
}
