using Xunit;

namespace Streaming.Storage.Tests;

public sealed class DatasetPathsTests : IDisposable
{
    readonly TempFolder folder = new();

    public DatasetPathsTests()
    {
        foreach (string name in new[] { "b.parquet", "a.parquet", "2024/10.parquet", "2024/9.parquet", "notes.txt", "_SUCCESS", "_delta_log/x.parquet", ".hidden.parquet" })
            folder.Write(name, [1]);
    }

    [Fact]
    public void Resolve_Folder_FindsParquetFilesBelowSortedByName() =>
        AssertFound(["2024/10.parquet", "2024/9.parquet", "a.parquet", "b.parquet"], folder.Root);

    [Fact]
    public void Resolve_File_IsItselfWhateverItsName() => AssertFound(["notes.txt"], In("notes.txt"));

    [Theory]
    [InlineData("*.parquet", new[] { "a.parquet", "b.parquet" })]
    [InlineData("?.parquet", new[] { "a.parquet", "b.parquet" })]
    [InlineData("2*/*.parquet", new[] { "2024/10.parquet", "2024/9.parquet" })]
    [InlineData("**/*.parquet", new[] { "2024/10.parquet", "2024/9.parquet", "a.parquet", "b.parquet" })]
    [InlineData("**/1*", new[] { "2024/10.parquet" })]
    [InlineData("**", new[] { "2024/10.parquet", "2024/9.parquet", "a.parquet", "b.parquet", "notes.txt" })]
    [InlineData("2*/**", new[] { "2024/10.parquet", "2024/9.parquet" })]
    [InlineData("2024/**", new[] { "2024/10.parquet", "2024/9.parquet" })]
    public void Resolve_Glob_FindsWhatItMatches(string glob, string[] expected) => AssertFound(expected, In(glob));

    [Fact]
    public void Resolve_SeveralPaths_GivesEachFileOnceInOrder() =>
        AssertFound(["2024/10.parquet", "2024/9.parquet", "a.parquet", "b.parquet"], In("b.parquet"), folder.Root, In("a.parquet"));

    [Theory]
    [InlineData("missing.parquet")]
    [InlineData("x*.parquet")]
    [InlineData("nowhere/*.parquet")]
    [InlineData("_delta_log/../2023/**")]
    public void Resolve_PathThatNamesNothing_NamesIt(string path)
    {
        var error = Assert.Throws<FileNotFoundException>(() => DatasetPaths.Resolve([In("a.parquet"), In(path)]));
        Assert.Contains(path, error.Message);
    }

    [Fact]
    public void Resolve_FolderWithoutParquet_IsRefused()
    {
        Directory.CreateDirectory(In("empty"));
        Assert.Contains("empty", Assert.Throws<FileNotFoundException>(() => DatasetPaths.Resolve([In("empty")])).Message);
    }

    /// <summary>The rows of a folder that may not be listed would be missing without a word; of a hidden one none are wanted.</summary>
    [Fact]
    public void Resolve_AFolderThatMayNotBeListed_EndsItUnlessItIsHidden()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("A folder is shut as Linux does it.");
            return;
        }

        folder.Write("x/.trash/a.parquet", [1]);
        folder.Write("x/day/b.parquet", [1]);
        using (new ShutFolder(folder, "x/.trash"))
            AssertFound(["x/day/b.parquet"], In("x"));

        using (new ShutFolder(folder, "x/day"))
            Assert.Contains(In("x/day"), Assert.Throws<IOException>(() => DatasetPaths.Resolve([In("x")])).Message);
    }

    [Fact]
    public void Resolve_AFolderWhoseNameGivesAColumn_IsDataEvenWithAnUnderscore()
    {
        folder.Write("t/_day=1/a.parquet", [1]);
        folder.Write("t/_temporary/a.parquet", [1]);
        AssertFound(["t/_day=1/a.parquet"], In("t"));
    }

    [Fact]
    public void Resolve_AFileWithTwoNames_IsFoundUnderBoth()
    {
        File.CreateSymbolicLink(In("2024/link.parquet"), In("a.parquet"));
        AssertFound(["2024/link.parquet", "a.parquet"], In("2024/l*"), In("a.parquet"));
    }

    [Fact]
    public void Resolve_FollowsLinks_ButNotToAFolderThatTheyLieIn()
    {
        folder.Write("x/deep/c.parquet", [1]);
        Directory.CreateSymbolicLink(In("2024/up"), In("."));
        Directory.CreateSymbolicLink(In("x/deep/round"), In("x"));
        Directory.CreateSymbolicLink(In("2024/other"), In("x/deep"));
        AssertFound(["x/deep/c.parquet"], In("x"));
        AssertFound(["2024/10.parquet", "2024/9.parquet", "2024/other/c.parquet", "a.parquet", "b.parquet", "x/deep/c.parquet"], folder.Root);
    }

    [Fact]
    public void Resolve_TheSameFileUnderTwoNames_IsReadOnce() =>
        AssertFound(["a.parquet"], In("a.parquet"), In("2024/../a.parquet"));

    string In(string name) => Path.Combine(folder.Root, name);

    void AssertFound(string[] expected, params string[] paths) =>
        Assert.Equal(expected.Select(In), DatasetPaths.Resolve(paths));

    public void Dispose() => folder.Dispose();
}
