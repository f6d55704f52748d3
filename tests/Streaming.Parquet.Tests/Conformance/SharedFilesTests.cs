namespace Streaming.Parquet.Tests.Conformance;

/// <summary>
/// Reads large collections of files that are not part of this repository: the folders `datasets` and `conformance` of the
/// folder that STREAMING_SHARED names, each with a manifest.json of what other readers found.
/// </summary>
[Trait("Category", "Shared")]
public sealed class SharedFilesTests(ITestOutputHelper output)
{
    const string Variable = "STREAMING_SHARED";

    [Fact]
    public void Datasets_EveryFile_HasTheManifestsValues() => Check("datasets");

    [Fact]
    public void Conformance_EveryFile_HasTheManifestsValuesOrIsRefused() => Check("conformance");

    // Files whose pages do not have the checksum that is written before them; the other readers did not look.
    static readonly string[] RefusedHereOnly = ["corrupt-checksum"];

    // Refused by others for want of a scale, which LogicalTypes.md says is zero then.
    static readonly string[] ReadHereOnly = ["decimals_with_precision_but_no_scale"];

    void Check(string collection)
    {
        string folder = Path.Combine(Environment.GetEnvironmentVariable(Variable) ?? "", collection);
        string manifest = Path.Combine(folder, "manifest.json");
        Assert.SkipUnless(File.Exists(manifest), $"{Variable} names no folder with {collection}/manifest.json; these files are not part of the repository.");

        List<string> faults = [];
        int columns = 0;
        foreach (ManifestEntry entry in ManifestEntry.Load(manifest))
        {
            bool mustRead = entry.Expected.StartsWith("read", StringComparison.Ordinal) && entry.Expected != "read-though-broken" && !Names(RefusedHereOnly, entry);
            bool mustRefuse = Names(RefusedHereOnly, entry) || (entry.Expected == "reject" && !Names(ReadHereOnly, entry));
            try
            {
                (int compared, List<string> left) = ManifestCheck.Run(folder, entry);
                columns += compared;
                output.WriteLine($"{entry.File} ({entry.Expected}): {compared} columns compared; not read: {string.Join("; ", left)}");
                if (mustRefuse)
                    faults.Add($"{entry.Expected} {entry.File}: not refused");
            }
            catch (ParquetException e) when (!mustRead)
            {
                output.WriteLine($"{entry.File} ({entry.Expected}): refused: {e.Message}");
            }
            catch (Exception e)
            {
                faults.Add($"{entry.Expected} {entry.File}: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
            }
        }

        output.WriteLine($"{columns} columns compared.");
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    static bool Names(string[] parts, ManifestEntry entry) => parts.Any(p => entry.File.Contains(p, StringComparison.Ordinal));
}
