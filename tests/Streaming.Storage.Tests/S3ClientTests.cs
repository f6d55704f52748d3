using System.Net;
using System.Net.Sockets;
using Streaming.Storage.S3;
using Xunit;

namespace Streaming.Storage.Tests;

public sealed class S3ClientTests
{
    static readonly StoredObject Item = new(new S3Address("bucket", "a/b.parquet"), 100, "\"v1\"");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_AsksForTheRangeOfTheListedVersion()
    {
        FakeS3 s3 = new FakeS3().Answer(HttpStatusCode.PartialContent, "456"u8);
        Assert.Equal("456", await ReadAsync(s3, 4, 3));
        Assert.Equal(["GET /bucket/a/b.parquet bytes=4-6 \"v1\""], s3.Requests);
    }

    [Fact]
    public async Task Read_SaysWhoPaysAndIsNotSignedWhereThatIsWished()
    {
        FakeS3 s3 = new FakeS3().Answer(HttpStatusCode.PartialContent, "456"u8);
        await ReadAsync(s3, 4, 3);
        Assert.Equal(["requester"], s3.Headers!.GetValues("x-amz-request-payer"));
        Assert.False(s3.Headers.Contains("Authorization"));
    }

    [Fact]
    public async Task Read_AsksForTheRestWhenTheBodyBreaksOff()
    {
        FakeS3 s3 = new FakeS3()
            .Answer(_ => new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new BrokenContent("45"u8.ToArray(), 3) })
            .Answer(HttpStatusCode.PartialContent, "6"u8);
        Assert.Equal("456", await ReadAsync(s3, 4, 3));
        Assert.EndsWith("bytes=6-6 \"v1\"", s3.Requests[1], StringComparison.Ordinal);
        Assert.Single(s3.Pauses);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, "InternalError")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "SlowDown")]
    [InlineData(HttpStatusCode.TooManyRequests, "TooManyRequests")]
    [InlineData(HttpStatusCode.BadRequest, "RequestTimeout")]
    [InlineData(HttpStatusCode.Forbidden, "RequestTimeTooSkewed")]
    [InlineData(HttpStatusCode.BadRequest, "ExpiredToken")]
    public async Task Read_TriesAgainWhatCanPass(HttpStatusCode status, string code)
    {
        FakeS3 s3 = new FakeS3().Error(status, code).Error(status, code).Answer(HttpStatusCode.PartialContent, "456"u8);
        Assert.Equal("456", await ReadAsync(s3, 4, 3));
        Assert.Equal(2, s3.Pauses.Count);
    }

    [Fact]
    public async Task Read_TriesAgainWhenTheConnectionBreaks()
    {
        FakeS3 s3 = new FakeS3()
            .Answer(_ => throw new HttpRequestException("reset", new SocketException((int)SocketError.ConnectionReset)))
            .Answer(HttpStatusCode.PartialContent, "456"u8);
        Assert.Equal("456", await ReadAsync(s3, 4, 3));
    }

    [Fact]
    public async Task Read_WaitsAsLongAsTheServerAsks()
    {
        FakeS3 s3 = new FakeS3().Error(HttpStatusCode.TooManyRequests, "", "Retry-After", "7").Answer(HttpStatusCode.PartialContent, "456"u8);
        await ReadAsync(s3, 4, 3);
        Assert.Equal([TimeSpan.FromSeconds(7)], s3.Pauses);
    }

    [Fact]
    public async Task Read_GivesUpWithinItsBudgetAndPausesLongerAndLonger()
    {
        var s3 = new FakeS3();
        for (int i = 0; i < 9; i++)
            s3.Error(HttpStatusCode.InternalServerError, "InternalError");

        IOException error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(s3, 0, 1));
        Assert.Equal("'s3://bucket/a/b.parquet': S3 answered 500 InternalError. (tried 9 times)", error.Message);
        Assert.Equal(8, s3.Pauses.Count);
        Assert.InRange(s3.Pauses[0].TotalMilliseconds, 50, 100);
        Assert.InRange(s3.Pauses[7].TotalMilliseconds, 6400, 12800);
        Assert.InRange(s3.Pauses.Sum(p => p.TotalSeconds), 12, 26);
    }

    [Theory]
    [InlineData(HttpStatusCode.PreconditionFailed, "PreconditionFailed", "was replaced or removed")]
    [InlineData(HttpStatusCode.RequestedRangeNotSatisfiable, "InvalidRange", "was replaced or removed")]
    [InlineData(HttpStatusCode.NotFound, "NoSuchKey", "no such object")]
    [InlineData(HttpStatusCode.NotFound, "NoSuchBucket", "no such bucket")]
    [InlineData(HttpStatusCode.Forbidden, "AccessDenied", "access is denied")]
    [InlineData(HttpStatusCode.Forbidden, "InvalidAccessKeyId", "does not know these credentials")]
    public async Task Read_EndsAtOnceWhereNothingHelps(HttpStatusCode status, string code, string expected)
    {
        IOException error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(new FakeS3().Error(status, code), 0, 1));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("'s3://bucket/a/b.parquet': ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The checksums of "123456789" in the catalogue of CRC algorithms (reveng.sourceforge.io), and as the SHA standards give them.</summary>
    [Theory]
    [InlineData("crc32", "CBF43926")]
    [InlineData("crc32c", "E3069283")]
    [InlineData("crc64nvme", "AE8B14860A799888")]
    [InlineData("sha1", "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    [InlineData("sha256", "15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225")]
    public async Task Read_OfAWholeObject_HoldsItToItsChecksum(string algorithm, string checksum)
    {
        (string header, string value) = ($"x-amz-checksum-{algorithm}", Convert.ToBase64String(Convert.FromHexString(checksum)));
        foreach ((string tag, string range) in new[] { ("v1", "bytes=0-8"), ("25f9e794323b453885f5181f1b624d0b", "") })
        {
            FakeS3 s3 = new FakeS3 { ETag = tag }.Answer(HttpStatusCode.OK, "123456780"u8, header, value).Answer(HttpStatusCode.OK, "123456789"u8, header, value);
            var bytes = new byte[9];
            await s3.Client.ReadAsync(Item with { Length = 9, ETag = $"\"{tag}\"" }, 0, bytes, Stop);
            Assert.Equal("123456789"u8, bytes);
            Assert.Equal(Enumerable.Repeat($"GET /bucket/a/b.parquet {range} \"{tag}\"", 2), s3.Requests);
        }
    }

    [Fact]
    public async Task Read_AsksAgainForWhatIsAnnouncedAsOtherBytes()
    {
        FakeS3 s3 = new FakeS3()
            .Answer(_ => Part("bytes 5-7/100", "567"))
            .Answer(_ => Part("bytes 4-6/100", "456"));
        Assert.Equal("456", await ReadAsync(s3, 4, 3));
        Assert.Single(s3.Pauses);

        static HttpResponseMessage Part(string range, string text)
        {
            var answer = new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new StringContent(text) };
            answer.Content.Headers.Add("Content-Range", range);
            return answer;
        }
    }

    [Theory]
    [InlineData("<!doctype html><p>Console")]
    [InlineData("<html></html>")]
    [InlineData("<ListBucketResult><Name>bucket</Name><Contents><Key>a.par")]
    [InlineData("")]
    public async Task Find_OnAServerThatIsNoS3_SaysSo(string page)
    {
        var s3 = new FakeS3();
        for (int i = 0; i < 9; i++)
            s3.Answer(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(page) });

        IOException error = await Assert.ThrowsAsync<IOException>(() => S3Listing.FindAsync(s3.Client, "s3://bucket/*.parquet", Stop));
        Assert.Contains("--endpoint-url", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_OfAnObjectWithoutAVersion_SaysThatTheServerIsNoS3()
    {
        var s3 = new FakeS3();
        for (int i = 0; i < 9; i++)
            s3.Answer(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) });

        IOException error = await Assert.ThrowsAsync<IOException>(() => S3Listing.FindAsync(s3.Client, "s3://bucket/a.parquet", Stop));
        Assert.Contains("--endpoint-url", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NamesTheRegionOfTheBucket()
    {
        FakeS3 s3 = new FakeS3().Error(HttpStatusCode.MovedPermanently, "PermanentRedirect", "x-amz-bucket-region", "eu-west-1");
        Assert.Contains("--region eu-west-1", (await Assert.ThrowsAsync<IOException>(() => ReadAsync(s3, 0, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_LeavesBugsAsTheyAre()
    {
        var s3 = new FakeS3();
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(s3, 0, 1));
    }

    [Theory]
    [InlineData("s3://bucket/data", "list-type=2&prefix=data%2F", "data/a.parquet data/x/b.parquet")]
    [InlineData("s3://bucket/data/*.parquet", "list-type=2&delimiter=%2F&prefix=data%2F", "data/a.parquet")]
    [InlineData("s3://bucket/data/*/*.parquet", "list-type=2&prefix=data%2F", "data/x/b.parquet")]
    [InlineData("s3://bucket/**/b.*", "list-type=2&prefix=", "data/x/b.parquet")]
    [InlineData("s3://bucket/data/**", "list-type=2&prefix=data%2F", "data/a.parquet data/a.txt data/x/b.parquet")]
    public async Task Find_ListsBelowThePrefixOnly(string path, string query, string expected)
    {
        var s3 = new FakeS3();
        if (!path.Contains('*', StringComparison.Ordinal))
            s3.Error(HttpStatusCode.NotFound, "");

        s3.List("more", "data/", "data/_log.parquet", "data/a.parquet", "data/a.txt").List(null, "data/x/b.parquet", "data/x/.c.parquet");
        IReadOnlyList<StoredObject> found = await S3Listing.FindAsync(s3.Client, path, Stop);
        Assert.Equal(expected.Split(' '), found.Select(o => o.Address.Key));
        Assert.All(found, o => Assert.Equal((10, $"\"{o.Address.Key}\""), (o.Length, o.ETag)));
        Assert.Contains(query, s3.Requests[^1].Replace("continuation-token=more&", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("continuation-token=more", s3.Requests[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://bucket/a.parquet")]
    [InlineData("s3://bucket/data/y*/*.parquet")]
    public async Task Find_InABucketThatThereIsNot_NamesThePathAsItWasGiven(string path)
    {
        var s3 = new FakeS3();
        if (!path.Contains('*', StringComparison.Ordinal))
            s3.Error(HttpStatusCode.NotFound, "");

        s3.Error(HttpStatusCode.NotFound, "NoSuchBucket");
        IOException error = await Assert.ThrowsAsync<IOException>(() => S3Listing.FindAsync(s3.Client, path, Stop));
        Assert.StartsWith($"'{path}': there is no such bucket", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_LeavesOutNamesThatLeaveTheirFolder()
    {
        FakeS3 s3 = new FakeS3().List(null, "data/../secret.parquet", "data/a.parquet");
        Assert.Equal("data/a.parquet", Assert.Single(await S3Listing.FindAsync(s3.Client, "s3://bucket/**/*.parquet", Stop)).Address.Key);
    }

    static async Task<string> ReadAsync(FakeS3 s3, long offset, int count)
    {
        var bytes = new byte[count];
        await s3.Client.ReadAsync(Item, offset, bytes, Stop);
        return System.Text.Encoding.ASCII.GetString(bytes);
    }

    /// <summary>A body that ends before its announced length.</summary>
    sealed class BrokenContent : StreamContent
    {
        public BrokenContent(byte[] bytes, long announced)
            : base(new MemoryStream(bytes)) => Headers.ContentLength = announced;
    }
}
