namespace Streaming.Storage.S3;

/// <summary>
/// How to reach S3. What is not said here is found as the AWS SDK and CLI find it: in the environment (<c>AWS_ACCESS_KEY_ID</c>, <c>AWS_REGION</c>,
/// <c>AWS_PROFILE</c>, <c>AWS_ENDPOINT_URL_S3</c>, <c>AWS_ENDPOINT_URL</c>), in the profiles of <c>~/.aws</c>, from the container or the machine.
/// </summary>
public sealed record S3Options
{
    /// <summary>
    /// Address of a server other than AWS, such as <c>http://localhost:9000</c>; buckets are then part of the path. Default: what the environment
    /// or the profile says, else AWS over TLS.
    /// </summary>
    public string? EndpointUrl { get; init; }

    /// <summary>Region of the buckets. Default: what the environment or the profile says; <c>us-east-1</c> for a server other than AWS.</summary>
    public string? Region { get; init; }

    /// <summary>Profile of <c>~/.aws</c>. Default: <c>AWS_PROFILE</c>, else the default profile.</summary>
    public string? Profile { get; init; }

    /// <summary>Whether requests are anonymous, for public buckets. Default: false.</summary>
    public bool NoSignRequest { get; init; }

    /// <summary>Whether this account pays for the requests to buckets whose owner wants that. Default: false.</summary>
    public bool RequesterPays { get; init; }

    /// <summary>How long a server may send nothing before the request is given up and tried again. Default: 15 seconds.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How often a request is tried at most, with growing pauses in between. Default: 9, over about half a minute; a minute where the server
    /// asks for fewer requests.
    /// </summary>
    public int Attempts { get; init; } = 9;
}
