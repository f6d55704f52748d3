namespace Streaming.Storage.S3;

/// <summary>Requests to S3 so far, every attempt counted.</summary>
/// <param name="Gets">Requests that read: GET and HEAD.</param>
/// <param name="Others">Requests that list, write or delete.</param>
/// <param name="BytesReceived">Bytes of objects that have arrived.</param>
/// <param name="BytesSent">Bytes of objects that were written.</param>
/// <param name="Retries">Requests that were made again after a failure.</param>
/// <param name="Restarts">Requests that lagged far behind others and whose rest was asked for anew.</param>
public sealed record S3Traffic(long Gets, long Others, long BytesReceived, long BytesSent, long Retries, long Restarts)
{
    // S3 Standard in us-east-1 (aws.amazon.com/s3/pricing, 2025): per thousand GET, and per thousand PUT, POST or LIST.
    const double DollarsPerThousandGets = 0.0004;
    const double DollarsPerThousandOthers = 0.005;

    /// <summary>All requests.</summary>
    public long Requests => Gets + Others;

    /// <summary>What the requests cost in dollars, about; bytes that leave the region cost extra.</summary>
    public double Dollars => CostOf(Gets, Others);

    /// <summary>What requests cost in dollars, about.</summary>
    public static double CostOf(long gets, long others) => (gets * DollarsPerThousandGets + others * DollarsPerThousandOthers) / 1000;
}
