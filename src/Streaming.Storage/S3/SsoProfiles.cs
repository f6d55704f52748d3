using Amazon.Runtime.CredentialManagement;

namespace Streaming.Storage.S3;

/// <summary>
/// Profiles that sign in through IAM Identity Center (SSO). The AWS SDK takes no credentials from them where a client names its profile; the AWS CLI can hand
/// them over.
/// </summary>
static class SsoProfiles
{
    // Profiles that assume a role name another one, which may do so as well.
    const int MostLinks = 8;

    /// <summary>The profile that is taken where nobody names one.</summary>
    public const string Default = "default";

    /// <summary>Refuses a profile that signs in so, itself or by the one that its role is assumed from.</summary>
    /// <param name="name">The profile.</param>
    /// <param name="where">Where its name was found, for the error.</param>
    /// <exception cref="ArgumentException">It does: says what to do.</exception>
    public static void Refuse(string name, string where)
    {
        if (RemedyFor(name) is { } remedy)
            throw new ArgumentException($"{where}: {remedy} - and name no profile here.");
    }

    /// <summary>What to do where a profile signs in so; null where it does not.</summary>
    public static string? RemedyFor(string name)
    {
        var profiles = new CredentialProfileStoreChain();
        string? next = name;
        for (int link = 0; link < MostLinks && next != null && profiles.TryGetProfile(next, out CredentialProfile profile); link++)
        {
            if (profile.Options.SsoSession != null || profile.Options.SsoStartUrl != null)
            {
                return $"profile '{name}' signs in through SSO (IAM Identity Center), which is left to the AWS CLI. Run: aws sso login --profile {name}; "
                    + $"eval \"$(aws configure export-credentials --profile {name} --format env)\"";
            }

            next = profile.Options.SourceProfile;
        }

        return null;
    }
}
