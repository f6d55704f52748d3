using System.Globalization;
using System.Net.Sockets;
using System.Xml;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Streaming.Storage.S3;

/// <summary>Why a request failed, and whether to try it again.</summary>
enum S3FaultKind
{
    /// <summary>Trying again changes nothing.</summary>
    Final,

    /// <summary>There is no such object.</summary>
    Missing,

    /// <summary>The object is not the one that was listed.</summary>
    Replaced,

    /// <summary>Something went wrong on the way or at the server.</summary>
    Passing,

    /// <summary>The request took far longer than others.</summary>
    Lagging,

    /// <summary>The server wants fewer requests.</summary>
    SlowDown,

    /// <summary>The credentials have run out; new ones may be there.</summary>
    Expired,
}

/// <summary>A failed request: what kind of fault it was, and what to tell the user.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Cause">What happened.</param>
/// <param name="RetryAfter">How long the server wants to be left alone; null where it does not say.</param>
sealed record S3Fault(S3FaultKind Kind, Exception Cause, TimeSpan? RetryAfter = null)
{
    const string Foreign = "the answer is none that an S3 server gives. Check --endpoint-url: the address of a server's web console is another one.";

    /// <summary>Whether an exception is a failed request rather than a bug.</summary>
    public static bool IsOne(Exception e) =>
        e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException or XmlException;

    /// <summary>A success that lacks what every S3 server says with it: another server's page, or what a proxy left of the answer.</summary>
    public static IOException ForeignAnswer() => new(Foreign);

    /// <summary>Tells faults apart.</summary>
    public static S3Fault Of(Exception e) => e switch
    {
        AmazonServiceException { StatusCode: not 0 } fault => new S3Fault(KindOf(fault), e, RetryAfterOf(fault)),
        LaggingException => new S3Fault(S3FaultKind.Lagging, e),
        TimeoutException or IOException or HttpRequestException or XmlException => new S3Fault(S3FaultKind.Passing, e),
        AmazonServiceException { InnerException: HttpRequestException or IOException or TaskCanceledException } => new S3Fault(S3FaultKind.Passing, e),
        _ => new S3Fault(S3FaultKind.Final, e),
    };

    /// <summary>One line that names the object, what was wrong and what to do. Holds nothing secret: neither headers nor signatures.</summary>
    /// <param name="name">What was wanted.</param>
    /// <param name="attempts">How often it was tried.</param>
    public IOException Describe(string name, int attempts)
    {
        string tried = attempts > 1 ? $" (tried {attempts} times)" : "";
        return new IOException($"'{name}': {Reason()}{tried}", Cause);
    }

    string Reason() => Cause switch
    {
        XmlException or { Message: Foreign } => Foreign,
        _ when Kind == S3FaultKind.Replaced =>
            "it was replaced or removed while it was being read: what was read so far belongs to the old one. Start again.",
        AmazonServiceException { StatusCode: not 0 } e => ReasonOf(e),
        AmazonServiceException { InnerException: null } or AmazonClientException { InnerException: null } => NoCredentials(Cause),
        _ when Innermost(Cause) is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
            "the name of the S3 server can't be resolved. Check the network, --endpoint-url and --region.",
        _ when Innermost(Cause) is SocketException socket => $"S3 can't be reached: {socket.Message}. Check the network and --endpoint-url.",
        _ => $"S3 can't be reached: {Innermost(Cause).Message}",
    };

    static string ReasonOf(AmazonServiceException e) => (int)e.StatusCode switch
    {
        301 or 307 or 400 when RegionOf(e) is { } region => $"the bucket is in another region. Give --region {region}.",
        400 when e.ErrorCode is "ExpiredToken" or "TokenRefreshRequired" => "the credentials have expired. Renew them (aws sso login, or new AWS_* variables) and start again, with --resume if there is a checkpoint.",
        403 when e.ErrorCode is "RequestTimeTooSkewed" => "the clock of this machine is wrong. Set it.",
        403 when e.ErrorCode is "InvalidAccessKeyId" => "S3 does not know these credentials (InvalidAccessKeyId). Check AWS_ACCESS_KEY_ID, --profile and --endpoint-url.",
        403 when e.ErrorCode is "SignatureDoesNotMatch" => "S3 does not accept these credentials (SignatureDoesNotMatch). Check AWS_SECRET_ACCESS_KEY, --profile and --region.",
        403 => "access is denied (403). The credentials need s3:GetObject and s3:ListBucket here, and s3:PutObject to write; public data may need --no-sign-request, some buckets --request-payer.",
        404 when e.ErrorCode is "NoSuchBucket" => "there is no such bucket (404). Check its name, --endpoint-url and --region.",
        404 => "there is no such object (404).",
        429 or 503 => $"S3 wants fewer requests ({(int)e.StatusCode} {e.ErrorCode}). Try again later.",
        _ => $"S3 answered {(int)e.StatusCode} {e.ErrorCode}.",
    };

    // The SDK's message goes on with a list of all places that it has searched.
    static string NoCredentials(Exception e) =>
        $"no usable AWS credentials were found ({FirstSentence(e.Message)}). "
        + (SsoProfiles.RemedyFor(SsoProfiles.Default) ?? "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, give --profile, or --no-sign-request for public data.");

    static string FirstLine(string message) => message.Split('\n')[0].TrimEnd('.', '\r');

    static string FirstSentence(string message) => FirstLine(message).Split(". ")[0];

    static S3FaultKind KindOf(AmazonServiceException e) => (int)e.StatusCode switch
    {
        404 => S3FaultKind.Missing,
        412 or 416 => S3FaultKind.Replaced,
        429 or 503 => S3FaultKind.SlowDown,
        408 or >= 500 => S3FaultKind.Passing,
        400 when e.ErrorCode is "RequestTimeout" => S3FaultKind.Passing,
        403 when e.ErrorCode is "RequestTimeTooSkewed" or "RequestExpired" => S3FaultKind.Passing,
        400 or 403 when e.ErrorCode is "ExpiredToken" or "TokenRefreshRequired" => S3FaultKind.Expired,
        _ => S3FaultKind.Final,
    };

    // In seconds; the other form, a date, is not what S3 servers send.
    static TimeSpan? RetryAfterOf(AmazonServiceException e) =>
        double.TryParse(HeaderOf(e, "Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out double seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, 60))
            : null;

    static string? RegionOf(AmazonServiceException e) => HeaderOf(e, "x-amz-bucket-region") is { Length: > 0 } region ? region : null;

    static string? HeaderOf(AmazonServiceException e, string name) => (e.InnerException as HttpErrorResponseException)?.Response?.GetHeaderValue(name);

    static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;

        return e;
    }
}
