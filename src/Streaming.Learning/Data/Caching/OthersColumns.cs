namespace Streaming.Learning.Data.Caching;

/// <summary>A part of the columns of a partition whose other part brings them all: reading from the cache is not worth sharing.</summary>
sealed class OthersColumns : ITileColumns
{
    /// <inheritdoc/>
    public int FailedRow => -1;

    /// <inheritdoc/>
    public Rejections Rejections { get; } = new();

    /// <inheritdoc/>
    public int Kept(int i) => i;

    /// <inheritdoc/>
    public void Open(DatasetRowGroup group, bool skipsPages, long row)
    {
    }

    /// <inheritdoc/>
    public int Read(RowBatch tile, int start, RowRun run) => run.Wanted;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
