using Amazon.S3;
using Amazon.S3.Model;

namespace Streaming.Storage.Tests.S3.Server;

/// <summary>A bucket of a test's own, gone with all that is in it when the test is over. Written and read by a plain client, not by the code under test.</summary>
sealed class S3Bucket : IAsyncDisposable
{
    readonly AmazonS3Client client;

    S3Bucket(AmazonS3Client client, string serverUrl)
    {
        this.client = client;
        ServerUrl = serverUrl;
    }

    public string ServerUrl { get; }

    public string Name { get; } = $"streaming-{Guid.NewGuid():n}";

    public static async Task<S3Bucket> CreateAsync(AmazonS3Client client, string serverUrl)
    {
        var bucket = new S3Bucket(client, serverUrl);
        await client.PutBucketAsync(bucket.Name);
        return bucket;
    }

    /// <summary>The path of an object.</summary>
    public string In(string key) => $"s3://{Name}/{key}";

    /// <summary>Writes an object; its path.</summary>
    public async Task<string> PutAsync(string key, byte[] content)
    {
        await client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = Name,
            Key = key,
            InputStream = new MemoryStream(content),
            UseChunkEncoding = false,
        });
        return In(key);
    }

    /// <summary>Writes every file below a folder, under a prefix; the prefix's path.</summary>
    public async Task<string> PutFolderAsync(string folder, string prefix)
    {
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            await PutAsync($"{prefix}/{Path.GetRelativePath(folder, file).Replace('\\', '/')}", await File.ReadAllBytesAsync(file));

        return In(prefix);
    }

    public async Task<byte[]> GetAsync(string key)
    {
        using GetObjectResponse response = await client.GetObjectAsync(Name, key);
        var content = new MemoryStream();
        await response.ResponseStream.CopyToAsync(content);
        return content.ToArray();
    }

    /// <summary>The keys that are there now.</summary>
    public async Task<string[]> KeysAsync() => [.. (await ListAsync()).Select(o => o.Key).Order(StringComparer.Ordinal)];

    public Task DeleteAsync(string key) => client.DeleteObjectAsync(Name, key);

    /// <summary>Uploads in parts that were begun and neither completed nor given up: nobody sees them, but they are kept and paid for.</summary>
    public async Task<int> OpenUploadsAsync() =>
        (await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Name })).MultipartUploads?.Count ?? 0;

    public async ValueTask DisposeAsync()
    {
        foreach (S3Object item in await ListAsync())
            await client.DeleteObjectAsync(Name, item.Key);

        await client.DeleteBucketAsync(Name);
    }

    async Task<List<S3Object>> ListAsync()
    {
        var objects = new List<S3Object>();
        await foreach (S3Object item in client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = Name }).S3Objects)
            objects.Add(item);

        return objects;
    }
}
