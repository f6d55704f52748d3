namespace Streaming.Parquet.Tests.Conformance;

/// <summary>Reads the small files of other projects' test suites in data (see its README).</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    [Fact]
    public void Corpus_EveryFile_HasTheManifestsValuesOrIsRefused() => Collection.Check(Path.Combine(AppContext.BaseDirectory, "data"), output);

    [Fact]
    public void Corpus_EveryFile_IsInTheManifest()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "data");
        IEnumerable<string> files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f)).Where(f => f.Contains(Path.DirectorySeparatorChar));
        Assert.Equal(files.Order(StringComparer.Ordinal), ManifestEntry.Load(Path.Combine(folder, "manifest.json")).Select(e => e.File).Order(StringComparer.Ordinal));
    }
}
