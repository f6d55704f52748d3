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
        Assert.SkipUnless(
            File.Exists(Path.Combine(folder, "manifest.json")), $"{Variable} names no folder with {collection}/manifest.json; these files are not part of the repository.");
        Collection.Check(folder, output);
    }
}
