using System.Globalization;
using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>predict</c> writes, read back by DuckDB.</summary>
public sealed class PredictCommandTests : IDisposable
{
    readonly Scratch scratch = new();

    string ModelPath => scratch.In("my.model");

    string OutputPath => scratch.In("out.parquet");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public async Task Rows_KeepTheirOrderAcrossFilesForAnyNumberOfWorkers(string workers)
    {
        // Named in the wrong order; files are read in the order of their names.
        string first = Repository.Sample("flights/2001-01.parquet");
        string second = Repository.Sample("flights/2001-02.parquet");
        await CliRun.DoneAsync("fit", "sgd-classifier", first, "--target", "late", "--exclude", "delay,origin,destination", "--standardize", "--model", ModelPath);
        JsonElement json = await CliRun.JsonAsync(
            "predict", ModelPath, second, first, "--output", OutputPath, "--keep", "origin,delay", "--keep", "late", "--workers", workers);
        Assert.Equal(966_409, json.GetProperty("rows").GetInt64());
        Assert.Equal(
            ["origin", "delay", "late", "prediction", "probability_false", "probability_true"],
            json.GetProperty("columns").EnumerateArray().Select(c => c.GetString()!));
        Assert.Equal(
            ["origin VARCHAR", "delay INTEGER", "late BOOLEAN", "prediction BOOLEAN", "probability_false DOUBLE", "probability_true DOUBLE"], ColumnsOf(OutputPath));

        // The kept columns of every row are those of the row at the same place of the input.
        object[] row = scratch.Row(
            $"""
            SELECT count(*), count(*) FILTER (o.origin = i.origin AND o.delay = i.delay AND o.late = i.late),
                count(*) FILTER (o.prediction = (o.probability_true > 0.5)), max(abs(o.probability_false + o.probability_true - 1))
            FROM read_parquet('{OutputPath}') o POSITIONAL JOIN read_parquet(['{first}', '{second}']) i
            """);
        Assert.Equal(966_409L, row[0]);
        Assert.Equal(966_409L, row[1]);
        Assert.Equal(966_409L, row[2]);
        Assert.Equal(0.0, (double)row[3], 1e-12);
    }

    [Fact]
    public async Task Classes_AreWrittenInTheTypeOfTheTarget()
    {
        // Text.
        await CliRun.DoneAsync("fit", "sgd-classifier", Repository.Sample("diamonds"), "--target", "cut", "--exclude", "color,clarity", "--standardize", "--model", ModelPath);
        await CliRun.DoneAsync("predict", ModelPath, Repository.Sample("diamonds"), "--output", OutputPath, "--keep", "cut");
        Assert.Equal(["cut VARCHAR", "prediction VARCHAR", "probability_Fair DOUBLE"], ColumnsOf(OutputPath)[..3]);
        Assert.Empty(scratch.Texts($"SELECT DISTINCT prediction FROM '{OutputPath}' WHERE prediction NOT IN ('Fair', 'Good', 'Very Good', 'Premium', 'Ideal')"));
        await AssertAccuracyAsync(Repository.Sample("diamonds"), "cut");

        // Whole numbers.
        await CliRun.DoneAsync("fit", "sgd-classifier", Repository.Sample("covertype-ramp"), "--target", "Cover_Type", "--model", ModelPath);
        await CliRun.DoneAsync("predict", ModelPath, Repository.Sample("covertype-ramp"), "--output", OutputPath, "--keep", "Cover_Type");
        Assert.Equal(["Cover_Type INTEGER", "prediction BIGINT", "probability_1 DOUBLE"], ColumnsOf(OutputPath)[..3]);
        await AssertAccuracyAsync(Repository.Sample("covertype-ramp"), "Cover_Type");
    }

    [Fact]
    public async Task Numbers_GiveTheScoresThatEvaluateGives()
    {
        string data = Repository.Sample("diamonds");
        await CliRun.DoneAsync("fit", "linear-regression", data, "--target", "price", "--exclude", "cut,color,clarity", "--model", ModelPath);
        await CliRun.DoneAsync("predict", ModelPath, data, "--output", OutputPath, "--keep", "price");
        Assert.Equal(["price INTEGER", "prediction DOUBLE"], ColumnsOf(OutputPath));
        JsonElement metrics = (await CliRun.JsonAsync("evaluate", ModelPath, data)).GetProperty("metrics");
        object[] row = scratch.Row(
            $"""
            SELECT 1 - sum((price - prediction) ** 2) / (var_pop(price) * count(*)), sqrt(avg((price - prediction) ** 2)), avg(abs(price - prediction))
            FROM '{OutputPath}'
            """);
        AssertClose((double)row[0], metrics.GetProperty("r2").GetDouble());
        AssertClose((double)row[1], metrics.GetProperty("rmse").GetDouble());
        AssertClose((double)row[2], metrics.GetProperty("mae").GetDouble());
    }

    [Fact]
    public async Task Clusters_AreWrittenWithTheirDistance()
    {
        string data = Repository.Sample("iris");
        await CliRun.DoneAsync("fit", "mini-batch-kmeans", data, "--exclude", "target", "--n-clusters", "3", "--model", ModelPath);
        await CliRun.DoneAsync("predict", ModelPath, data, "--output", OutputPath);
        Assert.Equal(["prediction INTEGER", "distance DOUBLE"], ColumnsOf(OutputPath));
        Assert.Equal(["0", "1", "2"], scratch.Texts($"SELECT DISTINCT prediction FROM '{OutputPath}' ORDER BY 1"));
        JsonElement metrics = (await CliRun.JsonAsync("evaluate", ModelPath, data)).GetProperty("metrics");
        AssertClose((double)scratch.Row($"SELECT sum(distance ** 2) FROM '{OutputPath}'")[0], metrics.GetProperty("inertia").GetDouble());
    }

    [Fact]
    public async Task Components_AreWrittenOnePerColumn()
    {
        string data = Repository.Sample("wine");
        await CliRun.DoneAsync("fit", "incremental-pca", data, "--exclude", "target", "--standardize", "--n-components", "3", "--model", ModelPath);
        JsonElement json = await CliRun.JsonAsync("predict", ModelPath, data, "--output", OutputPath, "--keep", "target");
        Assert.Equal(["target INTEGER", "pc1 DOUBLE", "pc2 DOUBLE", "pc3 DOUBLE"], ColumnsOf(OutputPath));
        Assert.Equal(178, json.GetProperty("rows").GetInt64());
        Assert.Equal(new FileInfo(OutputPath).Length, json.GetProperty("bytes_written").GetInt64());

        // Components do not correlate, and come in the order of their variance.
        object[] row = scratch.Row($"SELECT corr(pc1, pc2), corr(pc2, pc3), var_samp(pc1) > var_samp(pc2) AND var_samp(pc2) > var_samp(pc3) FROM '{OutputPath}'");
        Assert.Equal(0, (double)row[0], 1e-6);
        Assert.Equal(0, (double)row[1], 1e-6);
        Assert.Equal(true, row[2]);
    }

    [Fact]
    public async Task Keep_CopiesEveryTypeAndNulls()
    {
        string data = scratch.Write(
            "all.parquet",
            """
            SELECT i::DOUBLE AS x, i % 2 = 0 AS y, CASE WHEN i % 3 = 0 THEN NULL ELSE 'name ' || i END AS name, i::TINYINT AS small, i * 10000000000 AS large,
                DATE '2020-01-01' + i::INT AS day, TIMESTAMP '2020-01-01 00:00:00' + INTERVAL (i) SECOND AS moment, (i / 4)::DECIMAL(9, 2) AS amount,
                CASE WHEN i % 5 = 0 THEN NULL ELSE i / 7 END AS share
            FROM range(100) t(i)
            """);
        string[] kept = ["name", "small", "large", "day", "moment", "amount", "share", "y"];
        await CliRun.DoneAsync("fit", "sgd-classifier", data, "--target", "y", "--features", "x", "--model", ModelPath);
        await CliRun.DoneAsync("predict", ModelPath, data, "--output", OutputPath, "--keep", string.Join(',', kept));
        string same = string.Join(" AND ", kept.Select(k => $"o.{k} IS NOT DISTINCT FROM i.{k}"));
        object[] row = scratch.Row($"SELECT count(*), count(*) FILTER ({same}) FROM read_parquet('{OutputPath}') o POSITIONAL JOIN read_parquet('{data}') i");
        Assert.Equal([100L, 100L], row);
    }

    [Theory]
    [InlineData("range(0)", null)]
    [InlineData("range(100)", "x > 1000")]
    [InlineData("range(100)", "x > 10 and x < 10")]
    public async Task NoRows_GiveAFileOfTheSameColumnsWithoutRows(string rows, string? where)
    {
        const string Columns = "SELECT i::DOUBLE AS x, i % 2 AS y, 'name' AS name FROM";
        await CliRun.DoneAsync("fit", "sgd-classifier", scratch.Write("train.parquet", $"{Columns} range(100) t(i)"), "--target", "y", "--exclude", "name", "--model", ModelPath);
        string data = scratch.Write("none.parquet", $"{Columns} {rows} t(i)");
        string[] condition = where == null ? [] : ["--where", where];
        JsonElement json = await CliRun.JsonAsync(["predict", ModelPath, data, "--output", OutputPath, "--keep", "name", .. condition]);
        Assert.Equal(0, json.GetProperty("rows").GetInt64());
        Assert.Equal(["name VARCHAR", "prediction BIGINT", "probability_0 DOUBLE", "probability_1 DOUBLE"], ColumnsOf(OutputPath));
        Assert.Equal([0L], scratch.Row($"SELECT count(*) FROM '{OutputPath}'"));

        // There are no scores of nothing.
        await CliRun.FailsAsync(1, ["evaluate", ModelPath, data, .. condition], where == null ? "none.parquet' has 0 rows" : where);
    }

    [Fact]
    public async Task Table_SaysWhatWasWritten()
    {
        await CliRun.DoneAsync("fit", "sgd-classifier", Repository.Sample("wine"), "--target", "target", "--model", ModelPath);
        CliRun run = await CliRun.DoneAsync("predict", ModelPath, Repository.Sample("wine"), "--output", OutputPath);
        Assert.Contains("178 rows", run.Out, StringComparison.Ordinal);
        Assert.Contains("prediction, probability_0, probability_1, probability_2", run.Out, StringComparison.Ordinal);
    }

    async Task AssertAccuracyAsync(string data, string target)
    {
        JsonElement metrics = (await CliRun.JsonAsync("evaluate", ModelPath, data)).GetProperty("metrics");
        AssertClose((double)scratch.Row($"SELECT avg((prediction = {target})::INT) FROM '{OutputPath}'")[0], metrics.GetProperty("accuracy").GetDouble());
    }

    List<string> ColumnsOf(string path) => scratch.Texts($"SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM '{path}')");

    static void AssertClose(double expected, double actual) =>
        Assert.True(
            Math.Abs(expected - actual) <= 1e-9 * Math.Abs(expected),
            string.Create(CultureInfo.InvariantCulture, $"Wanted {expected}, found {actual}."));
}
