namespace Streaming.Cli.Tests;

/// <summary>Data that can't be learned from: exit code 1, one line that says what was wanted, what was found and where.</summary>
public sealed class BadInputTests : IDisposable
{
    static readonly string Wine = Repository.Sample("wine/wine.parquet");
    readonly Scratch scratch = new();

    string ModelPath => scratch.In("my.model");

    public void Dispose()
    {
        // Whatever failed, no model and nothing half-written is left.
        Assert.DoesNotContain(scratch.Files, f => f.Contains("my.model", StringComparison.Ordinal) || f.EndsWith(".partial", StringComparison.Ordinal));
        scratch.Dispose();
    }

    [Fact]
    public Task Fit_OfAMissingFile_NamesIt() => FitFailsAsync(scratch.In("nowhere.parquet"), "y", "nowhere.parquet", "doesn't exist");

    [Fact]
    public Task Fit_OfAGlobThatMatchesNothing_NamesIt() => FitFailsAsync(scratch.In("*.parquet"), "y", "*.parquet");

    [Fact]
    public async Task Fit_OfAFileThatIsNotParquet_NamesIt()
    {
        string path = scratch.In("table.parquet");
        await File.WriteAllTextAsync(path, "a,b\n1,2\n3,4\n5,6\n", TestContext.Current.CancellationToken);
        await FitFailsAsync(path, "y", "table.parquet", "Not a Parquet file");
        await CliRun.FailsAsync(1, ["inspect", path], "table.parquet", "neither a Parquet file");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(5000)]
    public async Task Fit_OfATruncatedFile_NamesIt(int bytes)
    {
        byte[] whole = await File.ReadAllBytesAsync(Wine, TestContext.Current.CancellationToken);
        string path = scratch.In("cut.parquet");
        await File.WriteAllBytesAsync(path, whole[..bytes], TestContext.Current.CancellationToken);
        await FitFailsAsync(path, "target", "cut.parquet", "Parquet");
        await CliRun.FailsAsync(1, ["inspect", path], "cut.parquet", "Parquet");
    }

    [Fact]
    public async Task Fit_OfAFileWithDamagedPages_NamesIt()
    {
        byte[] bytes = await File.ReadAllBytesAsync(Wine, TestContext.Current.CancellationToken);
        bytes.AsSpan(100, 2000).Fill(0xFF);
        string path = scratch.In("damaged.parquet");
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        await FitFailsAsync(path, "target", "damaged.parquet");
    }

    [Theory]
    [InlineData("--target", "tarket")]
    [InlineData("--features", "alcohol,colour")]
    [InlineData("--exclude", "colour*")]
    [InlineData("--weight", "importance")]
    public Task Fit_WithAColumnThatIsNotThere_NamesItAndThoseThatAre(string option, string value)
    {
        string[] target = option == "--target" ? [] : ["--target", "target"];
        return CliRun.FailsAsync(
            1, ["fit", "sgd-classifier", Wine, "--model", ModelPath, .. target, option, value], $"'{value.Split(',')[^1]}'", "wine.parquet", "color_intensity");
    }

    [Fact]
    public Task Fit_OfATargetWithOneClass_NamesTheClass() =>
        FitFailsAsync(scratch.Write("one.parquet", "SELECT i AS x, 7 AS y FROM range(10) t(i)"), "y", "'y'", "two classes", "'7'");

    [Fact]
    public Task Fit_OfATargetWithNaN_NamesTheRow() =>
        FitFailsAsync(
            scratch.Write("nan.parquet", "SELECT i AS x, CASE WHEN i = 13 THEN 'NaN'::DOUBLE ELSE i % 2 END AS y FROM range(20) t(i)"),
            "y", "'y'", "NaN", "row 13", "nan.parquet");

    [Fact]
    public Task Fit_OfATextTargetWithNull_NamesTheRow() =>
        FitFailsAsync(
            scratch.Write("null.parquet", "SELECT i AS x, CASE WHEN i = 13 THEN NULL WHEN i % 2 = 0 THEN 'even' ELSE 'odd' END AS y FROM range(20) t(i)"),
            "y", "'y'", "null", "row 13", "null.parquet");

    [Fact]
    public Task Fit_OfANumberTargetWithNaN_NamesTheRow()
    {
        string path = scratch.Write("nan.parquet", "SELECT i AS x, CASE WHEN i = 13 THEN 'NaN'::DOUBLE ELSE i / 3 END AS y FROM range(20) t(i)");
        return CliRun.FailsAsync(1, ["fit", "linear-regression", path, "--target", "y", "--model", ModelPath], "'y'", "NaN", "row 13", "nan.parquet");
    }

    [Fact]
    public Task Fit_OfAFractionAsClass_PointsToARegressor() =>
        FitFailsAsync(scratch.Write("half.parquet", "SELECT i AS x, i / 2 AS y FROM range(10) t(i)"), "y", "'y'", "0.5", "regressor");

    [Fact]
    public Task Fit_OfATextTargetByARegressor_PointsToAClassifier() =>
        CliRun.FailsAsync(
            1, ["fit", "linear-regression", Repository.Sample("diamonds"), "--target", "cut", "--exclude", "color,clarity", "--model", ModelPath],
            "'cut'", "STRING", "classifier");

    [Fact]
    public async Task Fit_OfZeroRows_NamesTheFile()
    {
        string path = scratch.Write("empty.parquet", "SELECT i AS x, i % 2 AS y FROM range(10) t(i) WHERE i < 0");
        await FitFailsAsync(path, "y", "empty.parquet", "0 rows");
        string some = scratch.Write("some.parquet", "SELECT i AS x, i % 2 AS y FROM range(10) t(i)");
        await CliRun.FailsAsync(1, ["fit", "ridge", some, "--target", "y", "--validation", path, "--model", ModelPath], "Wanted rows to score, found none", "empty.parquet", "0 rows");
        await CliRun.FailsAsync(1, ["plan", "fit", "ridge", path, "--target", "y"], "empty.parquet", "0 rows");
        await CliRun.FailsAsync(1, ["describe", path], "empty.parquet", "0 rows");

        // Looking at such a file is no mistake.
        System.Text.Json.JsonElement json = await CliRun.JsonAsync("inspect", path);
        Assert.Equal(0, json.GetProperty("rows").GetInt64());
        Assert.Equal(2, json.GetProperty("columns").GetArrayLength());
    }

    [Fact]
    public Task Fit_OfAFeatureThatIsNotANumber_NamesItAndSaysWhatCanBeDone() =>
        CliRun.FailsAsync(
            1, ["fit", "linear-regression", Repository.Sample("diamonds"), "--target", "price", "--model", ModelPath],
            "'cut' (STRING)", "'color'", "'clarity'", "--exclude cut,color,clarity", "--features");

    [Fact]
    public Task Fit_OfAFeatureWithNulls_NamesColumnAndRow() =>
        CliRun.FailsAsync(
            1,
            ["fit", "linear-regression", Repository.Sample("california-housing"), "--target", "median_house_value", "--exclude", "ocean_proximity", "--model", ModelPath],
            "'total_bedrooms'", "null or NaN", " row ", "california-housing.parquet");

    [Fact]
    public Task Fit_WithTooLittleMemory_SaysHowMuchItTakes() =>
        FitFailsAsync(Wine, "target", ["--memory", "20kB"], "--memory");

    [Fact]
    public Task Fit_ThatDiverges_SaysWhatToTry() =>
        CliRun.FailsAsync(
            1,
            ["fit", "sgd-regressor", Repository.Sample("bike-sharing"), "--target", "cnt", "--learning-rate", "constant", "--eta0", "10", "--model", ModelPath],
            "--standardize");

    [Fact]
    public Task Fit_WithAModelInAFolderThatIsNotThere_FailsBeforeItReads() =>
        CliRun.FailsAsync(
            1, ["fit", "sgd-classifier", scratch.In("nowhere.parquet"), "--target", "y", "--model", scratch.In("no/such/folder/a.model")], "a.model", "folder");

    [Fact]
    public Task Fit_WithAFolderAsModel_Fails() =>
        CliRun.FailsAsync(1, ["fit", "sgd-classifier", Wine, "--target", "target", "--model", scratch.Root], scratch.Root, "folder");

    [Fact]
    public Task Fit_WithAllRowsHeldOut_Fails() =>
        FitFailsAsync(scratch.Write("few.parquet", "SELECT i AS x, i % 2 AS y FROM range(2) t(i)"), "y", ["--holdout", "0.999999"], "held out");

    [Fact]
    public async Task Model_OnDataWithoutItsColumns_NamesBoth()
    {
        string model = scratch.In("wine.model");
        string output = scratch.In("out.parquet");
        await CliRun.DoneAsync("fit", "sgd-classifier", Wine, "--target", "target", "--model", model);
        string iris = Repository.Sample("iris");
        await CliRun.FailsAsync(1, ["predict", model, iris, "--output", output], "alcohol", "sepal_length", "iris.parquet");
        await CliRun.FailsAsync(1, ["evaluate", model, iris], "alcohol", "sepal_length", "iris.parquet");
        Assert.Equal(["wine.model"], scratch.Files);
    }

    [Fact]
    public async Task Evaluate_OfClassesThatTheModelDoesNotKnow_NamesTheRow()
    {
        string model = scratch.In("two.model");
        await CliRun.DoneAsync("fit", "sgd-classifier", scratch.Write("two.parquet", "SELECT i AS x, i % 2 AS y FROM range(10) t(i)"), "--target", "y", "--model", model);
        string three = scratch.Write("three.parquet", "SELECT i AS x, i % 3 AS y FROM range(10) t(i)");
        await CliRun.FailsAsync(1, ["evaluate", model, three], "'y'", "'2'", "row 2", "three.parquet");
    }

    [Fact]
    public async Task Evaluate_OfATargetThatIsNotThere_NamesIt()
    {
        string model = scratch.In("wine.model");
        await CliRun.DoneAsync("fit", "sgd-classifier", Wine, "--target", "target", "--model", model);
        await CliRun.FailsAsync(1, ["evaluate", model, Wine, "--target", "cultivar"], "'cultivar'", "wine.parquet");
    }

    [Fact]
    public async Task Evaluate_OfATargetByAModelWithoutOne_IsWrongUsage()
    {
        string model = scratch.In("pca.model");
        await CliRun.DoneAsync("fit", "incremental-pca", Wine, "--exclude", "target", "--model", model);
        await CliRun.FailsAsync(2, ["evaluate", model, Wine, "--target", "target"], "incremental-pca", "'target'");
    }

    [Fact]
    public async Task Predict_WithAKeptColumnThatIsNotThere_LeavesNoFile()
    {
        string model = scratch.In("wine.model");
        await CliRun.DoneAsync("fit", "sgd-classifier", Wine, "--target", "target", "--model", model);
        await CliRun.FailsAsync(1, ["predict", model, Wine, "--output", scratch.In("out.parquet"), "--keep", "vintage"], "'vintage'", "wine.parquet");
        Assert.Equal(["wine.model"], scratch.Files);
    }

    [Fact]
    public async Task Predict_OverItsOwnInput_IsWrongUsage()
    {
        string model = scratch.In("wine.model");
        await CliRun.DoneAsync("fit", "sgd-classifier", Wine, "--target", "target", "--model", model);
        string data = scratch.In("data.parquet");
        File.Copy(Wine, data);
        await CliRun.FailsAsync(2, ["predict", model, data, "--output", data], "output", data);
        await CliRun.FailsAsync(2, ["predict", model, data, "--output", model], "output", model);
        Assert.Equal(await File.ReadAllBytesAsync(Wine, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(data, TestContext.Current.CancellationToken));
    }

    [Fact]
    public Task Fit_WithOneFileForModelAndReport_IsWrongUsage() =>
        CliRun.FailsAsync(
            2, ["fit", "ridge", Wine, "--target", "target", "--model", ModelPath, "--report", ModelPath], "Option report", ModelPath, "writes besides");

    [Theory]
    [InlineData("--checkpoint", "--model", "checkpoint")]
    [InlineData("--cache", "--model", "cache")]
    [InlineData("--cache", "--checkpoint", "cache")]
    [InlineData("--report", "--checkpoint", "report")]
    [InlineData("--report", "--cache", "report")]
    public async Task Fit_WithOnePathForTwoOutputs_FailsBeforeItReads(string one, string other, string named)
    {
        string shared = scratch.In("shared");
        string[] model = other == "--model" ? [] : ["--model", ModelPath];
        await CliRun.FailsAsync(
            2, ["fit", "ridge", scratch.In("nowhere.parquet"), "--target", "y", .. model, other, shared, one, shared + "/"], $"Option {named}", shared, "writes besides");
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Root));
    }

    [Fact]
    public Task Predict_WithoutTheModel_NamesIt() =>
        CliRun.FailsAsync(1, ["predict", scratch.In("no.model"), Wine, "--output", scratch.In("out.parquet")], "no.model");

    [Fact]
    public async Task Predict_WithParquetInPlaceOfTheModel_SaysSo()
    {
        await CliRun.FailsAsync(1, ["predict", Wine, Wine, "--output", scratch.In("out.parquet")], "wine.parquet", "model");
        await CliRun.FailsAsync(1, ["evaluate", scratch.Root, Wine], scratch.Root, "folder");
    }

    [Fact]
    public async Task Inspect_OfAModelCutShort_NamesIt()
    {
        string model = scratch.In("cut.safetensors");
        await CliRun.DoneAsync("fit", "sgd-classifier", Wine, "--target", "target", "--model", model);
        byte[] bytes = await File.ReadAllBytesAsync(model, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(model, bytes[..^8], TestContext.Current.CancellationToken);
        await CliRun.FailsAsync(1, ["inspect", model], "cut.safetensors", "model");
    }

    Task FitFailsAsync(string path, string target, params string[] named) => FitFailsAsync(path, target, [], named);

    Task FitFailsAsync(string path, string target, string[] options, params string[] named) =>
        CliRun.FailsAsync(1, ["fit", "sgd-classifier", path, "--target", target, "--model", ModelPath, .. options], named);
}
