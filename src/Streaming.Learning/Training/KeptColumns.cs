using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Parquet;

namespace Streaming.Learning.Training;

/// <summary>Columns of the data that a prediction copies, unchanged, beside its own.</summary>
sealed class KeptColumns
{
    public KeptColumns(Dataset dataset, IReadOnlyList<string> names, IReadOnlyList<OutputColumn> outputs)
    {
        Columns = [];
    }

    /// <summary>The columns in the output file.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The values of a run of rows of a row group.</summary>
    public Task<List<TableValues>> ReadAsync(DatasetRowGroup group, long firstRow, int rows, CancellationToken cancellation) =>
        Task.FromResult(new List<TableValues>());
}
