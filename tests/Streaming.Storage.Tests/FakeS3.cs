using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Streaming.Storage.S3;

namespace Streaming.Storage.Tests;

/// <summary>A server that answers as the test says, one answer per request, without a network; and a client of it that does not wait.</summary>
sealed class FakeS3 : HttpMessageHandler
{
    readonly Queue<Func<HttpRequestMessage, HttpResponseMessage>> answers = [];

    public FakeS3() =>
        Client = new S3Client(
            new S3Options { EndpointUrl = "http://s3.test", NoSignRequest = true, RequesterPays = true },
            this,
            (time, _) =>
            {
                Pauses.Add(time);
                return Task.CompletedTask;
            });

    public S3Client Client { get; }

    /// <summary>The version of what it has.</summary>
    public string ETag { get; init; } = "v1";

    /// <summary>What was asked: method, path and query, and the headers that matter.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>All headers of the last request.</summary>
    public HttpRequestHeaders? Headers { get; private set; }

    /// <summary>How long the client waited between attempts.</summary>
    public List<TimeSpan> Pauses { get; } = [];

    /// <summary>Adds an answer.</summary>
    public FakeS3 Answer(Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        answers.Enqueue(answer);
        return this;
    }

    /// <summary>Adds an answer with content.</summary>
    public FakeS3 Answer(HttpStatusCode status, ReadOnlySpan<byte> content, string? header = null, string? value = null)
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(content.ToArray()) };
        response.Headers.ETag = new EntityTagHeaderValue($"\"{ETag}\"");
        if (header != null)
            response.Headers.Add(header, value);

        return Answer(_ => response);
    }

    /// <summary>Adds an error as S3 words it.</summary>
    public FakeS3 Error(HttpStatusCode status, string code, string? header = null, string? value = null) =>
        Answer(status, Encoding.UTF8.GetBytes($"<Error><Code>{code}</Code><Message>text</Message></Error>"), header, value);

    /// <summary>Adds the page of a listing: 10 bytes each.</summary>
    public FakeS3 List(string? next, params string[] keys) => Answer(HttpStatusCode.OK, Encoding.UTF8.GetBytes(
        "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>bucket</Name>"
        + (next == null ? "" : $"<IsTruncated>true</IsTruncated><NextContinuationToken>{next}</NextContinuationToken>")
        + string.Concat(keys.Select(k => $"<Contents><Key>{k}</Key><Size>10</Size><ETag>\"{k}\"</ETag></Contents>"))
        + "</ListBucketResult>"));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string matches = string.Join(",", request.Headers.IfMatch.Select(e => e.Tag));
        Headers = request.Headers;
        Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery} {request.Headers.Range} {matches}".TrimEnd());
        if (!answers.TryDequeue(out Func<HttpRequestMessage, HttpResponseMessage>? answer))
            throw new InvalidOperationException($"No answer is left for {Requests[^1]}.");

        HttpResponseMessage response = answer(request);
        response.RequestMessage = request;
        return Task.FromResult(response);
    }
}
