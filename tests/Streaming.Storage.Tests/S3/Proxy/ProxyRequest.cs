namespace Streaming.Storage.Tests.S3.Proxy;

/// <summary>A request that came to a <see cref="FaultyProxy"/>.</summary>
/// <param name="Head">Its first line and headers.</param>
/// <param name="Number">How many came before it.</param>
sealed record ProxyRequest(HttpHead Head, int Number)
{
    public string Method => Head.FirstLine.Split(' ')[0];

    /// <summary>Path and query, as sent.</summary>
    public string Target => Head.FirstLine.Split(' ')[1];

    /// <summary>Whether it reads an object as it was listed.</summary>
    public bool IsRead => Method == "GET" && Head["If-Match"] != null;
}
