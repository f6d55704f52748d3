using Streaming.Storage.Tests.S3.Proxy;
using Streaming.Storage.Tests.S3.Server;

namespace Streaming.Cli.Tests.S3;

/// <summary>Credentials that are in files, as the AWS CLI keeps them: processes of their own, as variables say where the files are.</summary>
[Trait("Category", "S3")]
public sealed class S3CredentialsTests(S3Server server) : IDisposable
{
    const string RenewedKey = "KEYOFANOTHERDAY01";

    readonly Scratch scratch = new();

    string CredentialsFile => scratch.In("credentials");

    [Fact]
    public async Task Fit_WhoseCredentialsExpireMeanwhile_GoesOnWithThoseThatAreInTheFileThen()
    {
        await using S3Flights flights = await S3Flights.CreateAsync(server);
        string key = Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID") ?? "";
        Assert.SkipWhen(key.Length == 0, "The server's keys are in a profile, not in the environment.");
        WriteKeys(key);

        // First the file has keys that are none to the server; that they come to it shows that the file was read again. Then it has the right ones.
        var gate = new Lock();
        int step = 0;
        await using var proxy = new FaultyProxy(server.Url, request =>
        {
            bool isRenewed = request.Head["Authorization"]!.Contains(RenewedKey, StringComparison.Ordinal);
            lock (gate)
            {
                if (step == 0 && request.Head["Range"]?.StartsWith("bytes=4-", StringComparison.Ordinal) == true)
                {
                    WriteKeys(RenewedKey);
                    step = 1;
                }
                else if (step == 1 && isRenewed)
                {
                    WriteKeys(key);
                    step = 2;
                }

                return step == 1 || isRenewed ? Fault.ExpiredToken : Fault.None;
            }
        });
        string[] args = ["fit", "ridge", flights.Prefix, "--target", "delay", "--exclude", "late,note.text", "--endpoint-url", proxy.Url, "--model", scratch.In("s3.model")];
        using var cli = new CliProcess(args, Variables());
        (_, string error) = await cli.EndAsync();
        Assert.True(cli.ExitCode == 0, error);
        Assert.Equal(2, step);
        S3Secrets.AssertNone(error);
    }

    [Theory]
    [InlineData("corp", "signs in through SSO")]
    [InlineData("role", "signs in through SSO")]
    [InlineData("nobody", "nobody")]
    [InlineData(null, "signs in through SSO")]
    public async Task Inspect_WithAProfileThatGivesNoCredentials_SaysWhatToDo(string? profile, string wanted)
    {
        await File.WriteAllTextAsync(
            scratch.In("config"),
            """
            [default]
            sso_session = corp
            sso_account_id = 111122223333
            sso_role_name = Reader
            [profile corp]
            sso_session = corp
            sso_account_id = 111122223333
            sso_role_name = Reader
            [sso-session corp]
            sso_region = us-east-1
            sso_start_url = https://corp.awsapps.test/start
            [profile role]
            role_arn = arn:aws:iam::111122223333:role/reader
            source_profile = corp
            """,
            TestContext.Current.CancellationToken);
        string[] named = profile == null ? [] : ["--profile", profile];
        using var cli = new CliProcess(["inspect", "s3://bucket/a.parquet", .. named, "--endpoint-url", "http://s3.invalid"], Variables());
        (_, string error) = await cli.EndAsync();
        Assert.NotEqual(0, cli.ExitCode);
        Assert.Contains(wanted, error, StringComparison.Ordinal);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("http://a b")]
    [InlineData("ftp://localhost")]
    [InlineData("https://user:secret@localhost")]
    public async Task Inspect_WithAnEndpointThatIsNoAddress_NamesTheVariable(string url)
    {
        using var cli = new CliProcess(["inspect", "s3://bucket/a.parquet", "--no-sign-request"], new(Variables()) { ["AWS_ENDPOINT_URL_S3"] = url });
        (_, string error) = await cli.EndAsync();
        Assert.Equal(ExitCode.Usage, cli.ExitCode);
        Assert.StartsWith("error: AWS_ENDPOINT_URL_S3, ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    void WriteKeys(string key)
    {
        string secret = Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY")!;
        string token = Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN") is { Length: > 0 } one ? $"aws_session_token = {one}\n" : "";
        string aside = scratch.In("credentials.new");
        File.WriteAllText(aside, $"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n{token}");
        File.Move(aside, CredentialsFile, overwrite: true);
    }

    Dictionary<string, string?> Variables() => new()
    {
        ["AWS_ACCESS_KEY_ID"] = null,
        ["AWS_SECRET_ACCESS_KEY"] = null,
        ["AWS_SESSION_TOKEN"] = null,
        ["AWS_PROFILE"] = null,
        ["AWS_SHARED_CREDENTIALS_FILE"] = CredentialsFile,
        ["AWS_CONFIG_FILE"] = scratch.In("config"),
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    public void Dispose() => scratch.Dispose();
}
