using Amazon.S3;
using Streaming.Storage.S3;
using Xunit;

namespace Streaming.Storage.Tests;

public sealed class S3SettingsTests
{
    [Fact]
    public void Configure_UsesPathsForBucketsOfOtherServers()
    {
        AmazonS3Config config = S3Settings.Configure(new S3Options { EndpointUrl = "http://localhost:9000", Region = "eu-north-1" });
        Assert.Equal("http://localhost:9000", config.ServiceURL.TrimEnd('/'));
        Assert.True(config.ForcePathStyle);
        Assert.Equal("eu-north-1", config.AuthenticationRegion);
    }

    [Theory]
    [InlineData("localhost:9000")]
    [InlineData("ftp://localhost")]
    [InlineData("https://user:secret@localhost")]
    [InlineData("https://localhost/?key=secret")]
    public void Configure_RefusesEndpointsAndDoesNotRepeatThem(string url)
    {
        var error = Assert.Throws<ArgumentException>(() => S3Settings.Configure(new S3Options { EndpointUrl = url }));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://bucket", "bucket", "")]
    [InlineData("S3://bucket/", "bucket", "")]
    [InlineData("s3://bucket/a/b c.parquet", "bucket", "a/b c.parquet")]
    public void Address_IsBucketAndKey(string path, string bucket, string key) =>
        Assert.Equal(new S3Address(bucket, key), S3Address.Parse(path));

    [Theory]
    [InlineData("s3://")]
    [InlineData("s3:///a")]
    [InlineData("s3://buck*/a")]
    [InlineData("s3://bucket/../other/a")]
    [InlineData("s3://bucket/a/./b")]
    public void Address_RefusesWhatIsNone(string path) => Assert.Throws<ArgumentException>(() => S3Address.Parse(path));
}
