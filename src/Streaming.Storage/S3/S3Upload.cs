using Amazon.S3;
using Amazon.S3.Model;

namespace Streaming.Storage.S3;

/// <summary>The requests that write one object.</summary>
sealed class S3Upload(S3Client client, S3Address address)
{
    readonly List<PartETag> parts = [];
    string? id;

    /// <summary>Begins an upload in parts; shows at the same time that writing is allowed.</summary>
    public async Task BeginAsync()
    {
        var request = new InitiateMultipartUploadRequest { BucketName = address.Bucket, Key = address.Key, RequestPayer = client.Payer };
        id = await client.WriteAsync(address, 0, async (s3, stop) =>
            (await s3.InitiateMultipartUploadAsync(request, stop).ConfigureAwait(false)).UploadId ?? throw S3Fault.ForeignAnswer()).ConfigureAwait(false);
    }

    /// <summary>Uploads the next part.</summary>
    public async Task AddAsync(MemoryStream content)
    {
        if (id == null)
            await BeginAsync().ConfigureAwait(false);

        int number = parts.Count + 1;
        UploadPartResponse done = await client.WriteAsync(address, content.Length, (s3, stop) => s3.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = address.Bucket,
                Key = address.Key,
                UploadId = id,
                PartNumber = number,
                InputStream = Copy(content),
                PartSize = content.Length,
                UseChunkEncoding = false,
                RequestPayer = client.Payer,
            },
            stop)).ConfigureAwait(false);
        parts.Add(new PartETag(number, done.ETag));
    }

    /// <summary>Uploads what is left, and makes the object appear.</summary>
    /// <param name="rest">What no part has.</param>
    /// <param name="length">Bytes of the object.</param>
    public async Task CompleteAsync(MemoryStream rest, long length)
    {
        if (id == null)
        {
            await client.WriteAsync(address, length, async (s3, stop) =>
            {
                PutObjectResponse put = await s3.PutObjectAsync(
                    new PutObjectRequest
                    {
                        BucketName = address.Bucket,
                        Key = address.Key,
                        InputStream = Copy(rest),
                        UseChunkEncoding = false,
                        RequestPayer = client.Payer,
                    },
                    stop).ConfigureAwait(false);
                return put.ETag ?? throw S3Fault.ForeignAnswer();
            }).ConfigureAwait(false);
            return;
        }

        if (rest.Length > 0)
            await AddAsync(rest).ConfigureAwait(false);

        var request = new CompleteMultipartUploadRequest
        {
            BucketName = address.Bucket,
            Key = address.Key,
            UploadId = id,
            PartETags = parts,
            RequestPayer = client.Payer,
        };
        bool isAgain = false;
        await client.WriteAsync(address, 0, async (s3, stop) =>
        {
            try
            {
                CompleteMultipartUploadResponse done = await s3.CompleteMultipartUploadAsync(request, stop).ConfigureAwait(false);
                if (done.Key == null)
                    throw S3Fault.ForeignAnswer();
            }
            catch (AmazonS3Exception e) when (isAgain && e.ErrorCode == "NoSuchUpload")
            {
                // The answer to the first attempt was lost; the object is there if it succeeded.
                GetObjectMetadataResponse found = await s3.GetObjectMetadataAsync(address.Bucket, address.Key, stop).ConfigureAwait(false);
                if (found.ContentLength != length)
                    throw;
            }
            finally
            {
                isAgain = true;
            }

            return true;
        }).ConfigureAwait(false);
        id = null;
    }

    /// <summary>Drops the parts that were uploaded.</summary>
    public async Task AbortAsync()
    {
        if (id == null)
            return;

        var request = new AbortMultipartUploadRequest { BucketName = address.Bucket, Key = address.Key, UploadId = id, RequestPayer = client.Payer };
        await client.WriteAsync(address, 0, (s3, stop) => s3.AbortMultipartUploadAsync(request, stop)).ConfigureAwait(false);
        id = null;
    }

    // The SDK closes what it sends, and an attempt that failed may have read some of it.
    static MemoryStream Copy(MemoryStream content) => new(content.GetBuffer(), 0, (int)content.Length, writable: false);
}
