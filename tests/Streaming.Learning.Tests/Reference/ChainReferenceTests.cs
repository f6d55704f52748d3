using System.Text.Json;
using DuckDB.NET.Data;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Reference;

/// <summary>
/// Raw tables with strings and gaps, from file to score in one command each, beside what scikit-learn 1.2.1 scores with the same columns made
/// into numbers by hand (tests/data/README.md).
/// </summary>
public sealed class ChainReferenceTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("diamonds", "price", "cut,color,clarity")]
    [InlineData("california-housing", "median_house_value", "ocean_proximity")]
    public async Task LeastSquares_OfRawColumns_HaveTheR2OfScikitLearn(string name, string target, string categories)
    {
        JsonElement json = Json(Repository.TestData($"{name}/reference-sklearn.json"));
        Split($"SELECT * EXCLUDE file_row_number FROM rows", Repository.Sample($"{name}/{name}.parquet"));
        TrainingOptions options = Options(target, new OneHotEncoder(categories.Split(',')));
        await HasR2Async(json, "ridge_alpha_1", new Ridge { Alpha = 1 }, options);
        await HasR2Async(json, "linear_regression", new LinearRegression(), options);
    }

    [Fact]
    public async Task Descent_OnCategories_IsAsGoodAsScikitLearns()
    {
        JsonElement json = Json(Repository.TestData("diamonds/reference-sklearn.json"));
        Split("SELECT * EXCLUDE file_row_number FROM rows", Repository.Sample("diamonds/diamonds.parquet"));
        foreach (int epochs in new[] { 1, 5 })
        {
            double found = await ScoreAsync(new SgdRegressor(), Options("price", new OneHotEncoder("cut", "color", "clarity")) with { Epochs = epochs }, "r2");
            double wanted = json.GetProperty($"sgd_{epochs}_epoch").GetProperty("r2_test_max").GetDouble();
            Assert.True(found >= wanted - 0.001, $"{epochs} epochs: R² {found:F5}, scikit-learn's best of five seeds {wanted:F5}");
        }
    }

    [Fact]
    public async Task Descent_OnCategories_ComesNearTheExactLogLoss()
    {
        Split("SELECT cut = 'Ideal' AS ideal, * EXCLUDE (cut, file_row_number) FROM rows", Repository.Sample("diamonds/diamonds.parquet"));
        TrainingOptions options = Options("ideal", new OneHotEncoder("color", "clarity"));
        double exact = await ScoreAsync(new LogisticRegression { MaxIter = 1000, Tol = 1e-6 }, options, "log_loss");
        double one = await ScoreAsync(new SgdClassifier(), options, "log_loss");
        double five = await ScoreAsync(new SgdClassifier(), options with { Epochs = 5 }, "log_loss");
        Assert.True(one <= 1.03 * exact, $"One epoch: {one}, exact {exact}.");
        Assert.True(five <= 1.01 * exact, $"Five epochs: {five}, exact {exact}.");
    }

    [Fact]
    public async Task Flights_WithAirports_HaveTheLogLossOfScikitLearn()
    {
        JsonElement json = Json(Repository.TestData("flights-3m/reference-onehot.json"));
        Flights("distance, minute_of_day, day_of_week, day_of_year, origin, destination, late");
        TrainingOptions all = Options("late", new OneHotEncoder("origin", "destination"));
        Assert.Equal(LogLoss("all"), await ScoreAsync(new LogisticRegression { Tol = 1e-8 }, all, "log_loss"), 1e-6);

        TrainingOptions some = Options("late", new OneHotEncoder("origin", "destination") { MaxCategories = 30, HandleUnknown = HandleUnknown.InfrequentIfExist });
        double exact = LogLoss("max_categories_30");
        Assert.Equal(exact, await ScoreAsync(new LogisticRegression { Tol = 1e-8 }, some, "log_loss"), 1e-6);
        double one = await ScoreAsync(new SgdClassifier(), some, "log_loss"), five = await ScoreAsync(new SgdClassifier(), some with { Epochs = 5 }, "log_loss");
        Assert.True(one <= 1.03 * exact, $"One epoch: {one}, scikit-learn's {exact}.");
        Assert.True(five <= 1.01 * exact, $"Five epochs: {five}, scikit-learn's {exact}.");

        double LogLoss(string name) => json.GetProperty(name).GetProperty("log_loss_test").GetDouble();
    }

    [Fact]
    public async Task Model_ReadsColumnsInAnyOrderWidthAndType_AndAirportsThatItNeverSaw()
    {
        Flights("distance, minute_of_day, day_of_week, day_of_year, origin, destination, late");
        TrainingOptions options = Options("late", new OneHotEncoder("origin", "destination") { MaxCategories = 30, HandleUnknown = HandleUnknown.InfrequentIfExist });
        double wanted = await ScoreAsync(new SgdClassifier(), options, "log_loss");
        Copy(
            $"""
            SELECT destination, late, 'x' AS remark, day_of_week::BIGINT AS day_of_week, origin, day_of_year::DOUBLE AS day_of_year, NULL::INTEGER AS gate,
                minute_of_day::SMALLINT AS minute_of_day, distance::DOUBLE AS distance FROM '{data.In("test.parquet")}'
            """,
            "other.parquet");
        Model model = ModelFile.Load(data.In("model"));
        using (Dataset other = data.Open("other.parquet"))
            Assert.Equal(wanted, (await Evaluator.EvaluateAsync(model, other)).Metrics.Single(m => m.Name == "log_loss").Value);

        Copy($"SELECT * REPLACE (CASE WHEN distance > 1000 THEN 'Atlantis' END AS origin) FROM '{data.In("other.parquet")}'", "unknown.parquet");
        using Dataset unknown = data.Open("unknown.parquet");
        EvaluationResult result = await Evaluator.EvaluateAsync(model, unknown);
        Assert.Equal(unknown.RowCount, result.Rows);
        Assert.True(double.IsFinite(result.Metrics.Single(m => m.Name == "log_loss").Value));
    }

    [Fact]
    [Trait("Category", "Shared")]
    public async Task TaxiFare_WithARateThatOnlyTestRowsHave_HasTheR2OfScikitLearn()
    {
        Assert.SkipUnless(SharedSet.IsThere, "STREAMING_SHARED names no folder.");
        JsonElement json = Json(SharedSet.PathOf("taxi-fare/reference-sklearn.json"));
        Copy($"SELECT * FROM '{SharedSet.PathOf("taxi-fare/train.parquet")}'", "train.parquet");
        Copy($"SELECT * FROM '{SharedSet.PathOf("taxi-fare/test.parquet")}'", "test.parquet");
        await HasR2Async(json, "ridge_alpha_1", new Ridge { Alpha = 1 }, Options("fare_amount", new OneHotEncoder("vendor_id", "rate_code", "payment_type")));
    }

    [Fact]
    [Trait("Category", "Shared")]
    public async Task GreenTaxi_WithDatesAndLocations_HasTheR2OfScikitLearn()
    {
        Assert.SkipUnless(SharedSet.IsThere, "STREAMING_SHARED names no folder.");
        JsonElement json = Json(SharedSet.PathOf("green-taxi/reference-sklearn.json"));
        foreach ((string month, string file) in new[] { ("2022-01", "train.parquet"), ("2022-02", "test.parquet") })
        {
            Copy(
                $"""
                SELECT trip_distance, passenger_count, lpep_pickup_datetime AS pickup, PULocationID, DOLocationID, duration
                FROM (SELECT *, epoch(lpep_dropoff_datetime - lpep_pickup_datetime) / 60 AS duration
                    FROM '{SharedSet.PathOf($"green-taxi/green_tripdata_{month}.parquet")}') WHERE duration BETWEEN 1 AND 60
                """,
                file);
        }

        TrainingOptions options = Options(
            "duration", new OneHotEncoder("PULocationID", "DOLocationID"), new DateParts("pickup") { Parts = [DatePart.Hour, DatePart.Weekday] });
        await HasR2Async(json, "ridge_alpha_1", new Ridge { Alpha = 1 }, options);
        double wanted = json.GetProperty("linear_regression").GetProperty("rmse_test").GetDouble();
        double found = await ScoreAsync(new SgdRegressor(), options with { Standardize = false }, "rmse");
        Assert.True(found <= 1.01 * wanted, $"One epoch of sgd-regressor: RMSE {found}, scikit-learn's least squares {wanted}.");
    }

    [Fact]
    [Trait("Category", "Shared")]
    public async Task GreenTaxi_OfOneYear_ScoresThoseOfOthersWhoseTypesHaveChanged()
    {
        Assert.SkipUnless(SharedSet.IsThere, "STREAMING_SHARED names no folder.");
        string Month(string month) => SharedSet.PathOf($"green-taxi/green_tripdata_{month}.parquet");
        string[] numbers = ["trip_distance", "extra", "tolls_amount", "passenger_count"];
        var steps = new Transformer[]
        {
            new OneHotEncoder("RatecodeID", "payment_type", "PULocationID", "store_and_fwd_flag"), new DateParts("lpep_pickup_datetime"),
            new SimpleImputer { Strategy = ValueHandling.Median }, new StandardScaler(),
        };
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Dataset train = Dataset.Open(Month("2022-01"), Month("2022-02"));
        var options = new TrainingOptions { Target = "fare_amount", Features = numbers, Workers = 2 };
        Model model = (await new Pipeline(steps, new Ridge()).FitAsync(train, options, cancellation)).Model;
        foreach (string month in new[] { "2022-03", "2023-01", "2024-01" })
        {
            using Dataset later = Dataset.Open(Month(month));
            EvaluationResult result = await Evaluator.EvaluateAsync(model, later, cancellation: cancellation);
            Assert.Equal(later.RowCount, result.Rows);
            Assert.True(double.IsFinite(result.Metrics.Single(m => m.Name == "rmse").Value));
        }
    }

    [Fact]
    [Trait("Category", "Shared")]
    public async Task Kddcup_WithAServiceThatOnlyTestRowsHave_HasTheLogLossOfScikitLearn()
    {
        Assert.SkipUnless(SharedSet.IsThere, "STREAMING_SHARED names no folder.");
        JsonElement json = Json(SharedSet.PathOf("kddcup99-10pct/reference-sklearn.json")).GetProperty("logistic_regression");
        Split("SELECT label <> 'normal' AS attack, * EXCLUDE (label, file_row_number) FROM rows", SharedSet.PathOf("kddcup99-10pct/kddcup99-10pct.parquet"));
        TrainingOptions options = Options("attack", new OneHotEncoder("protocol_type", "service", "flag"));
        double found = await ScoreAsync(new LogisticRegression { MaxIter = 1000, Tol = 1e-6 }, options, "log_loss");
        double wanted = json.GetProperty("log_loss_test").GetDouble();
        Assert.True(found <= 1.01 * wanted, $"Log-loss {found}, scikit-learn's {wanted}.");
    }

    static TrainingOptions Options(string target, params Transformer[] steps) =>
        new() { Target = target, Preprocessing = steps, Standardize = true, OnMissing = ValueHandling.Mean, Workers = 2 };

    async Task HasR2Async(JsonElement json, string reference, Estimator estimator, TrainingOptions options) =>
        Assert.Equal(json.GetProperty(reference).GetProperty("r2_test").GetDouble(), await ScoreAsync(estimator, options, "r2"), 1e-6);

    // Trains on the one file, saves the model, loads it, and scores it on the other.
    async Task<double> ScoreAsync(Estimator estimator, TrainingOptions options, string metric)
    {
        using Dataset train = data.Open("train.parquet");
        ModelFile.Save((await estimator.FitAsync(train, options, TestContext.Current.CancellationToken)).Model, data.In("model"));
        using Dataset test = data.Open("test.parquet");
        return (await Evaluator.EvaluateAsync(ModelFile.Load(data.In("model")), test)).Metrics.Single(m => m.Name == metric).Value;
    }

    void Flights(string columns)
    {
        string path = Repository.Sample("flights/2001-01.parquet");
        foreach ((string name, string wanted) in new[] { ("train.parquet", "% 8 = 0"), ("test.parquet", "% 16 = 4") })
            Copy($"SELECT {columns} FROM read_parquet('{path}', file_row_number = true) WHERE file_row_number {wanted} ORDER BY file_row_number", name);
    }

    static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;

    // Every fifth row is a test row; the query's 'rows' are those of the file.
    void Split(string query, string path)
    {
        Copy(Of("<> 4"), "train.parquet");
        Copy(Of("= 4"), "test.parquet");

        string Of(string place) =>
            $"WITH rows AS (SELECT * FROM read_parquet('{path}', file_row_number = true) WHERE file_row_number % 5 {place} ORDER BY file_row_number) {query}";
    }

    void Copy(string query, string file)
    {
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText = $"SET threads = 1; COPY ({query}) TO '{data.In(file)}' (FORMAT parquet, ROW_GROUP_SIZE 10000)";
        command.ExecuteNonQuery();
    }
}
