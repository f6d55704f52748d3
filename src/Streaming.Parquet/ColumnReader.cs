using Streaming.Storage;

namespace Streaming.Parquet;

/// <summary>
/// Reads the rows of one column chunk from first to last. For one thread. Holds a window of compressed bytes, one
/// decompressed page and one dictionary, all from the buffer pool.
/// </summary>
public sealed class ColumnReader : IDisposable
{
    internal ColumnReader(ParquetFile file, BufferPool pool, int rowGroup, ParquetColumn column)
    {
        RowsLeft = file.RowGroups[rowGroup].RowCount;
        _ = pool;
        _ = column;
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
    public void Read(Span<float> destination, double offset = 0, double factor = 1) => throw ParquetException.Unsupported("coming");

    /// <summary>Reads the next rows of a numeric or boolean column; nulls become NaN.</summary>
    /// <param name="destination">One element per row; no longer than <see cref="RowsLeft"/>.</param>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void Read(Span<double> destination) => throw ParquetException.Unsupported("coming");

    /// <summary>Reads the next rows of a text, boolean or integer column as codes; nulls become -1.</summary>
    /// <param name="destination">One element per row; no longer than <see cref="RowsLeft"/>.</param>
    /// <param name="map">Gives each category its code.</param>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void ReadCategories(Span<int> destination, CategoryMap map) => throw ParquetException.Unsupported("coming");

    /// <summary>Passes over rows; whole pages are not decompressed.</summary>
    public void Skip(long rows) => throw ParquetException.Unsupported("coming");

    /// <summary>Gives all memory back to the pool.</summary>
    public void Dispose()
    {
    }
}
