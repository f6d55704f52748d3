using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Parquet;

namespace Streaming.Learning.Training;

/// <summary>Columns of the data that a prediction copies, unchanged, beside its own.</summary>
sealed class KeptColumns
{
    readonly IReadOnlyList<string> names;

    KeptColumns(IReadOnlyList<string> names, IReadOnlyList<TableColumn> columns)
    {
        this.names = names;
        Columns = columns;
    }

    /// <summary>The columns in the output file.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>Checks that every file has the columns, of one type, and that no output has the name of one.</summary>
    /// <exception cref="DatasetException">They do not: names the column and the file.</exception>
    public static async Task<KeptColumns> OpenAsync(
        Dataset dataset, IReadOnlyList<string> names, IReadOnlyList<OutputColumn> outputs, CancellationToken cancellation)
    {
        ParquetFile first = dataset.Files[0];
        var columns = new List<TableColumn>();
        foreach (string name in names)
        {
            if (outputs.Any(o => o.Name == name))
                throw new DatasetException($"Column '{name}' can't be kept: the prediction has a column of that name.");

            foreach (ParquetFile file in dataset.Files)
            {
                ParquetColumn column = file.FindColumn(name)
                    ?? throw new DatasetException($"There is no column '{name}' to keep in '{file.Name}'.");
                ParquetColumn other = first.FindColumn(name)!;
                if (column.TypeName != other.TypeName || column.MaxDefinitionLevel != other.MaxDefinitionLevel)
                {
                    throw new DatasetException(
                        $"Column '{name}' can't be kept: it is {Show(other)} in '{first.Name}' and {Show(column)} in '{file.Name}'.");
                }
            }

            columns.Add(await first.DescribeForCopyAsync(first.FindColumn(name)!, cancellation).ConfigureAwait(false));
        }

        return new KeptColumns(names, columns);
    }

    /// <summary>The values of all rows of a row group.</summary>
    public async Task<List<TableValues>> ReadAsync(DatasetRowGroup group, CancellationToken cancellation)
    {
        var values = new List<TableValues>();
        foreach (string name in names)
            values.Add(await group.File.ReadForCopyAsync(group.Index, group.File.FindColumn(name)!, cancellation).ConfigureAwait(false));

        return values;
    }

    static string Show(ParquetColumn column) => column.MaxDefinitionLevel == 0 ? column.TypeName : $"{column.TypeName} or null";
}
