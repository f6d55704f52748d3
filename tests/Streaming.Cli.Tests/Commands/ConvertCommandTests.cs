using System.IO.Compression;
using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>convert</c> writes, read back by DuckDB.</summary>
public sealed class ConvertCommandTests : IDisposable
{
    readonly Scratch scratch = new();

    string Folder => scratch.In("out");

    public void Dispose()
    {
        scratch.AssertNothingIsHalfWritten();
        scratch.Dispose();
    }

    [Theory]
    [InlineData("bike-sharing/bike-sharing.parquet", "csv", "")]
    [InlineData("california-housing/california-housing.parquet", "csv.gz", "COMPRESSION gzip")]
    [InlineData("credit-default/credit-default.parquet", "csv", "DELIMITER ';'")]
    [InlineData("diamonds/diamonds.parquet", "tsv", "DELIMITER '\t', FORCE_QUOTE (cut)")]
    [InlineData("electricity/electricity.parquet", "csv.gz", "COMPRESSION gzip")]
    [InlineData("flights/2001-01.parquet", "csv", "")]
    [InlineData("wine/wine.parquet", "csv", "DELIMITER '|'")]
    public async Task Csv_OfASample_IsTheSameTable(string sample, string extension, string options)
    {
        string csv = scratch.WriteCsv($"data.{extension}", $"SELECT * FROM '{Repository.Sample(sample)}'", options);
        JsonElement json = await CliRun.JsonAsync("convert", csv, "--output", Folder, "--row-group-size", "10000");
        scratch.AssertSameRows(Repository.Sample(sample), Path.Combine(Folder, "data.parquet"));
        long rows = json.GetProperty("rows").GetInt64();
        Assert.Equal((rows + 9999) / 10_000, json.GetProperty("files")[0].GetProperty("row_groups").GetInt64());
        Assert.All(json.GetProperty("columns").EnumerateArray(), c => Assert.Contains("sample of 10,000 rows", c.GetProperty("from").GetString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bike-sharing/bike-sharing.parquet", "zstd", "ZSTD", 5000)]
    [InlineData("california-housing/california-housing.parquet", "snappy", "SNAPPY", 3001)]
    [InlineData("credit-default/credit-default.parquet", "lz4_raw", "LZ4_RAW", 20_000)]
    [InlineData("diamonds/diamonds.parquet", "gzip", "GZIP", 131_072)]
    [InlineData("flights/2001-01.parquet", "none", "UNCOMPRESSED", 77_777)]
    [InlineData("iris/iris.parquet", "zstd", "ZSTD", 1)]
    public async Task Parquet_OfASample_IsTheSameTableInOtherRowGroups(string sample, string codec, string codecName, int rowGroupSize)
    {
        string source = Repository.Sample(sample);
        JsonElement json = await CliRun.JsonAsync("convert", source, "--output", Folder, "--codec", codec, "--row-group-size", $"{rowGroupSize}");
        string target = json.GetProperty("files")[0].GetProperty("output").GetString()!;
        Assert.Equal(Path.Combine(Folder, Path.GetFileName(sample)), target);
        scratch.AssertSameRows(source, target);
        Assert.Equal(scratch.Types(source), scratch.Types(target));

        JsonElement inspected = await CliRun.JsonAsync("inspect", target);
        Assert.All(inspected.GetProperty("columns").EnumerateArray(), c => Assert.Equal(codecName, c.GetProperty("codecs")[0].GetString()));
        List<long> groups = [.. inspected.GetProperty("files")[0].GetProperty("row_groups").EnumerateArray().Select(g => g.GetProperty("rows").GetInt64())];
        Assert.All(groups.SkipLast(1), g => Assert.Equal(rowGroupSize, g));
        Assert.InRange(groups[^1], 1, rowGroupSize);
    }

    [Fact]
    public async Task Parquet_OfManyTypes_KeepsTypesAndValues()
    {
        // Row groups of 2048 into ones of 3000, with nulls at other places in each column.
        scratch.Texts(
            $"""
            COPY (SELECT (i % 100)::TINYINT AS i8, i::SMALLINT AS i16, i::INTEGER AS i32, 9007199254740993 + i AS i64, (i % 200)::UTINYINT AS u8, i::USMALLINT AS u16, i::UINTEGER AS u32,
              18446744073709551615 - i::UBIGINT AS u64, i / 7.0::FLOAT AS f, i / 3.0::DOUBLE AS d, i % 2 = 0 AS b, (i / 8)::DECIMAL(9,2) AS dec, (i * 1000000007 - 5)::DECIMAL(18,3) AS dec18, CASE WHEN i % 7 = 0 THEN NULL ELSE (i / 8 - 100)::DECIMAL(38,10) END AS dec38, DATE '2020-01-01' + i::INTEGER AS day,
              TIMESTAMP '2020-01-01' + to_microseconds(i * 1000003) AS ts,
              (TIMESTAMP '1910-01-01' + to_microseconds(i * 1000003))::TIMESTAMPTZ AS tz, make_timestamp_ns(1700000000123456789 + i) AS ns, (DATE '2020-01-01' + i::INTEGER)::TIMESTAMP_MS AS ms,
              CASE WHEN i % 11 = 0 THEN NULL ELSE 9223372036854775807 - i END AS big, struct_pack(f := i, g := 'x' || i) AS grp, CASE WHEN i % 3 = 0 THEN NULL WHEN i % 3 = 1 THEN 'NaN'::DOUBLE ELSE i END AS dn,
              CASE WHEN i % 5 = 0 THEN NULL ELSE 'täxt ' || i END AS s, CASE WHEN i < 5000 THEN NULL ELSE i % 3 = 0 END AS bn, encode('b' || i) AS bytes
              FROM range(10000) t(i))
            TO '{scratch.In("types.parquet")}' (FORMAT parquet, ROW_GROUP_SIZE 2048)
            """);

        // A group becomes columns of its own.
        string flat = scratch.Write("flat.parquet", $"SELECT * EXCLUDE (grp), grp.f AS \"grp.f\", grp.g AS \"grp.g\" FROM '{scratch.In("types.parquet")}'");
        await CliRun.DoneAsync("convert", scratch.In("types.parquet"), "--output", Folder, "--row-group-size", "3000");
        string target = Path.Combine(Folder, "types.parquet");
        string Ordered(string path) => $"(SELECT COLUMNS(*) FROM (SELECT * FROM '{flat}' WHERE false UNION ALL BY NAME SELECT * FROM '{path}'))";
        Assert.Equal(scratch.Types(flat).Order(), scratch.Types(target).Order());
        Assert.Equal(["0"], scratch.Texts($"SELECT count(*) FROM ({Ordered(flat)} EXCEPT ALL {Ordered(target)})"));
        Assert.Equal(scratch.Texts($"SELECT i32 FROM '{flat}'"), scratch.Texts($"SELECT i32 FROM '{target}'"));
    }

    [Fact]
    public async Task Float32_NarrowsDoublesOfBoth()
    {
        const string Query = "SELECT i AS whole, i / 7.0::DOUBLE AS x, CASE WHEN i % 3 = 0 THEN NULL ELSE -i / 11.0::DOUBLE END AS y FROM range(5000) t(i)";
        string parquet = scratch.Write("p.parquet", Query);
        string csv = scratch.WriteCsv("c.csv", Query);
        JsonElement json = await CliRun.JsonAsync("convert", parquet, csv, "--output", Folder, "--float32", "--row-group-size", "2000");
        Assert.Equal("FLOAT", Column(json, "x").GetProperty("type").GetString());
        Assert.Equal("INT64", Column(json, "whole").GetProperty("type").GetString());
        Assert.Equal(2, Column(json, "y").GetProperty("files").GetInt32());
        string narrow = scratch.Write("n.parquet", "SELECT whole, x::FLOAT AS x, y::FLOAT AS y FROM '" + parquet + "'");
        scratch.AssertSameRows(narrow, Path.Combine(Folder, "p.parquet"));
        scratch.AssertSameRows(narrow, Path.Combine(Folder, "c.parquet"));
    }

    [Fact]
    public async Task Csv_Types_AreGuessed()
    {
        string csv = scratch.WriteText(
            "t.csv",
            "flag,whole,number,day,time,text,never,\"quoted, \"\"name\"\"\",mixed\n"
            + "true,1,1.5,2001-02-03,2001-02-03 04:05:06,abc,,\"a,b\",1\n"
            + "FALSE, -7 ,-inf,2024-02-29,2001-02-03T04:05:06.123456,\"line\nbreak\",,\"say \"\"x\"\"\",2001-01-01\n"
            + ",,,,,,,,\n"
            + "False,9223372036854775807,1e-3,0001-01-01,2001-02-03 04:05,ünï,,\" \",x\r\n"
            + "true,+5,NaN,9999-12-31,2001-02-03,\"\",,z,");
        JsonElement json = await CliRun.JsonAsync("convert", csv, "--output", Folder);
        Assert.Equal(
            ["BOOLEAN", "INT64", "DOUBLE", "DATE", "TIMESTAMP(MICROS)", "STRING", "STRING", "STRING", "STRING"],
            json.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("type").GetString()));
        string output = Path.Combine(Folder, "t.parquet");
        Assert.Equal(["BOOLEAN", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR"], scratch.Types(output).Select(t => t.Split(' ')[^1]));
        Assert.Equal(["true", "false", "-", "false", "true"], scratch.Values(output, "flag"));
        Assert.Equal(["1", "-7", "-", "9223372036854775807", "5"], scratch.Values(output, "whole"));
        Assert.Equal(["1.5", "-inf", "-", "0.001", "nan"], scratch.Values(output, "number"));
        Assert.Equal(["2001-02-03", "2024-02-29", "-", "0001-01-01", "9999-12-31"], scratch.Values(output, "day"));
        Assert.Equal(
            ["2001-02-03 04:05:06", "2001-02-03 04:05:06.123456", "-", "2001-02-03 04:05:00", "2001-02-03 00:00:00"], scratch.Values(output, "time"));
        Assert.Equal(["abc", "line\nbreak", "-", "ünï", "-"], scratch.Values(output, "text"));
        Assert.Equal(["-", "-", "-", "-", "-"], scratch.Values(output, "never"));
        Assert.Equal(["a,b", "say \"x\"", "-", " ", "z"], scratch.Values(output, "quoted, \"\"name\"\""));
        Assert.Equal(["1", "2001-01-01", "-", "x", "-"], scratch.Values(output, "mixed"));
    }

    [Fact]
    public async Task Csv_RowGroups_AreRuledOutByBoundsThatAreTrue()
    {
        string csv = scratch.WriteText("t.csv", "time,text,x\n2024-01-02 03:04:05,b,1\n2024-01-03 00:00:00.000001,\uFF01,2\n2024-01-04 00:00,\U0001F600,3\n2024-01-05 00:00,c,4\n");
        await CliRun.DoneAsync("convert", csv, "--output", Folder);
        Assert.Equal(3, await RowsOf("time > '2024-01-02 03:04:05'"));
        Assert.Equal(1, await RowsOf("time between '2024-01-03' and '2024-01-03 12:00:00'"));
        Assert.Equal(1, await RowsOf("text = '\U0001F600'"));
        Assert.Equal(2, await RowsOf("text >= '\uFF01'"));
        Assert.Equal(["3", "1"], scratch.Texts($"SELECT unnest([(SELECT count(*) FROM '{Folder}/t.parquet' WHERE time > '2024-01-02 03:04:05'), (SELECT count(*) FROM '{Folder}/t.parquet' WHERE text = '\U0001F600')])"));

        async Task<long> RowsOf(string condition) => (await CliRun.JsonAsync("describe", Folder, "--where", condition)).GetProperty("rows").GetInt64();
    }

    [Fact]
    public async Task Csv_FieldsOfMegabytes_AreKeptOnce()
    {
        // Noise, the later the longer: the last one has 20 MB.
        string csv = scratch.WriteCsv("long.csv", "SELECT i AS id, CASE WHEN i = 2 THEN NULL ELSE (SELECT string_agg(md5((j * 5 + i)::VARCHAR), 'ü') FROM range(i * 150000) r(j)) END AS note FROM range(5) t(i)");
        JsonElement json = await CliRun.JsonAsync("convert", csv, "--output", Folder, "--codec", "none");
        Assert.InRange(json.GetProperty("bytes_written").GetInt64(), new FileInfo(csv).Length - 1000, new FileInfo(csv).Length + 1000);
        string output = Path.Combine(Folder, "long.parquet");
        scratch.AssertSameRows(scratch.Write("l.parquet", $"SELECT * FROM read_csv('{csv}', max_line_size = 100000000)"), output);
        Assert.Equal(5, (await CliRun.JsonAsync("inspect", output, "--stats")).GetProperty("rows").GetInt64());
        await CliRun.DoneAsync("convert", output, "--output", scratch.In("again"));
        scratch.AssertSameRows(output, scratch.In("again/long.parquet"));
    }

    [Fact]
    public async Task Csv_LongTexts_EndARowGroupEarly()
    {
        // The 17th record brings the first one to 64 MiB.
        string path = scratch.In("long.csv.gz");
        await using (var text = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest)))
        {
            await text.WriteAsync("id,note\n");
            for (int i = 0; i < 25; i++)
                await text.WriteAsync($"{i},{new string((char)('a' + i), 4_000_000)}\n");
        }

        JsonElement json = await CliRun.JsonAsync("convert", path, "--output", Folder);
        Assert.Equal(25, json.GetProperty("rows").GetInt64());
        string output = Path.Combine(Folder, "long.parquet");
        Assert.Equal(["17", "8"], scratch.Texts($"SELECT row_group_num_rows FROM parquet_metadata('{output}') WHERE column_id = 0 ORDER BY row_group_id"));
        Assert.Equal(["25"], scratch.Texts($"SELECT count(*) FROM '{output}' WHERE note = repeat(chr(97 + id::INTEGER), 4000000)"));
        Assert.Equal(1, (await CliRun.JsonAsync("describe", output, "--where", $"note >= '{new string('y', 15)}'")).GetProperty("rows").GetInt64());
    }

    [Fact]
    public async Task Csv_TimesWithAZone_AreInstants()
    {
        string csv = scratch.WriteText(
            "z.csv",
            "t,given,mixed,day,far\n"
            + "2024-01-02T03:04:05Z,2024-01-02T03:04Z,2024-01-02T03:04:05Z,2024-01-02Z,2024-01-02T03:04:05+15:00\n"
            + "2024-01-02 03:04:05.123456+02:00,,2024-01-02T03:04:05,2024-01-02+02,2024-01-02T03:04:05+02:60\n"
            + ",2024-01-02 03:04-0330,,,\n"
            + "2024-01-01T00:30:00+01,1969-12-31T23:59:59.999999-00:00,,,\n");
        await CliRun.DoneAsync("convert", csv, "--output", Folder, "--types", "given=timestamp");
        string output = Path.Combine(Folder, "z.parquet");
        const string Instant = "TIMESTAMP WITH TIME ZONE";
        Assert.Equal([$"t {Instant}", $"given {Instant}", "mixed VARCHAR", "day VARCHAR", "far VARCHAR"], scratch.Types(output));
        Assert.Equal(
            ["2024-01-02 03:04:05", "2024-01-02 01:04:05.123456", "-", "2023-12-31 23:30:00"], scratch.Texts($"SELECT coalesce((t AT TIME ZONE 'UTC')::VARCHAR, '-') FROM '{output}'"));
        Assert.Equal(
            ["2024-01-02 03:04:00", "-", "2024-01-02 06:34:00", "1969-12-31 23:59:59.999999"], scratch.Texts($"SELECT coalesce((given AT TIME ZONE 'UTC')::VARCHAR, '-') FROM '{output}'"));
        Assert.Equal(2, (await CliRun.JsonAsync("inspect", output, "--stats")).GetProperty("columns").EnumerateArray().Count(c => c.GetProperty("type").GetString() == "TIMESTAMP(MICROS)"));
    }

    [Theory]
    [InlineData("timestamp", "2024-01-01 00:00:00", "2024-01-01T00:00:00Z", "wanted timestamp without a time zone")]
    [InlineData("timestamp", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00", "wanted timestamp without a time zone")]
    [InlineData("timestamptz", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00", "wanted timestamptz with a time zone")]
    public Task Csv_TimesWithAndWithoutAZone_AreNoneOfATypeThatIsGiven(string type, string first, string second, string wanted) =>
        CliRun.FailsAsync(1, ["convert", scratch.WriteText("x.csv", $"a,b\n{first},1\n{second},2\n"), "--output", Folder, "--types", $"a={type}"], "column 'a'", wanted, "a=text");

    [Fact]
    public async Task Csv_ThatContradictsItsSample_NamesPlaceAndWhatToDo()
    {
        // The third field of the first record spans two lines.
        string csv = scratch.WriteText("late.csv", "id,age,note\n1,2,\"a\nb\"\n" + string.Concat(Enumerable.Range(2, 10_000).Select(i => $"{i},{i},x\n")) + "10002,2.5,x\n");
        await CliRun.FailsAsync(1, ["convert", csv, "--output", Folder], "late.csv', line 10004, column 'age'", "wanted int64", "10,000 rows", "'2.5'", "--types age=float64");
        Assert.False(Directory.Exists(Folder));

        JsonElement json = await CliRun.JsonAsync("convert", csv, "--output", Folder, "--types", "age=float32,id=int32");
        Assert.Equal(["INT32", "FLOAT", "STRING"], json.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("type").GetString()));
        Assert.Equal("--types", Column(json, "age").GetProperty("from").GetString());
        Assert.Equal("2.5", scratch.Values(Path.Combine(Folder, "late.parquet"), "age")[^1]);
    }

    [Theory]
    [InlineData("int32", "2147483648", "=int64")]
    [InlineData("float32", "1e39", "=float64")]
    [InlineData("float64", "1e999", "=text")]
    [InlineData("date", "2001-01-01 10:00", "=timestamp")]
    [InlineData("date", "2001-02-29", "=text")]
    [InlineData("boolean", "yes", "=text")]
    public Task Csv_WithAValueThatIsNoneOfItsGivenType_SaysWhichTypeTakesIt(string type, string value, string hint) =>
        CliRun.FailsAsync(1, ["convert", scratch.WriteText("x.csv", $"a,b\n,1\n{value},2\n"), "--output", Folder, "--types", $"a={type}"], "line 3, column 'a'", $"wanted {type}", $"'{value}'", "a" + hint);

    [Fact]
    public async Task Csv_FilesOfAFolder_AgreeOnTypesAndKeepTheirPlaces()
    {
        scratch.WriteText("in/year=2001/part.csv", "x,only\n1,a\n2,b\n");
        scratch.WriteText("in/year=2002/part.csv", "x\n1.5\n");
        scratch.WriteText("in/readme.txt", "not for training");
        scratch.WriteText("in/_log/part.csv", "x\nbroken\n");
        JsonElement json = await CliRun.JsonAsync("convert", scratch.In("in"), "--output", Folder);
        Assert.Equal("DOUBLE", Column(json, "x").GetProperty("type").GetString());
        Assert.Equal(1, Column(json, "only").GetProperty("files").GetInt32());
        Assert.Equal(2, json.GetProperty("files").GetArrayLength());
        Assert.Equal(["4.5"], scratch.Texts($"SELECT sum(x) FROM read_parquet('{Folder}/**/*.parquet', union_by_name = true)"));
        Assert.True(File.Exists(Path.Combine(Folder, "year=2001", "part.parquet")));

        // Read by the command itself.
        Assert.Equal(3, (await CliRun.JsonAsync("inspect", Folder, "--stats")).GetProperty("rows").GetInt64());
    }

    [Fact]
    public async Task Csv_OfAHeaderAlone_HasNoRows()
    {
        JsonElement json = await CliRun.JsonAsync("convert", scratch.WriteText("x.csv", "a,b\n"), "--output", Folder);
        Assert.Equal(0, json.GetProperty("rows").GetInt64());
        Assert.Equal(["0"], scratch.Texts($"SELECT count(*) FROM '{Folder}/x.parquet'"));
    }

    [Theory]
    [InlineData("TIME '10:00:00'", "TIME(MICROS)")]
    [InlineData("uuid()", "UUID")]
    [InlineData("'-79228162514264337593543950336'::DECIMAL(38,0)", "29 digits")]
    [InlineData("'0.00000000000000000000000000001'::DECIMAL(38,29)", "28 digits behind the point")]
    public async Task Parquet_WithWhatCantBeKept_IsRefusedByName(string value, string named)
    {
        string path = scratch.Write("o.parquet", $"SELECT 1 AS x, {value} AS y");
        await CliRun.FailsAsync(1, ["convert", path, "--output", Path.Combine(Folder, "of", "folders")], "'y'", "o.parquet", named);
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Exclude_LeavesColumnsOut_AlsoThoseThatCantBeConverted()
    {
        string parquet = scratch.Write("p.parquet", "SELECT 'a' AS log_a, i AS x, ['x'] AS list, uuid() AS id, i / 4 AS y FROM range(9) t(i)");
        string csv = scratch.WriteText("c.csv", "x,log_b,y\n1,one,0.5\n2,two,\n");
        await CliRun.DoneAsync("convert", parquet, csv, "--output", Folder, "--exclude", "log_*,list,id");
        scratch.AssertSameRows(scratch.Write("q.parquet", $"SELECT x, y FROM '{parquet}'"), Path.Combine(Folder, "p.parquet"));
        scratch.AssertSameRows(scratch.Write("d.parquet", "SELECT * FROM (VALUES (1::BIGINT, 0.5::DOUBLE), (2, NULL)) t(x, y)"), Path.Combine(Folder, "c.parquet"));
        await CliRun.FailsAsync(1, ["convert", parquet, csv, "--output", Folder, "--exclude", "id,lst"], "Option exclude: no file has a column 'lst'", "'x'", "'log_b'");
        await CliRun.FailsAsync(1, ["convert", csv, "--output", Folder, "--exclude", "*"], "no column of", "c.csv");
        await CliRun.FailsAsync(1, ["convert", parquet, "--output", Folder], "'list'", "--exclude");
    }

    [Fact]
    public async Task Parquet_BeyondFloat32_IsNamed() =>
        await CliRun.FailsAsync(1, ["convert", scratch.Write("h.parquet", "SELECT 1e300 AS x"), "--output", Folder, "--float32"], "'x'", "h.parquet", "1E+300", "float32");

    [Fact]
    public async Task Parquet_WithDamagedPages_IsNamedAndLeavesThePreviousFile()
    {
        string source = scratch.In("wine.parquet");
        File.Copy(Repository.Sample("wine/wine.parquet"), source);
        await CliRun.DoneAsync("convert", source, "--output", Folder);
        byte[] bytes = await File.ReadAllBytesAsync(source, TestContext.Current.CancellationToken);
        bytes.AsSpan(100, 2000).Fill(0xFF);
        await File.WriteAllBytesAsync(source, bytes, TestContext.Current.CancellationToken);
        await CliRun.FailsAsync(1, ["convert", source, "--output", Folder], "wine.parquet'", "Column '");
        scratch.AssertSameRows(Repository.Sample("wine/wine.parquet"), Path.Combine(Folder, "wine.parquet"));
    }

    [Fact]
    public async Task Times_DoNotDependOnTheZoneOfTheMachine()
    {
        const string Query = "SELECT TIMESTAMP '2001-07-01 00:30:00' + to_hours(i::INTEGER) AS local, local::TIMESTAMPTZ AS instant, local::DATE AS day FROM range(100) t(i)";
        string parquet = scratch.Write("p.parquet", Query);
        string csv = scratch.WriteCsv("c.csv", $"SELECT local, day FROM ({Query})");
        string command = Path.Combine(AppContext.BaseDirectory, "streaming.dll");
        using var process = System.Diagnostics.Process.Start("env", ["TZ=America/New_York", "dotnet", command, "convert", parquet, csv, "--output", Folder, "--json"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        scratch.AssertSameRows(parquet, Path.Combine(Folder, "p.parquet"));
        scratch.AssertSameRows(scratch.Write("n.parquet", $"SELECT local, day FROM '{parquet}'"), Path.Combine(Folder, "c.parquet"));
    }

    [Fact]
    public async Task Files_ThatWouldBecomeOne_AreNamed()
    {
        scratch.WriteText("a/x.csv", "a\n1\n");
        scratch.WriteText("b/x.csv", "a\n2\n");
        await CliRun.FailsAsync(2, ["convert", scratch.In("a/x.csv"), scratch.In("b/x.csv"), "--output", Folder], "a/x.csv", "b/x.csv", "x.parquet");
        string inPlace = scratch.Write("y.parquet", "SELECT 1 AS a");
        await CliRun.FailsAsync(2, ["convert", inPlace, "--output", scratch.Root], "output", "y.parquet");
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Usage_ThatIsWrong_IsTold()
    {
        string csv = scratch.WriteText("x.csv", "a,b\n1,2\n");
        await CliRun.FailsAsync(2, ["convert", csv], "--output");
        await CliRun.FailsAsync(2, ["convert", csv, "--output", Folder, "--codec", "lzo"], "codec", "zstd, snappy, lz4_raw, gzip, none", "'lzo'");
        await CliRun.FailsAsync(2, ["convert", csv, "--output", Folder, "--types", "a=number"], "types", "float64", "'a=number'");
        await CliRun.FailsAsync(2, ["convert", csv, "--output", Folder, "--delimiter", "::"], "delimiter", "'::'");
        await CliRun.FailsAsync(2, ["convert", csv, "--output", Folder, "--row-group-size", "0"], "row-group-size", "'0'");
        await CliRun.FailsAsync(2, ["convert", csv, "--output", csv], "output", "x.csv");
        await CliRun.FailsAsync(1, ["convert", csv, "--output", Folder, "--types", "c=text"], "'c'", "'a', 'b'");
        await CliRun.FailsAsync(1, ["convert", scratch.In("nothing.csv"), "--output", Folder], "nothing.csv", "doesn't exist");
        await File.WriteAllBytesAsync(scratch.In("x.bin"), [1, 0, 2, 0], TestContext.Current.CancellationToken);
        await CliRun.FailsAsync(1, ["convert", scratch.In("x.bin"), "--output", Folder], "x.bin", "neither Parquet");
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Table_StatesTypesAndWhereTheyAreFrom()
    {
        CliRun run = await CliRun.DoneAsync("convert", scratch.WriteText("x.csv", "a,b\n1,2\n"), "--output", Folder, "--types", "b=text");
        foreach (string text in new[] { "1 file, 1 row", "INT64", "a sample of 10,000 rows", "STRING", "--types" })
            Assert.Contains(text, run.Out, StringComparison.Ordinal);
    }

    static JsonElement Column(JsonElement json, string name) =>
        Assert.Single(json.GetProperty("columns").EnumerateArray(), c => c.GetProperty("name").GetString() == name);
}
