using System.Net;
using Amazon;

namespace Streaming.Storage.S3;

/// <summary>
/// Signatures hold the time, and S3 refuses those that are off by more than 15 minutes. Where this machine's clock is wrong, the one of
/// the server's answer is taken; the request is then tried again.
/// </summary>
sealed class ServerClock(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Forbidden && response.Headers.Date is { } date)
        {
            TimeSpan ahead = date - TimeProvider.System.GetUtcNow();
            if (ahead.Duration() > Tolerated)
                AWSConfigs.ManualClockCorrection = ahead;
        }

        return response;
    }
}
