using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Streaming.Storage.S3;

/// <summary>Turns <see cref="S3Options"/>, and what the environment says beside them, into a client of the AWS SDK.</summary>
static class S3Settings
{
    // What the CLI signs for where nobody names a region; servers other than AWS take it, too.
    const string DefaultRegion = "us-east-1";

    const string FoundEndpointSource = "AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or endpoint_url of the profile";

    /// <summary>Opens a client.</summary>
    /// <exception cref="ArgumentException">An option can't be used.</exception>
    public static AmazonS3Client Open(S3Options options, HttpClientFactory connections)
    {
        AmazonS3Config config = Configure(options);
        config.HttpClientFactory = connections;
        return options.NoSignRequest ? new AmazonS3Client(new AnonymousAWSCredentials(), config) : new AmazonS3Client(config);
    }

    /// <summary>The settings of a client.</summary>
    internal static AmazonS3Config Configure(S3Options options)
    {
        var config = new AmazonS3Config
        {
            // Attempts are counted in one place, and that is here.
            MaxErrorRetry = 0,

            // Servers other than AWS do not know the newer checksums, which the SDK would add to everything.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            DisableLogging = true,
        };
        if (options.Profile is { } profile)
        {
            SsoProfiles.Refuse(profile, "Option profile");
            config.Profile = new Profile(profile);
        }
        else if (Variable("AWS_PROFILE") is { } chosen && Variable("AWS_ACCESS_KEY_ID") == null && !options.NoSignRequest)
        {
            SsoProfiles.Refuse(chosen, "AWS_PROFILE");
        }

        string? region = options.Region ?? Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION");

        if ((options.EndpointUrl ?? FoundEndpoint(config)) is { Length: > 0 } url)
        {
            // Names of buckets before that of the server want a DNS that has them all.
            config.ServiceURL = IsAddress(url) ? url : throw NoAddress(options.EndpointUrl != null ? "Option endpoint-url" : FoundEndpointSource, null);
            config.ForcePathStyle = true;
            config.AuthenticationRegion = region ?? DefaultRegion;
        }
        else if (region != null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        else
        {
            config.RegionEndpoint = FallbackRegionFactory.GetRegionEndpoint(includeInstanceMetadata: false) ?? RegionEndpoint.USEast1;
        }

        return config;
    }

    static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // Where nothing sets it, the SDK looks into the environment and the profile, and fails where they hold no address at all.
    static string? FoundEndpoint(AmazonS3Config config)
    {
        try
        {
            return config.ServiceURL;
        }
        catch (AmazonClientException e)
        {
            throw NoAddress(FoundEndpointSource, e);
        }
    }

    static bool IsAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 && address.Query.Length == 0;

    // What was found is not told: it may hold a password.
    static ArgumentException NoAddress(string source, Exception? cause) =>
        new($"{source}: wanted the address of a server such as https://s3.example.org, without a user or a query in it, found another text.", cause);
}
