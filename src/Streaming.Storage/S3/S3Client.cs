using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace Streaming.Storage.S3;

/// <summary>Requests to one S3 server, each tried again where that can help. Safe for use by several threads.</summary>
sealed class S3Client : IDisposable
{
    readonly S3Options options;
    readonly RetryPolicy policy;
    readonly S3Connections connections;
    readonly RequestPayer? payer;
    AmazonS3Client client;

    /// <summary>Creates a client; nothing is sent yet.</summary>
    /// <param name="options">How to reach the server.</param>
    /// <param name="handler">What sends requests, for tests; null for the network.</param>
    /// <param name="pause">What waits between attempts, for tests; null for a timer.</param>
    public S3Client(S3Options options, HttpMessageHandler? handler = null, Func<TimeSpan, CancellationToken, Task>? pause = null)
    {
        this.options = options;
        policy = new RetryPolicy(options.Attempts, pause);
        connections = new S3Connections(handler);
        payer = options.RequesterPays ? RequestPayer.Requester : null;
        client = S3Settings.Open(options, connections);
    }

    /// <summary>An object as it is now; null when there is none, or when that can't be told without the right to list.</summary>
    public async Task<StoredObject?> FindAsync(S3Address address, CancellationToken cancellation)
    {
        var request = new GetObjectMetadataRequest { BucketName = address.Bucket, Key = address.Key, RequestPayer = payer };
        return await RunAsync(address, async idle =>
        {
            try
            {
                GetObjectMetadataResponse found = await client.GetObjectMetadataAsync(request, idle.Token).ConfigureAwait(false);
                return new StoredObject(address, found.ContentLength, found.ETag);
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
    /// <param name="cancellation">Ends it.</param>
    public async IAsyncEnumerable<StoredObject> ListAsync(S3Address prefix, bool isFlat, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request
        {
            BucketName = prefix.Bucket,
            Prefix = prefix.Key,
            Delimiter = isFlat ? "/" : null,
            RequestPayer = payer,
        };
        do
        {
            ListObjectsV2Response page = await RunAsync(prefix, idle => client.ListObjectsV2Async(request, idle.Token), cancellation).ConfigureAwait(false);
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
        await RunAsync(item.Address, async idle =>
        {
            var request = new GetObjectRequest
            {
                BucketName = item.Address.Bucket,
                Key = item.Address.Key,
                EtagToMatch = item.ETag,
                ByteRange = new ByteRange(offset + done, offset + destination.Length - 1),
                RequestPayer = payer,
            };
            using GetObjectResponse answer = await client.GetObjectAsync(request, idle.Token).ConfigureAwait(false);
            using Stream body = answer.ResponseStream;
            if (answer.ContentLength != destination.Length - done)
                throw new IOException($"wanted {destination.Length - done} bytes, {answer.ContentLength} were announced");

            while (done < destination.Length)
            {
                int count = await body.ReadAsync(destination[done..], idle.Restart()).ConfigureAwait(false);
                if (count == 0)
                    throw new EndOfStreamException($"the answer ended {destination.Length - done} bytes early");

                done += count;
            }

            return true;
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        client.Dispose();
        connections.Dispose();
    }

    Task<T> RunAsync<T>(S3Address address, Func<IdleTimeout, Task<T>> request, CancellationToken cancellation) => policy.RunAsync(
        address.ToString(),
        async stop =>
        {
            using var idle = new IdleTimeout(options.IdleTimeout, stop);
            return await idle.RunAsync(request).ConfigureAwait(false);
        },
        Failed,
        cancellation);

    void Failed(S3Fault fault)
    {
        // Whoever renews credentials writes them where they were found at first.
        if (fault.Kind == S3FaultKind.Expired)
            client = S3Settings.Open(options, connections);
    }
}
