using DuckDB.NET.Data;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Data;

/// <summary>A column means the same wherever it lies: dates and times of any unit are read in one, names of folders in one type, and what can't be is refused.</summary>
public sealed class ColumnTypesTests : IDisposable
{
    const int Count = 500;
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("TIMESTAMP_MS")]
    [InlineData("TIMESTAMP")]
    [InlineData("TIMESTAMP_NS")]
    [InlineData("DATE")]
    public async Task Instants_ArePredictedFrom_InTheUnitOfTheModel(string trained)
    {
        foreach (string type in new[] { "TIMESTAMP_MS", "TIMESTAMP", "TIMESTAMP_NS", "DATE" })
            Write(type, type, days: true);

        Model model = await FitAsync(new LinearRegression(), "y", trained);
        double[] wanted = await PredictAsync(model, trained);
        Assert.All(wanted.Index(), p => Assert.Equal(p.Index, p.Item, 1e-3));
        foreach (string other in new[] { "TIMESTAMP_MS", "TIMESTAMP", "TIMESTAMP_NS", "DATE" })
            Assert.Equal(wanted, await PredictAsync(model, other));
    }

    [Fact]
    public async Task Instants_OfSeveralUnits_AreLearnedFromTogether()
    {
        Write("a", "TIMESTAMP_MS");
        Write("same", "TIMESTAMP_MS", from: Count);
        Write("micro", "TIMESTAMP", from: Count);
        Write("nano", "TIMESTAMP_NS", from: Count);
        foreach (Func<Estimator> estimator in new Func<Estimator>[] { () => new LinearRegression(), () => new SgdRegressor() })
        {
            byte[] wanted = Bytes(await FitAsync(estimator(), "y", "a", "same"));
            Assert.Equal(wanted, Bytes(await FitAsync(estimator(), "y", "a", "micro")));
            Assert.Equal(wanted, Bytes(await FitAsync(estimator(), "y", "a", "nano")));
        }
    }

    [Fact]
    public async Task AModelThatGoesOn_KeepsItsUnit()
    {
        Write("a", "TIMESTAMP_MS");
        Write("same", "TIMESTAMP_MS", from: Count);
        Write("nano", "TIMESTAMP_NS", from: Count);
        Model first = await FitAsync(new MiniBatchKMeans { NClusters = 3 }, new TrainingOptions { Features = ["t"] }, "a");
        Model wanted = await FitAsync(new MiniBatchKMeans { NClusters = 3 }, new TrainingOptions { Features = ["t"], Init = first }, "same");
        Model found = await FitAsync(new MiniBatchKMeans { NClusters = 3 }, new TrainingOptions { Features = ["t"], Init = first }, "nano");
        Assert.Equal(Bytes(wanted), Bytes(found));
        Assert.Equal("TIMESTAMP(MILLIS)", found.Header.ColumnTypes["t"]);
    }

    [Fact]
    public async Task NumbersThatAreNoInstants_AreRefused_BesideThemAndForAModelOfThem()
    {
        Write("a", "TIMESTAMP_MS");
        await data.WriteAsync("numbers.parquet", [2], ("t", (long[])[1, 2]), ("y", (double[])[1, 2]));
        var mixed = await Assert.ThrowsAsync<DatasetException>(() => FitAsync(new LinearRegression(), "y", "a", "numbers"));
        Assert.Contains("Feature 't' is TIMESTAMP(MILLIS) in the data that it is learned from; in '", mixed.Message, StringComparison.Ordinal);
        Assert.Contains("numbers.parquet' it is INT64", mixed.Message, StringComparison.Ordinal);
        Model model = await FitAsync(new LinearRegression(), "y", "numbers");
        var predicted = await Assert.ThrowsAsync<DatasetException>(() => PredictAsync(model, "a"));
        Assert.Contains("Feature 't' is INT64 in the data that it is learned from", predicted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Categories_OfOtherUnits_AreRefused_AndFlagsForNumbers()
    {
        Write("a", "DATE", days: true);
        Write("b", "TIMESTAMP", days: true);
        var options = new TrainingOptions { Target = "y", Preprocessing = [new OneHotEncoder("t")] };
        var dates = await Assert.ThrowsAsync<DatasetException>(() => FitAsync(new LinearRegression(), options, "a", "b"));
        Assert.Contains("Feature 't' is DATE in the data", dates.Message, StringComparison.Ordinal);

        await data.WriteAsync("flags.parquet", [4], ("t", (bool[])[true, false, true, false]), ("y", (double[])[1, 2, 3, 4]));
        await data.WriteAsync("numbers.parquet", [4], ("t", (int[])[1, 0, 1, 0]), ("y", (double[])[1, 2, 3, 4]));
        Model model = await FitAsync(new LinearRegression(), options, "flags");
        var numbers = await Assert.ThrowsAsync<DatasetException>(() => PredictAsync(model, "numbers"));
        Assert.Contains("Feature 't' is BOOLEAN in the data", numbers.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("01,02,x", "02")]
    [InlineData("01,02,03", "02,x")]
    public async Task NamesOfFolders_AreWhatTheyWereInTraining(string trained, string predicted)
    {
        foreach (string month in trained.Split(',').Union(predicted.Split(',')))
        {
            Directory.CreateDirectory(data.In($"trained/m={month}"));
            Directory.CreateDirectory(data.In($"predicted/m={month}"));
        }

        foreach (string month in trained.Split(','))
            await data.WriteAsync($"trained/m={month}/a.parquet", [20], ("y", Enumerable.Repeat(month == "02" ? 7.0 : 1.0, 20).ToArray()));

        foreach (string month in predicted.Split(','))
            await data.WriteAsync($"predicted/m={month}/a.parquet", [20], ("y", Enumerable.Repeat(0.0, 20).ToArray()));

        using Dataset dataset = Dataset.Open(data.In("trained"));
        Model model = (await new LinearRegression().FitAsync(dataset, new TrainingOptions { Target = "y", Preprocessing = [new OneHotEncoder("m")] })).Model;
        double[] found = await PredictAsync(model, "predicted");
        Assert.All(found[..20], y => Assert.Equal(7, y, 1e-9));
    }

    // Instants in order, a minute or a day apart, and their numbers.
    void Write(string name, string type, int from = 0, bool days = false)
    {
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText =
            $"""
            COPY (SELECT (TIMESTAMP '1969-11-05 00:00:00' + INTERVAL (i) {(days ? "DAY" : "MINUTE")})::{type} AS t, i::DOUBLE AS y FROM range({from}, {from + Count}) r(i) ORDER BY i)
            TO '{data.In(name + ".parquet")}' (FORMAT parquet)
            """;
        command.ExecuteNonQuery();
    }

    Task<Model> FitAsync(Estimator estimator, string target, params string[] files) =>
        FitAsync(estimator, new TrainingOptions { Features = ["t"], Target = target, Standardize = true }, files);

    async Task<Model> FitAsync(Estimator estimator, TrainingOptions options, params string[] files)
    {
        using Dataset dataset = data.Open([.. files.Select(f => f + ".parquet")]);
        return (await estimator.FitAsync(dataset, options, TestContext.Current.CancellationToken)).Model;
    }

    async Task<double[]> PredictAsync(Model model, string name)
    {
        string path = data.In(name);
        using Dataset dataset = Directory.Exists(path) ? Dataset.Open(path) : data.Open(name + ".parquet");
        string output = Path.Combine(Directory.CreateDirectory(data.In("out")).FullName, $"{name}.parquet");
        await using (FileStream stream = File.Create(output))
            await Predictor.PredictAsync(model, dataset, stream, cancellation: TestContext.Current.CancellationToken);

        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText = $"SELECT prediction FROM '{output}'";
        using DuckDBDataReader reader = command.ExecuteReader();
        var found = new List<double>();
        while (reader.Read())
            found.Add(reader.GetDouble(0));

        return [.. found];
    }

    // All that was learned: the rest of a model tells which files it was.
    static byte[] Bytes(Model model) => [.. model.Tensors.SelectMany(t => t.Values.ToArray().SelectMany(BitConverter.GetBytes))];
}
