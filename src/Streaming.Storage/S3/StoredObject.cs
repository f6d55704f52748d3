namespace Streaming.Storage.S3;

/// <summary>An object as it was when it was listed.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="ETag">Its version: every read asks for this one.</param>
sealed record StoredObject(S3Address Address, long Length, string ETag);
