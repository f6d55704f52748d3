using DuckDB.NET.Data;
using Streaming.Learning.Data;
using Streaming.Learning.Tests.Training;
using Xunit;

namespace Streaming.Learning.Tests.Data.Conditions;

/// <summary>Conditions pick the rows that DuckDB picks.</summary>
public sealed class ConditionDuckDbTests : IDisposable
{
    readonly DuckDBConnection duck = new("DataSource=:memory:");
    readonly TestData data = new();

    public ConditionDuckDbTests()
    {
        duck.Open();
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText = "SET threads = 1";
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        duck.Dispose();
        data.Dispose();
    }

    [Theory]
    [InlineData("flights/2001-01.parquet", "distance >= 500 and origin in ('SFO', 'LAX')")]
    [InlineData("flights/2001-01.parquet", "not (late or day_of_week between 2 and 5) and destination > 'M'")]
    [InlineData("flights/2001-01.parquet", "delay < 0 or delay > 300 and origin != 'ATL'")]
    [InlineData("flights/2001-01.parquet", "day_of_year = 17 and late = false")]
    [InlineData("bike-sharing/bike-sharing.parquet", "dteday >= '2011-03-01' and dteday < '2011-06-15' and holiday")]
    [InlineData("bike-sharing/bike-sharing.parquet", "dteday > '2012-12-30 12:00:00'")]
    [InlineData("bike-sharing/bike-sharing.parquet", "temp = 0.24 or hum not in (0.81, 0.8) and windspeed <= 0.0896")]
    [InlineData("diamonds/diamonds.parquet", "price between 2757 and 2800 and cut in ('Ideal', 'Premium', 'Fair') and not (color = 'E')")]
    [InlineData("diamonds/diamonds.parquet", "(clarity <> 'SI1' or x == 0) and carat > 1.2e0")]
    [InlineData("electricity/electricity.parquet", "nswprice > 0.2 and class = 1")]
    [InlineData("credit-default/credit-default.parquet", "BILL_AMT1 < -1000 or PAY_0 in (-2, 8)")]
    [InlineData("protein/protein.parquet", "x1 >= 15.5 and x3 < 0.0001 and not x9 = 0")]
    public void Rows_OfTheSamples_AreThoseOfDuckDb(string sample, string condition) =>
        Check(Path.Combine(Repository.Root, "samples", "data", sample), condition);

    [Theory]
    [InlineData("id = 9007199254740993")]
    [InlineData("id > 9007199254740992 and id <= 9007199254740995")]
    [InlineData("id in (9007199254740993, 9007199254740999, 3)")]
    [InlineData("not (id >= 9007199254740994)")]
    [InlineData("id in (9007199254740993, 2.5)")]
    [InlineData("u not in (18446744073709551615, 0.5)")]
    [InlineData("f = 0.1")]
    [InlineData("f > 0.1 or f < -0.3")]
    [InlineData("d = 1.10 or d < -12.34")]
    [InlineData("ns >= '2024-01-31 12:00:00.000000003'")]
    [InlineData("us < '2024-02-01' and us >= '2024-01-31T06:00:00'")]
    [InlineData("ms = '2024-01-31'")]
    [InlineData("day is null or day not between '2024-01-05' and '2024-03-01'")]
    [InlineData("t is not null and t >= 'b' and not (b and f is null)")]
    [InlineData("t in ('a', 'ccc', 'nobody') or b is null")]
    [InlineData("u >= 18446744073709551614")]
    public void Rows_OfEveryType_AreThoseOfDuckDb(string condition)
    {
        string path = data.In("types.parquet");
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText = $"""
            COPY (SELECT 9007199254740990 + i AS id,
                (i % 11 - 5)::FLOAT / 10 AS f,
                CASE WHEN i % 7 = 0 THEN NULL ELSE (i * 11 - 2000)::DECIMAL(18, 2) / 100 END::DECIMAL(18, 2) AS d,
                make_timestamp_ns(1706702400000000000 + i) AS ns,
                make_timestamp(1706680000000000 + i * 1000000000) AS us,
                make_timestamp(1706659200000000 + i * 3600000000)::TIMESTAMP_MS AS ms,
                CASE WHEN i % 5 = 0 THEN NULL ELSE DATE '2024-01-01' + i::INT END AS day,
                CASE WHEN i % 3 = 0 THEN NULL ELSE repeat(chr((97 + i % 5)::INT), (1 + i % 4)::INT) END AS t,
                CASE WHEN i % 13 = 0 THEN NULL ELSE i % 2 = 0 END AS b,
                (18446744073709551615 - i::HUGEINT)::UBIGINT AS u
                FROM range(3000) r(i))
            TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)
            """;
        command.ExecuteNonQuery();
        Check(path, condition);
    }

    void Check(string path, string condition)
    {
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText = $"SELECT file_row_number FROM read_parquet('{path}', file_row_number = true) WHERE {condition} ORDER BY 1";
        var expected = new List<long>();
        using (DuckDBDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
                expected.Add(reader.GetInt64(0));
        }

        using Dataset dataset = Matching.Open(condition, path);
        Assert.Equal(expected, Matching.Rows(dataset));
        Assert.NotEmpty(expected);
        Assert.NotEqual(dataset.RowCount, expected.Count);
    }
}
