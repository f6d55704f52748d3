using System.Globalization;
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
        var columns = new List<TableColumn>();
        foreach (string name in names)
        {
            if (outputs.Any(o => o.Name == name))
                throw new DatasetException($"Column '{name}' can't be kept: the prediction has a column of that name.");

            foreach (DatasetFile file in dataset.Files)
                file.RequireColumn(name);

            DatasetFile pattern = dataset.Files.First(f => !f.FindColumn(name)!.IsMissing);
            CheckTypes(dataset, pattern, name);
            columns.Add(pattern.FindColumn(name)!.Stored is { } stored
                ? await pattern.Parquet.DescribeForCopyAsync(stored, cancellation).ConfigureAwait(false)
                : ColumnOf(pattern.FindColumn(name)!));
        }

        return new KeptColumns(names, columns);
    }

    /// <summary>Reads the columns of a row group whole; null for those that the file does not have.</summary>
    public async Task<IReadOnlyList<TableValues?>> ReadAsync(DatasetRowGroup group, CancellationToken cancellation)
    {
        var columns = new List<TableValues?>();
        foreach (string name in names)
        {
            columns.Add(group.File.RequireColumn(name).Stored is { } stored
                ? await group.File.Parquet.ReadForCopyAsync(group.Index, stored, cancellation).ConfigureAwait(false)
                : null);
        }

        return columns;
    }

    /// <summary>The values of rows of a row group.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="read">Its columns.</param>
    /// <param name="rows">The rows, by their ascending places in it.</param>
    public List<TableValues> Select(DatasetRowGroup group, IReadOnlyList<TableValues?> read, ReadOnlyMemory<int> rows)
    {
        var values = new List<TableValues>();
        for (int c = 0; c < names.Count; c++)
        {
            if (read[c] is { } all)
                values.Add(rows.Length == all.Count ? all : all.Select(rows));
            else if (group.File.RequireColumn(names[c]) is var column && column.IsMissing)
                values.Add(TableValues.NullsFor(Columns[c], rows.Length));
            else
                values.Add(ConstantOf(column, rows.Length));
        }

        return values;
    }

    static void CheckTypes(Dataset dataset, DatasetFile first, string name)
    {
        DatasetColumn pattern = first.FindColumn(name)!;
        foreach (DatasetFile file in dataset.Files)
        {
            DatasetColumn column = file.FindColumn(name)!;
            bool fits = column.IsMissing ? pattern.Stored is not { MaxDefinitionLevel: 0 } : Show(column) == Show(pattern);
            if (!fits)
            {
                throw new DatasetException(
                    $"Column '{name}' can't be kept: it is {Show(pattern)} in '{first.Name}' and "
                    + $"{(column.IsMissing ? "missing" : Show(column))} in '{file.Name}'.");
            }
        }
    }

    static TableColumn ColumnOf(DatasetColumn constant) =>
        constant.Kind == ColumnKind.Number ? TableColumn.OfNullable<long>(constant.Name) : TableColumn.OfText(constant.Name);

    static TableValues ConstantOf(DatasetColumn column, int rows)
    {
        if (column.Kind != ColumnKind.Number)
            return TableValues.OfText([.. Enumerable.Repeat(column.Constant, rows)]);

        long? number = column.Constant == null ? null : long.Parse(column.Constant, CultureInfo.InvariantCulture);
        return TableValues.OfNullable<long>(Enumerable.Repeat(number, rows).ToArray());
    }

    static string Show(DatasetColumn column) =>
        column.Stored is { MaxDefinitionLevel: > 0 } ? $"{column.TypeName} or null" : column.TypeName;
}
