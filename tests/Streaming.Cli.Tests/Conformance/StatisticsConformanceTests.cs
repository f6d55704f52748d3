using System.Text.Json;
using Streaming.Parquet.Tests.Conformance;

namespace Streaming.Cli.Tests.Conformance;

/// <summary>
/// <c>inspect --stats --json</c> over files of other projects: exactly what other readers found in them, or the refusal that is due;
/// and the same after <c>convert</c>. The small corpus is part of the repository; the large one is the folder <c>conformance</c> of the folder that STREAMING_SHARED names.
/// </summary>
public sealed class StatisticsConformanceTests(ITestOutputHelper output)
{
    const string Variable = "STREAMING_SHARED";

    // Files whose pages do not have the checksum that is written before them; the other readers did not look.
    static readonly string[] RefusedHereOnly = ["corrupt-checksum"];

    // Refused by others for want of a scale, which LogicalTypes.md says is zero then.
    static readonly string[] ReadHereOnly = ["decimals_with_precision_but_no_scale"];

    [Fact]
    public Task Corpus_EveryFile_HasTheManifestsStatisticsOrIsRefused() =>
        CheckAsync(Path.Combine(Repository.Root, "tests", "Streaming.Parquet.Tests", "data"));

    [Fact]
    [Trait("Category", "Shared")]
    public Task Conformance_EveryFile_HasTheManifestsStatisticsOrIsRefused() => CheckAsync(SharedFolder());

    [Fact]
    public Task Corpus_EveryFileThatIsConverted_KeepsItsStatistics() =>
        CheckConvertedAsync(Path.Combine(Repository.Root, "tests", "Streaming.Parquet.Tests", "data"));

    [Fact]
    [Trait("Category", "Shared")]
    public Task Conformance_EveryFileThatIsConverted_KeepsItsStatistics() => CheckConvertedAsync(SharedFolder());

    // A file is converted as a whole or refused with one line.
    async Task CheckConvertedAsync(string folder)
    {
        using var scratch = new Scratch();
        List<string> faults = [];
        int converted = 0;
        foreach (ManifestEntry entry in ManifestEntry.Load(Path.Combine(folder, "manifest.json")))
        {
            string path = Path.Combine(folder, entry.File);
            string target = scratch.In($"{converted}");
            CliRun run = await CliRun.RunAsync("convert", path, "--output", target, "--row-group-size", "1000");
            if (run.ExitCode == ExitCode.Done)
            {
                converted++;
                string before = WithoutTypes((await CliRun.JsonAsync("inspect", path, "--stats")).GetProperty("columns"));
                string after = WithoutTypes((await CliRun.JsonAsync("inspect", target, "--stats")).GetProperty("columns"));
                if (before != after)
                    faults.Add($"{entry.File}: {before}\n  became {after}");
            }
            else if (run.ExitCode != ExitCode.Failed || run.Error.Count(c => c == '\n') != 1)
            {
                faults.Add($"{entry.File}: {run.ExitCode} {run.Error}");
            }
            else
            {
                output.WriteLine($"{entry.File}: {run.Error.Trim()}");
            }
        }

        output.WriteLine($"{converted} files converted.");
        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.True(converted > 0);
    }

    static string WithoutTypes(JsonElement columns) => string.Join(
        '\n', columns.EnumerateArray().Select(c => string.Join(", ", c.EnumerateObject().Where(p => p.Name != "type").Select(p => $"{p.Name} {p.Value}"))));

    static string SharedFolder()
    {
        string folder = Path.Combine(Environment.GetEnvironmentVariable(Variable) ?? "", "conformance");
        Assert.SkipUnless(
            File.Exists(Path.Combine(folder, "manifest.json")), $"{Variable} names no folder with conformance/manifest.json; these files are not part of the repository.");
        return folder;
    }

    async Task CheckAsync(string folder)
    {
        List<string> faults = [];
        int columns = 0;
        int read = 0;
        int refused = 0;
        foreach (ManifestEntry entry in ManifestEntry.Load(Path.Combine(folder, "manifest.json")))
        {
            CliRun run = await CliRun.RunAsync("inspect", Path.Combine(folder, entry.File), "--stats", "--json");
            if (run.ExitCode == ExitCode.Done)
            {
                read++;
                if (entry.Expected == "reject" && !Names(ReadHereOnly, entry))
                    faults.Add($"{entry.File}: not refused");

                using JsonDocument json = JsonDocument.Parse(run.Out);
                columns += Compare(entry, json.RootElement, faults);
                continue;
            }

            refused++;
            output.WriteLine($"{entry.File} ({entry.Expected}): {run.Error.Trim()}");
            if (run.ExitCode != ExitCode.Failed || run.Out.Length > 0 || run.Error.Count(c => c == '\n') != 1 || !run.Error.StartsWith("error: ", StringComparison.Ordinal))
                faults.Add($"{entry.File}: not refused as it should be: {run.ExitCode} {run.Error}");

            // Broken ones that some reader takes, and those that readers disagree about, may be refused.
            bool isDue = entry.Expected is "reject" or "read-though-broken" or "one-reader-only" or "disputed" || Names(RefusedHereOnly, entry);
            if (!isDue && (entry.Columns.Values.Any(CanBeRead) || !run.Error.Contains("which can't be read", StringComparison.Ordinal)))
                faults.Add($"{entry.File}: refused though it can be read: {run.Error}");
        }

        output.WriteLine($"{read} files read, {columns} columns compared, {refused} files refused.");
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    static int Compare(ManifestEntry entry, JsonElement json, List<string> faults)
    {
        if (entry.Rows is { } rows && rows != json.GetProperty("rows").GetInt64())
            faults.Add($"{entry.File}: {json.GetProperty("rows")} rows, wanted {rows}");

        int compared = 0;
        Dictionary<string, JsonElement> found = json.GetProperty("columns").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);
        foreach ((string name, JsonElement wanted) in entry.Columns)
        {
            if (found.TryGetValue(name, out JsonElement column))
            {
                compared++;
                foreach (string fault in new StatisticsComparison(column, wanted).AllFaults())
                    faults.Add($"{entry.File}: {name} ({wanted.GetProperty("type")}): {fault}");
            }
            else if (CanBeRead(wanted) && !IsOfTheFolder(entry, name) && !IsRenamed(name, found))
            {
                faults.Add($"{entry.File}: {name} ({wanted.GetProperty("type")}) is missing");
            }
        }

        return compared;
    }

    // Types that the other reader has for what is a group, a list or bytes of fixed length.
    static bool CanBeRead(JsonElement wanted)
    {
        string type = wanted.GetProperty("type").GetString()!;
        return !type.EndsWith(']') && !type.StartsWith("STRUCT(", StringComparison.Ordinal) && !type.StartsWith("MAP(", StringComparison.Ordinal)
            && type is not ("VARIANT" or "BLOB" or "UUID" or "INTERVAL" or "GEOMETRY");
    }

    // The other reader makes columns of folders called name=value.
    static bool IsOfTheFolder(ManifestEntry entry, string name) => entry.File.Contains($"/{name}=", StringComparison.Ordinal);

    // The other reader tells columns apart without regard to case, and numbers those that are alike.
    static bool IsRenamed(string name, Dictionary<string, JsonElement> found) =>
        name.LastIndexOf('_') is > 0 and int end && found.Keys.Count(k => string.Equals(k, name[..end], StringComparison.OrdinalIgnoreCase)) > 1;

    static bool Names(string[] parts, ManifestEntry entry) => parts.Any(p => entry.File.Contains(p, StringComparison.Ordinal));
}
