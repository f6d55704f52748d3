using Amazon.Runtime;
using Amazon.S3;

[assembly: Xunit.AssemblyFixture(typeof(Streaming.Storage.Tests.S3.Server.S3Server))]

namespace Streaming.Storage.Tests.S3.Server;

/// <summary>
/// The S3 server of a test run: the one that <c>STREAMING_TEST_S3_ENDPOINT</c> names (AWS too; credentials are found as the AWS SDK finds them), else
/// MinIO where Docker runs, else Ceph. It starts when the first test wants it and stops at the end. Without any of them tests are skipped; where
/// <c>CI=true</c> they fail.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    static readonly Func<Task<S3Endpoint>>[] Ways = [MinioContainer.StartAsync, CephScript.StartAsync];

    readonly Lazy<Task<S3Endpoint>> endpoint = new(FindAsync);
    readonly Lazy<AmazonS3Client> client;

    public S3Server() => client = new(Connect);

    /// <summary>Its address, once a bucket was asked for.</summary>
    internal string Url => endpoint.Value.Result.Url;

    /// <summary>A plain client, once a bucket was asked for.</summary>
    internal AmazonS3Client Client => client.Value;

    /// <summary>Makes an empty bucket.</summary>
    internal async Task<S3Bucket> NewBucketAsync()
    {
        try
        {
            await endpoint.Value;
        }
        catch (NoServerException e) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Xunit.Assert.Skip(e.Message);
        }

        return await S3Bucket.CreateAsync(Client, Url);
    }

    /// <summary>Stops what was started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!endpoint.IsValueCreated || !endpoint.Value.IsCompletedSuccessfully)
            return;

        if (client.IsValueCreated)
            client.Value.Dispose();

        if (endpoint.Value.Result.StopAsync is { } stop)
            await stop();
    }

    static async Task<S3Endpoint> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("STREAMING_TEST_S3_ENDPOINT") is { Length: > 0 } named)
            return new S3Endpoint(named);

        var reasons = new List<string>();
        foreach (Func<Task<S3Endpoint>> way in Ways)
        {
            try
            {
                S3Endpoint found = await way();

                // From here on the code under test finds credentials as it does elsewhere.
                Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", found.AccessKey);
                Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", found.SecretKey);
                Environment.SetEnvironmentVariable("AWS_REGION", "us-east-1");
                return found;
            }
            catch (NoServerException e)
            {
                reasons.Add(e.Message);
            }
        }

        string reason = $"No S3 server to test against. {string.Join(" ", reasons)} Or name a server in STREAMING_TEST_S3_ENDPOINT.";
        await Console.Error.WriteLineAsync(reason);
        throw new NoServerException(reason);
    }

    // Servers other than AWS want the bucket in the path, and do not know the checksums that the SDK adds to everything.
    AmazonS3Client Connect()
    {
        S3Endpoint server = endpoint.Value.Result;
        var config = new AmazonS3Config
        {
            ServiceURL = server.Url,
            ForcePathStyle = true,
            AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION") ?? "us-east-1",
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        return server.AccessKey is { } key ? new AmazonS3Client(key, server.SecretKey, config) : new AmazonS3Client(config);
    }
}
