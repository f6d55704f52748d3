namespace Streaming.Storage.S3;

/// <summary>A place in S3: <c>s3://bucket/key</c>.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">Name of an object, or what names of objects begin with; may be empty.</param>
readonly record struct S3Address(string Bucket, string Key)
{
    const string Scheme = "s3://";

    /// <summary>Whether a path is one of S3.</summary>
    public static bool IsS3(string path) => path.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a path.</summary>
    /// <exception cref="ArgumentException">It names no bucket, or leaves the folder that it names.</exception>
    public static S3Address Parse(string path)
    {
        string rest = path[Scheme.Length..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? new S3Address(rest, "") : new S3Address(rest[..slash], rest[(slash + 1)..]);
        if (address.Bucket.Length == 0 || address.Bucket.AsSpan().ContainsAny('*', '?'))
            throw new ArgumentException($"Wanted s3://BUCKET/NAME, found '{path}': the bucket must be named.");

        if (HasDots(address.Key))
            throw new ArgumentException($"'{path}' has a part '.' or '..': names in S3 are no paths; write the name out.");

        return address;
    }

    /// <summary>
    /// Whether a part of a key is <c>.</c> or <c>..</c>. S3 takes such names as they are, but on the way there they are resolved like
    /// paths, so that another object would be read, or a file be written outside of its folder.
    /// </summary>
    public static bool HasDots(string key) => key.Split('/').Any(p => p is "." or "..");

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}{Bucket}/{Key}";
}
