using System.CommandLine;
using Streaming.Storage;
using Streaming.Storage.S3;

namespace Streaming.Cli.Options;

/// <summary>The options of every command that reads or writes files: how to reach those in S3. They are named as the AWS CLI names them.</summary>
sealed class StorageOptions
{
    readonly Option<string?> endpointUrl = OptionKinds.Word(
        "--endpoint-url", "URL", "For s3:// paths: a server other than AWS. [default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the profile]");

    readonly Option<string?> region = OptionKinds.Word("--region", "NAME", "For s3:// paths: the region. [default: AWS_REGION or the profile]");
    readonly Option<string?> profile = OptionKinds.Word("--profile", "NAME", "For s3:// paths: a profile of ~/.aws. [default: AWS_PROFILE, or 'default']");
    readonly Option<bool> noSignRequest = new("--no-sign-request") { Description = "For s3:// paths: ask without credentials, for public data." };
    readonly Option<string?> requestPayer = OptionKinds.Word(
        "--request-payer", "requester", "For s3:// paths: pay for the requests to buckets whose owner wants that.");

    /// <summary>Creates the options.</summary>
    public StorageOptions() => requestPayer.AcceptOnlyFromAmong("requester");

    /// <summary>Offers the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { endpointUrl, region, profile, noSignRequest, requestPayer })
            command.Options.Add(option);
    }

    /// <summary>Where files are.</summary>
    public FileStore Open(ParseResult parsed) => new(new S3Options
    {
        EndpointUrl = parsed.GetValue(endpointUrl),
        Region = parsed.GetValue(region),
        Profile = parsed.GetValue(profile),
        NoSignRequest = parsed.GetValue(noSignRequest),
        RequesterPays = parsed.GetValue(requestPayer) != null,
    });
}
