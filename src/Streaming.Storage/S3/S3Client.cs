using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Amazon.Runtime.Internal.Util;
using Amazon.S3;
using Amazon.S3.Model;

namespace Streaming.Storage.S3;

/// <summary>Requests to one S3 server, each tried again where that can help. Safe for use by several threads.</summary>
sealed class S3Client : IDisposable
{
    static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    readonly S3Options options;
    readonly RetryPolicy policy;
    readonly S3Connections connections;
    readonly RequestGate gate = new(TimeProvider.System);
    readonly RequestPace pace = new();
    volatile AmazonS3Client client;
    long gets;
    long others;
    long bytesReceived;
    long bytesSent;
    long retries;
    long restarts;

    /// <summary>Creates a client; nothing is sent yet.</summary>
    /// <param name="options">How to reach the server.</param>
    /// <param name="handler">What sends requests, for tests; null for the network.</param>
    /// <param name="pause">What waits between attempts, for tests; null for a timer.</param>
    public S3Client(S3Options options, HttpMessageHandler? handler = null, Func<TimeSpan, CancellationToken, Task>? pause = null)
    {
        this.options = options;
        policy = new RetryPolicy(options.Attempts, pause);
        connections = new S3Connections(handler);
        Payer = options.RequesterPays ? RequestPayer.Requester : null;
        client = S3Settings.Open(options, connections);
    }

    /// <summary>Who pays, as requests say it.</summary>
    public RequestPayer? Payer { get; }

    /// <summary>Requests so far.</summary>
    public S3Traffic Traffic => new(
        Interlocked.Read(ref gets),
        Interlocked.Read(ref others),
        Interlocked.Read(ref bytesReceived),
        Interlocked.Read(ref bytesSent),
        Interlocked.Read(ref retries),
        Interlocked.Read(ref restarts));

    /// <summary>An object as it is now; null when there is none, or when that can't be told without the right to list.</summary>
    public async Task<StoredObject?> FindAsync(S3Address address, CancellationToken cancellation)
    {
        var request = new GetObjectMetadataRequest { BucketName = address.Bucket, Key = address.Key, RequestPayer = Payer };
        return await RunAsync(address.ToString(), options.IdleTimeout, async idle =>
        {
            Interlocked.Increment(ref gets);
            try
            {
                GetObjectMetadataResponse found = await client.GetObjectMetadataAsync(request, idle.Restart()).ConfigureAwait(false);
                return new StoredObject(address, found.ContentLength, found.ETag ?? throw S3Fault.ForeignAnswer());
            }
            catch (AmazonS3Exception e) when ((int)e.StatusCode is 403 or 404)
            {
                // The answer to HEAD says no more; the listing that follows will.
                return null;
            }
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Lists objects by what their names begin with, in the order of their names.</summary>
    /// <param name="prefix">What they begin with.</param>
    /// <param name="isFlat">Whether names with a further slash are left out.</param>
    /// <param name="path">What they are wanted for, for errors.</param>
    /// <param name="cancellation">Ends it.</param>
    public async IAsyncEnumerable<StoredObject> ListAsync(S3Address prefix, bool isFlat, string path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request
        {
            BucketName = prefix.Bucket,
            Prefix = prefix.Key,
            Delimiter = isFlat ? "/" : null,
            RequestPayer = Payer,
        };
        do
        {
            ListObjectsV2Response page = await RunAsync(path, options.IdleTimeout, async idle =>
            {
                Interlocked.Increment(ref others);
                ListObjectsV2Response answer = await client.ListObjectsV2Async(request, idle.Restart()).ConfigureAwait(false);
                return answer.Name != null ? answer : throw S3Fault.ForeignAnswer();
            }, cancellation).ConfigureAwait(false);
            foreach (S3Object item in page.S3Objects ?? [])
                yield return new StoredObject(prefix with { Key = item.Key }, item.Size ?? 0, item.ETag);

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken != null);
    }

    /// <summary>Reads a part of an object, as it was listed. What has arrived when the connection breaks is not asked for again.</summary>
    /// <exception cref="IOException">The object was replaced, or S3 does not deliver it.</exception>
    public async Task ReadAsync(StoredObject item, long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        int done = 0;
        TimeSpan? patience = pace.Patience(destination.Length);
        await RunAsync(item.Address.ToString(), options.IdleTimeout, async idle =>
        {
            int before = done;
            await gate.EnterAsync(idle.Outer).ConfigureAwait(false);
            try
            {
                // A request is given up for being slow only once: then it is the link, or the server.
                if (patience is { } time)
                    idle.Bound(time);

                patience = null;
                long began = Stopwatch.GetTimestamp();
                Interlocked.Increment(ref gets);

                // S3 has checksums of whole objects only, and sends them to who asks for no range.
                bool isWhole = destination.Length - done == item.Length;
                var request = new GetObjectRequest
                {
                    BucketName = item.Address.Bucket,
                    Key = item.Address.Key,
                    EtagToMatch = item.ETag,
                    ByteRange = isWhole && IsDigest(item.ETag) ? null : new ByteRange(offset + done, offset + destination.Length - 1),
                    RequestPayer = Payer,
                    ChecksumMode = isWhole ? ChecksumMode.ENABLED : null,
                };
                GetObjectResponse answer = await client.GetObjectAsync(request, idle.Restart()).ConfigureAwait(false);
                using Stream body = Unwrapped(answer.ResponseStream);
                if (answer.ContentLength != destination.Length - done)
                    throw new IOException($"wanted {destination.Length - done} bytes, {answer.ContentLength} were announced");

                if (answer.ContentRange is { Length: > 0 } range && !range.StartsWith($"bytes {offset + done}-", StringComparison.OrdinalIgnoreCase))
                    throw new IOException($"wanted the bytes from {offset + done} on, '{range}' was announced");

                while (done < destination.Length)
                {
                    int count = await body.ReadAsync(destination[done..], idle.Restart()).ConfigureAwait(false);
                    done += count > 0 ? count : throw new EndOfStreamException($"the answer ended {destination.Length - done} bytes early");
                }

                if (isWhole && !ObjectChecksums.Fit(answer, destination.Span))
                {
                    done = before;
                    throw new IOException("what came does not fit its checksum");
                }

                pace.Add(done - before, Stopwatch.GetElapsedTime(began));
                return true;
            }
            finally
            {
                Interlocked.Add(ref bytesReceived, done - before);
                gate.Leave(done - before);
            }
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Deletes an object; one that is not there is as good as deleted.</summary>
    public Task DeleteAsync(S3Address address)
    {
        var request = new DeleteObjectRequest { BucketName = address.Bucket, Key = address.Key, RequestPayer = Payer };
        return WriteAsync(address, 0, (s3, stop) => s3.DeleteObjectAsync(request, stop));
    }

    /// <summary>Makes a request that changes something.</summary>
    /// <param name="address">What it changes.</param>
    /// <param name="bytes">Bytes that it sends.</param>
    /// <param name="request">Makes it.</param>
    public Task<T> WriteAsync<T>(S3Address address, long bytes, Func<AmazonS3Client, CancellationToken, Task<T>> request) =>

        // The server is silent while it is sent to, so that may take longer.
        RunAsync(address.ToString(), options.IdleTimeout * 4, idle =>
        {
            Interlocked.Increment(ref others);
            Interlocked.Add(ref bytesSent, bytes);
            return request(client, idle.Restart());
        }, CancellationToken.None);

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        client.Dispose();
        connections.Dispose();
    }

    // The SDK takes the ETag of an answer without a range for an MD5, unless it has a dash, and fails where it is no digest.
    static bool IsDigest(string etag) =>
        etag.Contains('-', StringComparison.Ordinal) || (etag.AsSpan().Trim('"') is { Length: 32 } digest && !digest.ContainsAnyExcept(HexDigits));

    // Around whole objects it puts streams that copy every byte once more and compare that MD5, which the ETag of an encrypted object is not.
    static Stream Unwrapped(Stream body) => body is WrapperStream wrapper ? wrapper.GetNonWrapperBaseStream() : body;

    Task<T> RunAsync<T>(string name, TimeSpan silence, Func<IdleTimeout, Task<T>> request, CancellationToken cancellation) => policy.RunAsync(
        name,
        async stop =>
        {
            using var idle = new IdleTimeout(silence, stop);
            return await idle.RunAsync(request).ConfigureAwait(false);
        },
        Failed,
        cancellation);

    void Failed(S3Fault fault)
    {
        Interlocked.Increment(ref fault.Kind == S3FaultKind.Lagging ? ref restarts : ref retries);
        if (fault.Kind == S3FaultKind.SlowDown)
            gate.SlowDown();

        // Whoever renews credentials writes them where they were found at first.
        if (fault.Kind == S3FaultKind.Expired)
            client = S3Settings.Open(options, connections);
    }
}
