namespace Streaming.Cli.Tests.Commands;

/// <summary>Decimals of more digits than doubles have, which <c>convert</c> writes anew digit by digit.</summary>
public sealed class ConvertDecimalsTests : IDisposable
{
    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("V1")]
    [InlineData("V2")]
    public async Task LongDecimals_KeepTypeAndDigits(string version)
    {
        string path = scratch.Write(
            "long.parquet",
            """
            SELECT ('1234567890123456'::DECIMAL(38, 10) + i::DECIMAL(9, 0) * 0.0000000001::DECIMAL(11, 10))::DECIMAL(38, 10) AS counting,
                CASE WHEN i % 7 = 0 THEN NULL ELSE '-12345678901234567890123456.78'::DECIMAL(28, 2) + i % 5 END::DECIMAL(28, 2) AS repeated,
                CASE WHEN i % 2 = 0 THEN '79228162514264337593543950335' ELSE '-79228162514264337593543950335' END::DECIMAL(38, 0) AS largest,
                CASE WHEN i % 3 = 0 THEN '7.9228162514264337593543950335' ELSE '-0.0000000000000000000000000001' END::DECIMAL(38, 28) AS finest,
                (i - 2500)::DECIMAL(20, 3) / 8 AS short
            FROM range(5000) t(i)
            """,
            $"PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048");
        await CliRun.DoneAsync("convert", path, "--output", scratch.In("out"), "--row-group-size", "1500");
        Assert.Equal(scratch.Types(path), scratch.Types(scratch.In("out/long.parquet")));
        scratch.AssertSameRows(path, scratch.In("out/long.parquet"));
    }
}
