namespace Streaming.Storage.Tests.S3.Server;

/// <summary>A server that tests may use, and how to get in.</summary>
/// <param name="Url">Its address.</param>
/// <param name="AccessKey">The key's name; null where the AWS SDK finds credentials itself, in the environment or a profile.</param>
/// <param name="SecretKey">The key.</param>
/// <param name="StopAsync">Stops it; null where somebody else started it.</param>
sealed record S3Endpoint(string Url, string? AccessKey = null, string? SecretKey = null, Func<ValueTask>? StopAsync = null);
