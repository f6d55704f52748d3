using Xunit;

namespace Streaming.Storage.Tests;

public sealed class FolderColumnsTests
{
    [Theory]
    [InlineData("year=2024/month=01/part.parquet", "year:2024,month:01")]
    [InlineData("/data/trips/year=2024/x/month=01/part=3.parquet", "year:2024,month:01")]
    [InlineData("city=S%C3%A3o%20Paulo/a%3Db=c%2Fd=e/part.parquet", "city:São Paulo,a=b:c/d=e")]
    [InlineData("year=__HIVE_DEFAULT_PARTITION__/empty=/part.parquet", "year:(null),empty:")]
    [InlineData("year=1/month=2/year=3/part.parquet", "month:2,year:3")]
    [InlineData(@"trips\year=2024\part.parquet", "year:2024")]
    [InlineData("=2024/part.parquet", "")]
    [InlineData("part.parquet", "")]
    public void Of_GivesTheNamesAndValuesOfTheFolders(string path, string columns) =>
        Assert.Equal(columns, string.Join(',', FolderColumns.Of(path).Select(c => $"{c.Key}:{c.Value ?? "(null)"}")));
}
