using ParquetSharp;

namespace Streaming.Benchmarks.Peers;

/// <summary>The columns of a Parquet file without nulls, by a reader that is none of ours.</summary>
static class StoredColumns
{
    /// <summary>The row groups, one after another: [column][row].</summary>
    public static IEnumerable<double[][]> RowGroups(string path)
    {
        using var file = new ParquetFileReader(path);
        for (int g = 0; g < file.FileMetaData.NumRowGroups; g++)
        {
            using RowGroupReader group = file.RowGroup(g);
            yield return [.. Enumerable.Range(0, file.FileMetaData.NumColumns).Select(c => Read(group, c))];
        }
    }

    static double[] Read(RowGroupReader group, int index)
    {
        int rows = (int)group.MetaData.NumRows;
        using ColumnReader column = group.Column(index);
        if (column is ColumnReader<bool> flags)
            return [.. Values(flags, rows).Select(v => v ? 1.0 : 0.0)];

        return Values((ColumnReader<double>)column, rows);
    }

    static T[] Values<T>(ColumnReader<T> column, int rows)
        where T : unmanaged
    {
        var values = new T[rows];
        var levels = new short[rows];
        for (int read = 0; read < rows;)
        {
            column.ReadBatch(rows - read, levels.AsSpan(read), [], values.AsSpan(read), out long count);
            read += count > 0 ? (int)count : throw new InvalidDataException($"Wanted {rows} values that are not null, found {read}.");
        }

        return values;
    }
}
