namespace Streaming.Learning.Data;

/// <summary>What brings the columns of wanted rows into tiles. For one thread; several may each bring some of the columns.</summary>
interface ITileColumns : IDisposable
{
    /// <summary>The first wanted row of the last run whose value is not allowed; -1 for none.</summary>
    int FailedRow { get; }

    /// <summary>Rows left out so far for their values.</summary>
    Rejections Rejections { get; }

    /// <summary>Goes to a row group.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="skipsPages">Whether pages are known not to be wanted.</param>
    /// <param name="row">The first row of it that runs can have; those before count as passed over by the first run.</param>
    void Open(DatasetRowGroup group, bool skipsPages, long row);

    /// <summary>Puts the wanted rows of a run into a tile, without those that their values rule out.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="start">Row of the tile that the first of them becomes.</param>
    /// <param name="run">The rows.</param>
    /// <returns>Rows that are in the tile.</returns>
    /// <exception cref="DatasetException">A value is not allowed: names the row and the column.</exception>
    int Read(RowBatch tile, int start, RowRun run);

    /// <summary>Which of the wanted rows of the last run became its row <paramref name="i"/> that is in the tile.</summary>
    int Kept(int i);
}
