namespace Streaming.Storage.Tests.S3.Proxy;

/// <summary>What a <see cref="FaultyProxy"/> can do to a request.</summary>
public enum Fault
{
    /// <summary>Nothing: the request is passed on.</summary>
    None,

    /// <summary>The connection is reset before the request gets to the server.</summary>
    Reset,

    /// <summary>The request is carried out, then the connection is reset before an answer comes back.</summary>
    LostAnswer,

    /// <summary>The connection is closed after half of the answer's body.</summary>
    Truncated,

    /// <summary>After half of the answer's body nothing comes any more; the connection stays open.</summary>
    Stall,

    /// <summary>The answer comes late.</summary>
    SlowFirstByte,

    /// <summary>The answer's body has a wrong byte; a checksum header holds that of the right bytes.</summary>
    WrongByte,

    /// <summary>500 InternalError.</summary>
    InternalError,

    /// <summary>503 SlowDown.</summary>
    SlowDown,

    /// <summary>429 with Retry-After: 1.</summary>
    TooManyRequests,

    /// <summary>403 RequestTimeTooSkewed, with a time that is ten minutes ahead.</summary>
    ClockSkew,

    /// <summary>400 ExpiredToken.</summary>
    ExpiredToken,

    /// <summary>403 AccessDenied.</summary>
    AccessDenied,

    /// <summary>404 NoSuchKey.</summary>
    NotFound,
}
