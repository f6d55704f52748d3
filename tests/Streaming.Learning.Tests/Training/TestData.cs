using Streaming.Learning.Data;
using Streaming.Parquet;

namespace Streaming.Learning.Tests.Training;

/// <summary>Small Parquet files of a test's own, in a folder that goes when the test is over.</summary>
sealed class TestData : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("streaming-").FullName;

    public string In(string name) => Path.Combine(Root, name);

    /// <summary>Writes a file whose rows are cut into row groups.</summary>
    public async Task<string> WriteAsync(string name, int[] rowGroups, params (string Name, Array Values)[] columns)
    {
        string path = In(name);
        await using FileStream stream = File.Create(path);
        await using TableWriter writer = await TableWriter.CreateAsync(stream, [.. columns.Select(ColumnOf)]);
        int start = 0;
        foreach (int rows in rowGroups)
        {
            int from = start;
            await writer.WriteRowGroupAsync(rows, [.. columns.Select(c => ValuesOf(c.Values, from, rows))]);
            start += rows;
        }

        return path;
    }

    /// <summary>A file with a column <c>row</c> that numbers its rows, and <c>x</c>, a fixed function of it.</summary>
    public Task<string> WriteNumberedAsync(string name, params int[] rowGroups)
    {
        double[] row = [.. Enumerable.Range(0, rowGroups.Sum()).Select(i => (double)i)];
        return WriteAsync(name, rowGroups, ("row", row), ("x", row.Select(r => Math.Sin(r)).ToArray()));
    }

    public Dataset Open(params string[] names) => Dataset.Open(names.Select(In));

    static TableColumn ColumnOf((string Name, Array Values) column) => column.Values switch
    {
        double[] => TableColumn.Of<double>(column.Name),
        double?[] => TableColumn.OfNullable<double>(column.Name),
        float[] => TableColumn.Of<float>(column.Name),
        int[] => TableColumn.Of<int>(column.Name),
        long[] => TableColumn.Of<long>(column.Name),
        bool[] => TableColumn.Of<bool>(column.Name),
        string?[] => TableColumn.OfText(column.Name),
        _ => throw new ArgumentException($"No column type for {column.Values.GetType()}."),
    };

    static TableValues ValuesOf(Array values, int start, int count) => values switch
    {
        double[] v => TableValues.Of<double>(v.AsMemory(start, count)),
        double?[] v => TableValues.OfNullable<double>(v.AsMemory(start, count)),
        float[] v => TableValues.Of<float>(v.AsMemory(start, count)),
        int[] v => TableValues.Of<int>(v.AsMemory(start, count)),
        long[] v => TableValues.Of<long>(v.AsMemory(start, count)),
        bool[] v => TableValues.Of<bool>(v.AsMemory(start, count)),
        string?[] v => TableValues.OfText(v[start..(start + count)]),
        _ => throw new ArgumentException($"No column type for {values.GetType()}."),
    };

    /// <summary>The numbers of a column, of all row groups; null is NaN.</summary>
    public static double[] Numbers(ParquetFile file, string column)
    {
        var values = new List<double>();
        for (int g = 0; g < file.RowGroups.Count; g++)
        {
            using ColumnReader reader = file.OpenColumn(g, file.FindColumn(column)!);
            var some = new double[file.RowGroups[g].RowCount];
            reader.Read(some);
            values.AddRange(some);
        }

        return [.. values];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
