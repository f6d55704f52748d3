using System.Globalization;
using System.Text;

namespace Streaming.Storage.Tests.S3.Proxy;

/// <summary>Errors as S3 words them.</summary>
static class FaultyAnswer
{
    /// <summary>The answer that a fault gives in place of the server's, or null where the server answers.</summary>
    public static byte[]? To(ProxyRequest request, Fault fault) => fault switch
    {
        Fault.InternalError => Error(request, "500 Internal Server Error", "InternalError"),
        Fault.SlowDown => Error(request, "503 Slow Down", "SlowDown"),
        Fault.TooManyRequests => Error(request, "429 Too Many Requests", "TooManyRequests", "Retry-After: 1\r\n"),
        Fault.ClockSkew => Error(request, "403 Forbidden", "RequestTimeTooSkewed", ahead: TimeSpan.FromMinutes(10)),
        Fault.ExpiredToken => Error(request, "400 Bad Request", "ExpiredToken"),
        Fault.AccessDenied => Error(request, "403 Forbidden", "AccessDenied"),
        Fault.NotFound => Error(request, "404 Not Found", "NoSuchKey"),
        _ => null,
    };

    static byte[] Error(ProxyRequest request, string status, string code, string headers = "", TimeSpan ahead = default)
    {
        string body = $"""<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>A test says so.</Message></Error>""";
        string date = (TimeProvider.System.GetUtcNow() + ahead).ToString("R", CultureInfo.InvariantCulture);
        string shown = request.Method == "HEAD" ? "" : body;
        return Encoding.Latin1.GetBytes(
            $"HTTP/1.1 {status}\r\nDate: {date}\r\nContent-Type: application/xml\r\nContent-Length: {body.Length}\r\n{headers}\r\n{shown}");
    }
}
