using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Data.Conditions;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Streaming.Parquet;
using Xunit;

namespace Streaming.Learning.Tests.Data;

/// <summary>Folders such as <c>year=2024</c> give columns that can be all that stored columns can.</summary>
public sealed class FolderColumnsTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Columns_AreWholeNumbersWhereAllValuesAreAndTextsOtherwise()
    {
        await WriteAsync("year=2024/kind=1/a.parquet", 10);
        await WriteAsync("year=02025/kind=b/a.parquet", 10);
        await WriteAsync("year=__HIVE_DEFAULT_PARTITION__/kind=c%20d/a.parquet", 10);
        using Dataset dataset = Dataset.Open(data.Root);
        Assert.Equal(["2025", "2024", null], dataset.Files.Select(f => f.FindColumn("year")!.Constant));
        Assert.Equal(["b", "1", "c d"], dataset.Files.Select(f => f.FindColumn("kind")!.Constant));
        Assert.All(dataset.Files, f => Assert.Equal(ColumnKind.Number, f.FindColumn("year")!.Kind));
        Assert.All(dataset.Files, f => Assert.Equal(ColumnKind.Text, f.FindColumn("kind")!.Kind));
        Assert.All(dataset.Files, f => Assert.Equal(["x", "y", "year", "kind"], f.Columns.Select(c => c.Name)));
    }

    [Theory]
    [InlineData("year >= 2024 and month = 2", "year=2024/month=02,year=2025/month=02")]
    [InlineData("year is null", "year=__HIVE_DEFAULT_PARTITION__/month=02")]
    [InlineData("not (year = 2024) and year is not null", "year=2023/month=01,year=2025/month=02")]
    [InlineData("year in (2023, 1) or month > 5", "year=2023/month=01")]
    public async Task Where_OverFolders_LeavesFilesUnread(string condition, string folders)
    {
        foreach (string folder in new[] { "year=2023/month=01", "year=2024/month=01", "year=2024/month=02", "year=2025/month=02", "year=__HIVE_DEFAULT_PARTITION__/month=02" })
            await WriteAsync($"{folder}/a.parquet", 100);

        using Dataset dataset = Matching.Open(condition, data.Root);
        Assert.Equal(folders.Split(','), dataset.RowGroups.Select(g => Path.GetRelativePath(data.Root, Path.GetDirectoryName(g.File.Name)!).Replace('\\', '/')));
        long opened = dataset.BytesRead;
        Assert.Equal(dataset.RowsToRead, Matching.Rows(dataset).Count);

        // Folder names and statistics decide every one of these conditions.
        Assert.Equal(opened, dataset.BytesRead);
    }

    [Fact]
    public async Task Fit_LearnsFromFolderColumns_AndPredictKeepsThem()
    {
        for (int year = 2020; year < 2024; year++)
            await WriteAsync($"year={year}/country=c{year % 2}/a.parquet", 200, year);

        using Dataset dataset = Dataset.Open(data.Root);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        FitResult fit = await new LinearRegression().FitAsync(dataset, new TrainingOptions { Target = "y", Exclude = ["country"] }, cancellation);
        Assert.Equal(["x", "year"], fit.Model.Header.Features);
        var model = (LinearRegressorModel)fit.Model;
        Assert.Equal([2, 10], model.Tensors.First(t => t.Name == "coef").Values.ToArray().Select(v => Math.Round(v, 6)));

        // The country as target: every second year.
        FitResult classes = await new SgdClassifier().FitAsync(
            dataset, new TrainingOptions { Target = "country", Exclude = ["x", "year"], Standardize = true, Epochs = 5 }, cancellation);
        Assert.Equal(["c0", "c1"], classes.Model.Header.Target!.Classes);

        string output = Path.Combine(Directory.CreateDirectory(data.In("out")).FullName, "predictions.parquet");
        await using (FileStream stream = File.Create(output))
            await Predictor.PredictAsync(fit.Model, dataset, stream, new PredictionOptions { Keep = ["country", "year", "x"] }, cancellation);

        using Dataset written = Matching.Open("country = 'c1' and year = 2023 and x = 7", output);
        Assert.Equal([607L], Matching.Rows(written));
    }

    [Fact]
    public async Task AColumnOfTheFile_WinsOverItsFolder()
    {
        await data.WriteAsync(Folder("x=5/a.parquet"), [10], ("x", Enumerable.Range(0, 10).Select(i => (double)i).ToArray()));
        using Dataset dataset = Matching.Open("x < 5", data.Root);
        Assert.Equal([0L, 1, 2, 3, 4], Matching.Rows(dataset));
        Assert.Single(dataset.Files[0].Columns);
    }

    [Fact]
    public async Task AFileOutsideTheFolders_LacksTheirColumn()
    {
        await WriteAsync("year=2024/a.parquet", 10);
        await WriteAsync("z.parquet", 10);
        using Dataset dataset = Dataset.Open(data.Root);
        var error = Assert.Throws<DatasetException>(() => ColumnSelection.Resolve(dataset, ["year"], [], null, null));
        Assert.Contains("There is no column 'year' in '", error.Message, StringComparison.Ordinal);
        Assert.Contains("z.parquet", error.Message, StringComparison.Ordinal);
    }

    Task<string> WriteAsync(string name, int rows, int year = 0)
    {
        double[] x = [.. Enumerable.Range(0, rows).Select(i => (double)i)];
        return data.WriteAsync(Folder(name), [rows], ("x", x), ("y", x.Select(v => 2 * v + 10.0 * year).ToArray()));
    }

    string Folder(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(data.In(name))!);
        return name;
    }
}
