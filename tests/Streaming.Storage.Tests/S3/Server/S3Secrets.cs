namespace Streaming.Storage.Tests.S3.Server;

/// <summary>What must be in no output.</summary>
static class S3Secrets
{
    static readonly string[] Words = ["Signature=", "Credential=", "X-Amz-Security-Token", "Authorization"];
    static readonly string[] Variables = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

    public static void AssertNone(string text)
    {
        foreach (string secret in Words.Concat(Variables.Select(Environment.GetEnvironmentVariable).OfType<string>()))
            Xunit.Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
    }
}
