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

    void Check(string collection)
    {
        string folder = Path.Combine(Environment.GetEnvironmentVariable(Variable) ?? "", collection);
        string manifest = Path.Combine(folder, "manifest.json");
        Assert.SkipUnless(File.Exists(manifest), $"{Variable} names no folder with {collection}/manifest.json; these files are not part of the repository.");

        List<string> faults = [];
        int columns = 0;
        int refused = 0;
        foreach (ManifestEntry entry in ManifestEntry.Load(manifest))
        {
            try
            {
                (int compared, List<string> left) = ManifestCheck.Run(folder, entry);
                columns += compared;
                if (left.Count > 0)
                    output.WriteLine($"{entry.File} ({entry.Expected}): not read: {string.Join("; ", left)}");

                if (entry.Expected == "reject")
                    output.WriteLine($"NOT REFUSED {entry.File}: {compared} columns");
            }
            catch (ParquetException e) when (entry.Expected == "reject" || e.IsUnsupported)
            {
                refused++;
                output.WriteLine($"refused ({entry.Expected}) {entry.File}: {e.Message}");
            }
            catch (Exception e) when (entry.Expected is "read" or "read-duckdb-only")
            {
                faults.Add($"{entry.Expected} {entry.File}: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
            }
            catch (Exception e)
            {
                output.WriteLine($"OTHER ({entry.Expected}) {entry.File}: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
            }
        }

        output.WriteLine($"{columns} columns compared, {refused} files refused.");
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }
}
