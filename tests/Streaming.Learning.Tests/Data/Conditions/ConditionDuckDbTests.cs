using DuckDB.NET.Data;
using Streaming.Learning.Data;
using Streaming.Learning.Tests.Training;
using Streaming.Parquet.Tests;
using Xunit;
using Int96 = ParquetSharp.Int96;

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
        command.CommandText = "SET threads = 1; SET TimeZone = 'UTC'";
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
    [InlineData("tz >= '2024-01-31T08:00:00.000001+02:00' and tz <= '2024-01-31 18:00:00-05'")]
    [InlineData("tz = '2024-02-01T00:16:40+0530' or tz < '2024-01-31 06:30:00Z'")]
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
                make_timestamp(1706680000000000 + i * 600000000)::TIMESTAMPTZ AS tz,
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

    // Decimals in INT64 (m), in 16 bytes (h, n: below zero) and of values that repeat (r); neighbours are the same double.
    [Theory]
    [InlineData("m = 922337203685476.123")]
    [InlineData("m > 922337203685476.122 and m <= 922337203685476.124")]
    [InlineData("m in (922337203685476.123, 922337203685476.5, 922337203685477.001) or m < 922337203685475.003")]
    [InlineData("not (m >= 922337203685476.1234)")]
    [InlineData("m between 922337203685476.1235 and 922337203685476.1255")]
    [InlineData("m <> 922337203685476.123")]
    [InlineData("h = 1234567890123456789012345678.0000001234")]
    [InlineData("h >= 1234567890123456789012345678.0000001234 and not h = 1234567890123456789012345678.0000001240")]
    [InlineData("h < 1234567890123456789012345678.000000123")]
    [InlineData("n < -1234567890123456789012345678.0000001234")]
    [InlineData("n >= -1234567890123456789012345678.0000001234 and n is not null")]
    [InlineData("n is null or n = -1234567890123456789012345678.0000001234")]
    [InlineData("r = 99999999999999999999.03 or r < -99999999999999999999.01")]
    [InlineData("r in (99999999999999999999.03, -99999999999999999999.02) and w = 12345678901234567890123456789012345677")]
    [InlineData("w <= 12345678901234567890123456789012345676")]
    [InlineData("s = 0.005 or s < 0.002 and s > -1e-300")]
    [InlineData("s >= 3e0 and s <= 0.0301e+2")]
    public void Rows_OfLongDecimals_AreThoseOfDuckDb(string condition)
    {
        foreach (string format in new[] { "", ", PARQUET_VERSION V2" })
        {
            string path = data.In("decimals.parquet");
            using DuckDBCommand command = duck.CreateCommand();
            command.CommandText = $"""
                COPY (SELECT '922337203685475'::DECIMAL(18, 3) + (i / 1000.0)::DECIMAL(18, 3) AS m,
                    '1234567890123456789012345678'::DECIMAL(38, 10) + (i::DECIMAL(38, 10) * 0.0000000001::DECIMAL(11, 10))::DECIMAL(38, 10) AS h,
                    CASE WHEN i % 7 = 0 THEN NULL
                        ELSE '-1234567890123456789012345678'::DECIMAL(38, 10) - (i::DECIMAL(38, 10) * 0.0000000001::DECIMAL(11, 10))::DECIMAL(38, 10) END AS n,
                    (CASE WHEN i % 2 = 0 THEN -1 ELSE 1 END * ('99999999999999999999'::DECIMAL(30, 2) + (i % 5)::DECIMAL(3, 2) * 0.01)::DECIMAL(30, 2))::DECIMAL(30, 2) AS r,
                    '12345678901234567890123456789012345678'::DECIMAL(38, 0) - (i % 3)::DECIMAL(38, 0) AS w,
                    (i::DECIMAL(18, 3) / 1000)::DECIMAL(38, 3) AS s
                    FROM range(4000) t(i))
                TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048{format})
                """;
            command.ExecuteNonQuery();
            Check(path, condition);
        }
    }

    // Of each row group all values are one double.
    [Theory]
    [InlineData("d < 10000000000000000000.0100", "")]
    [InlineData("d <= 10000000000000000000.0100", "0")]
    [InlineData("d = 10000000000000000001.1234 or d in (10000000000000000002.0099, 10000000000000000004.05555)", "1")]
    [InlineData("d > 10000000000000000003.2147", "4")]
    [InlineData("not (d <= 10000000000000000003.2146)", "3,4")]
    [InlineData("negative < -10000000000000000003.2146", "3,4")]
    [InlineData("negative >= -10000000000000000001.01 and d < 99999999999999999999", "0,1")]
    [InlineData("short > 922337203685473.24", "4")]
    [InlineData("short < 922337203685470.02 or short = 922337203685475", "0")]
    public void RowGroups_ByBoundsOfLongDecimals_AreThoseThatCanMatch(string condition, string rowGroups)
    {
        string path = data.In("sorted.parquet");
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText = $"""
            COPY (SELECT d, -d AS negative, ('922337203685470'::DECIMAL(18, 3) + i // 2048 + (i % 230)::DECIMAL(6, 3) * 0.001 + 0.010)::DECIMAL(18, 3) AS short
                FROM (SELECT i, ('10000000000000000000'::DECIMAL(24, 4) + i // 2048 + (100 + i % 2048)::DECIMAL(24, 4) * 0.0001)::DECIMAL(24, 4) AS d
                    FROM range(5 * 2048) r(i)))
            TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)
            """;
        command.ExecuteNonQuery();
        using Dataset dataset = Matching.Open(condition, path);
        Assert.Equal(rowGroups, string.Join(',', dataset.RowGroups.Select(g => g.Index)));
    }

    // Times in INT96 are read in whole microseconds, and compared with literals of nanoseconds by all their digits, in any year.
    [Theory]
    [InlineData(2024)]
    [InlineData(1700)]
    [InlineData(2400)]
    [InlineData(9998)]
    public void Rows_OfInt96_AreComparedExactly(int year)
    {
        const int Rows = 3000;
        long start = (new DateTime(year, 1, 31, 12, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        long day = Math.DivRem(start, 86_400_000_000, out long ofDay);
        if (ofDay < 0)
            (day, ofDay) = (day - 1, ofDay + 86_400_000_000);

        Int96[] times = [.. Enumerable.Range(0, Rows).Select(i => Stored(day, (ofDay + i) * 1000 + i % 3 * 400))];
        File.WriteAllBytes(data.In("int96.parquet"), ArrowFile.Write(new ArrowOptions(HasDictionary: year == 2024), [1000, 2000], ArrowFile.Of("t", times)));
        foreach (string fraction in new[] { "000100", "000100000", "000100001", "000100999", "0001005", "001999999", "0025" })
        {
            int nanoseconds = int.Parse(fraction.PadRight(9, '0'), System.Globalization.CultureInfo.InvariantCulture);
            string literal = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{year:0000}-01-31 12:00:00.{fraction}'");
            foreach ((string sign, Func<int, bool> holds) in new (string, Func<int, bool>)[] { ("<", c => c < 0), ("<=", c => c <= 0), (">", c => c > 0), (">=", c => c >= 0), ("=", c => c == 0) })
            {
                using Dataset dataset = Matching.Open($"t {sign} {literal}", data.In("int96.parquet"));
                Assert.Equal(Enumerable.Range(0, Rows).Where(i => holds((i * 1000L).CompareTo(nanoseconds))).Select(i => (long)i), Matching.Rows(dataset));
            }
        }

        static Int96 Stored(long day, long nanoseconds) => new((int)nanoseconds, (int)(nanoseconds >> 32), (int)(day + 2_440_588));
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
