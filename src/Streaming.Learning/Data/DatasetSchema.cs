using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Learning.Data;

/// <summary>Finds the columns of the files of a dataset: those they hold and those that the names of their folders give.</summary>
static class DatasetSchema
{
    /// <summary>The files with their columns.</summary>
    /// <param name="files">The open files.</param>
    /// <param name="missing">What becomes of columns that some of them lack.</param>
    public static IReadOnlyList<DatasetFile> Describe(IReadOnlyList<ParquetFile> files, MissingColumns missing)
    {
        OrderedDictionary<string, DatasetColumn> nulls = [];
        IReadOnlyList<KeyValuePair<string, string?>>[] folders = [.. files.Select(f => FolderColumns.Of(f.Name))];

        // A column of folder names has one type in all files: whole numbers where every value is one.
        var isNumber = new Dictionary<string, bool>();
        foreach ((string name, string? value) in folders.SelectMany(f => f))
        {
            if (value != null)
                isNumber[name] = isNumber.GetValueOrDefault(name, true) && DatasetColumn.TryParse(value, out _);
        }

        DatasetFile[] described =
            [.. files.Select((file, i) => new DatasetFile(file, [.. folders[i].Select(ColumnOf)]) { Missing = nulls })];
        if (missing == MissingColumns.Null)
        {
            foreach (DatasetColumn column in described.SelectMany(f => f.Own))
                nulls.TryAdd(column.Name, DatasetColumn.MissingLike(column));
        }

        return described;

        DatasetColumn ColumnOf(KeyValuePair<string, string?> folder) =>
            DatasetColumn.OfFolder(folder.Key, isNumber.GetValueOrDefault(folder.Key), folder.Value);
    }
}
