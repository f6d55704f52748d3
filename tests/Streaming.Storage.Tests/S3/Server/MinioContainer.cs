using Docker.DotNet;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace Streaming.Storage.Tests.S3.Server;

/// <summary>MinIO in a container, where Docker runs.</summary>
static class MinioContainer
{
    const string Image = "minio/minio:RELEASE.2025-09-07T16-13-09Z";
    const int Port = 9000;
    const string AccessKey = "KEYOFTHETESTS0001";
    const string SecretKey = "secret-of-the-streaming-tests-0001";

    /// <exception cref="NoServerException">Docker does not run, or can't get the image.</exception>
    public static async Task<S3Endpoint> StartAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            IContainer container = new ContainerBuilder(Image)
                .WithCommand("server", "/data")
                .WithEnvironment("MINIO_ROOT_USER", AccessKey)
                .WithEnvironment("MINIO_ROOT_PASSWORD", SecretKey)
                .WithPortBinding(Port, assignRandomHostPort: true)
                .WithWaitStrategy(Wait.ForUnixContainer().UntilHttpRequestIsSucceeded(r => r.ForPath("/minio/health/ready").ForPort(Port)))
                .Build();
            await container.StartAsync(patience.Token);
            return new S3Endpoint($"http://{container.Hostname}:{container.GetMappedPublicPort(Port)}", AccessKey, SecretKey, container.DisposeAsync);
        }
        catch (Exception e) when (e is DockerUnavailableException)
        {
            throw new NoServerException("Docker does not run here; start it to test against MinIO.");
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or OperationCanceledException)
        {
            throw new NoServerException($"Docker could not start {Image}: {e.Message}");
        }
    }
}
