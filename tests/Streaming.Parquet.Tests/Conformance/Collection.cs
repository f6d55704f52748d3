namespace Streaming.Parquet.Tests.Conformance;

/// <summary>A folder of files and what other readers found in them: each must give the same values, or be refused where it should.</summary>
static class Collection
{
    // Files whose pages do not have the checksum that is written before them; the other readers did not look.
    static readonly string[] RefusedHereOnly = ["corrupt-checksum"];

    // Refused by others for want of a scale, which LogicalTypes.md says is zero then.
    static readonly string[] ReadHereOnly = ["decimals_with_precision_but_no_scale"];

    /// <summary>Checks all files of a folder with a manifest.json.</summary>
    public static void Check(string folder, ITestOutputHelper output)
    {
        List<string> faults = [];
        int columns = 0;
        foreach (ManifestEntry entry in ManifestEntry.Load(Path.Combine(folder, "manifest.json")))
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
