using System.Net;
using System.Text;
using Streaming.Storage.S3;
using Xunit;

namespace Streaming.Storage.Tests;

public sealed class S3AtomicFileTests
{
    const int PartBytes = 8 * 1024 * 1024;

    static readonly S3Address Address = new("bucket", "a/b.model");

    [Fact]
    public void Commit_OfAFewBytes_PutsThemAtOnce()
    {
        FakeS3 s3 = new FakeS3().Answer(HttpStatusCode.OK, []);
        using (var file = new S3AtomicFile(s3.Client, Address))
        {
            file.Stream.Write("content"u8);
            Assert.Equal(7, file.Stream.Position);
            file.Commit();
        }

        Assert.Equal("PUT /bucket/a/b.model", Assert.Single(s3.Requests));
    }

    [Fact]
    public void Dispose_WithoutCommit_SendsNothing()
    {
        var s3 = new FakeS3();
        using (var file = new S3AtomicFile(s3.Client, Address))
            file.Stream.Write("content"u8);

        Assert.Empty(s3.Requests);
    }

    [Fact]
    public void Commit_OfMuch_PutsPartsTogether()
    {
        FakeS3 s3 = Begin(new FakeS3())
            .Answer(HttpStatusCode.OK, [])
            .Error(HttpStatusCode.InternalServerError, "InternalError")
            .Answer(HttpStatusCode.OK, [])
            .Answer(HttpStatusCode.OK, "<CompleteMultipartUploadResult><Key>a/b.model</Key></CompleteMultipartUploadResult>"u8);
        using (var file = new S3AtomicFile(s3.Client, Address))
        {
            file.Stream.Write(new byte[PartBytes + 3]);
            file.Commit();
        }

        Assert.Equal(
            [
                "POST /bucket/a/b.model?uploads",
                "PUT /bucket/a/b.model?partNumber=1&uploadId=u1",
                "PUT /bucket/a/b.model?partNumber=2&uploadId=u1",
                "PUT /bucket/a/b.model?partNumber=2&uploadId=u1",
                "POST /bucket/a/b.model?uploadId=u1",
            ],
            s3.Requests.Select(Sorted));
    }

    /// <summary>A success without what S3 says with it shows nothing: a proxy, or another server, gave it.</summary>
    [Fact]
    public void Commit_WhoseEndIsAnsweredByNothing_EndsTheUploadAgain()
    {
        FakeS3 s3 = Begin(new FakeS3())
            .Answer(HttpStatusCode.OK, [])
            .Answer(HttpStatusCode.OK, [])
            .Answer(HttpStatusCode.OK, "<CompleteMultipartUploadResult><Key>a/b.model</Key></CompleteMultipartUploadResult>"u8);
        using (var file = new S3AtomicFile(s3.Client, Address))
        {
            file.Stream.Write(new byte[PartBytes]);
            file.Commit();
        }

        Assert.Equal(["POST /bucket/a/b.model?uploadId=u1", "POST /bucket/a/b.model?uploadId=u1"], s3.Requests[^2..].Select(Sorted));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_ToAServerThatIsNoS3_SaysSo(bool isTrial)
    {
        var s3 = new FakeS3();
        for (int i = 0; i < 9; i++)
            s3.Answer(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<!doctype html><p>Console") });

        using var file = new S3AtomicFile(s3.Client, Address);
        file.Stream.Write("content"u8);
        IOException error = Assert.Throws<IOException>(isTrial ? file.CheckWritable : file.Commit);
        Assert.Contains("--endpoint-url", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_AfterAPart_DropsIt()
    {
        FakeS3 s3 = Begin(new FakeS3()).Answer(HttpStatusCode.OK, []).Answer(HttpStatusCode.NoContent, []);
        using (var file = new S3AtomicFile(s3.Client, Address))
            file.Stream.Write(new byte[PartBytes]);

        Assert.Equal("DELETE /bucket/a/b.model?uploadId=u1", s3.Requests[^1]);
    }

    [Fact]
    public void CheckWritable_LeavesNothingBehind()
    {
        FakeS3 s3 = Begin(new FakeS3()).Answer(HttpStatusCode.NoContent, []);
        using (var file = new S3AtomicFile(s3.Client, Address))
            file.CheckWritable();

        Assert.Equal(["POST /bucket/a/b.model?uploads", "DELETE /bucket/a/b.model?uploadId=u1"], s3.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("folder/")]
    public void Open_OfAFolder_IsRefused(string key) =>
        Assert.Throws<IOException>(() => new S3AtomicFile(new FakeS3().Client, new S3Address("bucket", key)));

    static FakeS3 Begin(FakeS3 s3) => s3.Answer(
        HttpStatusCode.OK, Encoding.UTF8.GetBytes("<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"));

    // The order of what follows the question mark means nothing.
    static string Sorted(string request)
    {
        string[] halves = request.Split('?');
        return $"{halves[0]}?{string.Join('&', halves[1].Split('&').Where(p => !p.StartsWith("x-id", StringComparison.Ordinal)).Order(StringComparer.Ordinal))}";
    }
}
