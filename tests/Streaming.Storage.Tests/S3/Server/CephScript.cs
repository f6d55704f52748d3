using System.Diagnostics;
using System.Globalization;

namespace Streaming.Storage.Tests.S3.Server;

/// <summary>Ceph's S3 gateway as a process of this machine, by the script in infra/s3, which installs it first where it may.</summary>
static class CephScript
{
    /// <exception cref="NoServerException">The script says why there is no server.</exception>
    public static async Task<S3Endpoint> StartAsync()
    {
        if (!OperatingSystem.IsLinux())
            throw new NoServerException("Ceph needs Linux; start any S3 server and name it in STREAMING_TEST_S3_ENDPOINT.");

        // A folder of its own, so that test projects can run side by side; should this process be killed, the server ends by itself.
        string folder = Path.Combine(Path.GetTempPath(), $"streaming-s3-{Environment.ProcessId}");
        var environment = new Dictionary<string, string>
        {
            ["STREAMING_S3_STATE"] = folder,
            ["STREAMING_S3_OWNER"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        };
        (int code, string output, string error) = await RunAsync("start", environment);
        if (error.Length > 0)
            await Console.Error.WriteLineAsync(error);

        if (code != 0)
            throw new NoServerException($"infra/s3/ceph-rgw.sh ended with {code}: {error.Trim()}");

        Dictionary<string, string> values = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split('=', 2))
            .ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        return new S3Endpoint(
            values["STREAMING_TEST_S3_ENDPOINT"],
            values["AWS_ACCESS_KEY_ID"],
            values["AWS_SECRET_ACCESS_KEY"],
            async () => await RunAsync("stop", environment));
    }

    static async Task<(int Code, string Output, string Error)> RunAsync(string command, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("bash", [Script(), command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    static string Script()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            string script = Path.Combine(folder.FullName, "infra", "s3", "ceph-rgw.sh");
            if (File.Exists(script))
                return script;
        }

        throw new NoServerException($"No folder above '{AppContext.BaseDirectory}' holds infra/s3/ceph-rgw.sh.");
    }
}
