using System.Globalization;
using System.Text;

namespace Streaming.Storage.Tests.S3.Proxy;

/// <summary>First line and headers of an HTTP/1.1 message, kept as they came: signatures cover them.</summary>
sealed class HttpHead
{
    readonly List<string> headers = [];

    HttpHead(string firstLine) => FirstLine = firstLine;

    public string FirstLine { get; }

    public long? ContentLength => this["Content-Length"] is { } length ? long.Parse(length, CultureInfo.InvariantCulture) : null;

    public bool IsChunked => string.Equals(this["Transfer-Encoding"], "chunked", StringComparison.OrdinalIgnoreCase);

    /// <summary>The value of a header, or null.</summary>
    public string? this[string name] => headers.Find(h => Has(h, name))?[(name.Length + 1)..].Trim();

    /// <summary>The next head, or null where the connection ends.</summary>
    public static async Task<HttpHead?> ReadAsync(WireReader reader, CancellationToken cancellation)
    {
        if (await reader.LineAsync(cancellation) is not { } first)
            return null;

        var head = new HttpHead(first);
        while (await reader.LineAsync(cancellation) is { Length: > 0 } line)
            head.headers.Add(line);

        return head;
    }

    public void Remove(string name) => headers.RemoveAll(h => Has(h, name));

    public void Add(string name, string value) => headers.Add($"{name}: {value}");

    public byte[] ToBytes() => Encoding.Latin1.GetBytes($"{FirstLine}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");

    static bool Has(string header, string name) =>
        header.StartsWith(name, StringComparison.OrdinalIgnoreCase) && header.Length > name.Length && header[name.Length] == ':';
}
