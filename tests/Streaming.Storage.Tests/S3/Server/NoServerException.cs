namespace Streaming.Storage.Tests.S3.Server;

/// <summary>A way to an S3 server is closed on this machine.</summary>
/// <param name="message">Why, and what would open it.</param>
sealed class NoServerException(string message) : Exception(message);
