using System.Text.Json;
using Streaming.Learning.Tests.Training;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Learning.Tests.Reference;

/// <summary>
/// A real data set with the results of scikit-learn 1.2.1 on it (tests/data/README.md): the test rows are those with row % 5 == 4.
/// </summary>
sealed class ReferenceSet
{
    readonly string data;

    /// <summary>Opens a set.</summary>
    /// <param name="data">Its Parquet file or folder.</param>
    /// <param name="json">Its results, below tests/data.</param>
    ReferenceSet(string data, string json)
    {
        this.data = data;
        Json = JsonDocument.Parse(File.ReadAllBytes(Repository.TestData(json))).RootElement;
    }

    /// <summary>The sets by name.</summary>
    public static ReferenceSet Of(string name) => name switch
    {
        "bike-sharing" => new(Repository.Sample("bike-sharing/bike-sharing.parquet"), "bike-sharing/reference-sklearn.json"),
        "breast-cancer" => new(Repository.TestData("breast-cancer/breast-cancer.parquet"), "breast-cancer/reference-sklearn.json"),
        "covertype-ramp" => new(Repository.Sample("covertype-ramp/covertype-ramp.parquet"), "covertype-ramp/reference-sklearn.json"),
        "credit-default" => new(Repository.Sample("credit-default/credit-default.parquet"), "credit-default/reference-sklearn.json"),
        "diabetes" => new(Repository.TestData("diabetes/diabetes.parquet"), "diabetes/reference-sklearn.json"),
        "digits" => new(Repository.TestData("digits/digits.parquet"), "digits/reference-sklearn.json"),
        "electricity" => new(Repository.Sample("electricity/electricity.parquet"), "electricity/reference-sklearn.json"),
        "flights" => new(Repository.Sample("flights"), "flights-3m/reference-sklearn.json"),
        "flights-delay" => new(Repository.Sample("flights"), "flights-3m/reference-sklearn-delay.json"),
        "iris" => new(Repository.Sample("iris/iris.parquet"), "iris/reference-sklearn.json"),
        "protein" => new(Repository.Sample("protein/protein.parquet"), "protein/reference-sklearn.json"),
        "spark-linear-regression" => new(
            Repository.TestData("spark-mllib/sample-linear-regression.parquet"), "spark-mllib/reference-sklearn.json"),
        "wine" => new(Repository.Sample("wine/wine.parquet"), "wine/reference-sklearn.json"),
        _ => throw new ArgumentException($"No reference set '{name}'."),
    };

    /// <summary>scikit-learn's results.</summary>
    public JsonElement Json { get; }

    public string Target => Json.GetProperty("target").GetString()!;

    public string[] Features => [.. Json.GetProperty("features").EnumerateArray().Select(f => f.GetString()!)];

    /// <summary>The numbers of an array in the results.</summary>
    public static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    /// <summary>Writes the training rows, the test rows and all rows as files of eight row groups each, the columns as DOUBLE.</summary>
    public async Task<(string Train, string Test)> SplitAsync(TestData folder)
    {
        string[] names = [.. Features, Target];
        double[][] columns = ReadAll(names);
        await WriteAsync("train.parquet", row => row % 5 != 4);
        await WriteAsync("test.parquet", row => row % 5 == 4);
        return (folder.In("train.parquet"), folder.In("test.parquet"));

        Task WriteAsync(string file, Func<int, bool> keeps)
        {
            (string, Array)[] kept = [.. names.Select((n, c) => (n, (Array)columns[c].Where((_, row) => keeps(row)).ToArray()))];
            int rows = kept[0].Item2.Length;
            int[] groups = [.. Enumerable.Range(0, 8).Select(g => rows * (g + 1) / 8 - rows * g / 8)];
            return folder.WriteAsync(file, groups, kept);
        }
    }

    /// <summary>The paths of the set as it is.</summary>
    public string Path => data;

    /// <summary>The values of columns, all rows.</summary>
    public double[][] ReadAll(string[] names) => ReadAll(data, names);

    /// <summary>The values of columns of a file or folder, all rows; NaN for null.</summary>
    public static double[][] ReadAll(string path, string[] names)
    {
        var columns = names.Select(_ => new List<double>()).ToArray();
        using var pool = new BufferPool();
        foreach (string resolved in DatasetPaths.Resolve([path]))
        {
            using ParquetFile file = ParquetFile.Open(LocalFileSource.Open(resolved), pool);
            for (int g = 0; g < file.RowGroups.Count; g++)
            {
                for (int c = 0; c < names.Length; c++)
                {
                    using ColumnReader reader = file.OpenColumn(g, file.FindColumn(names[c])!);
                    var values = new double[file.RowGroups[g].RowCount];
                    reader.Read(values);
                    columns[c].AddRange(values);
                }
            }
        }

        return [.. columns.Select(c => c.ToArray())];
    }
}
