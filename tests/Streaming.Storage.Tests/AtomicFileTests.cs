using Xunit;

namespace Streaming.Storage.Tests;

public sealed class AtomicFileTests : IDisposable
{
    readonly TempFolder folder = new();

    [Fact]
    public void Commit_ReplacesTheTarget()
    {
        string path = folder.Write("model", [1]);
        using (AtomicFile file = AtomicFile.Create(path))
        {
            file.Stream.Write([2, 3]);
            Assert.Equal([1], File.ReadAllBytes(path));
            file.Commit();
        }

        Assert.Equal([2, 3], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void Dispose_WithoutCommit_LeavesThePreviousContentAlone()
    {
        string path = folder.Write("model", [1]);
        using (AtomicFile file = AtomicFile.Create(path))
            file.Stream.Write([2, 3]);

        Assert.Equal([1], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void Create_InAMissingFolder_NamesThePath()
    {
        string path = Path.Combine(folder.Root, "missing", "model");
        var error = Assert.Throws<IOException>(() => AtomicFile.Create(path));
        Assert.Contains(path, error.Message);
    }

    [Fact]
    public void Create_OverAFolder_IsRefused() =>
        Assert.Contains("found a folder", Assert.Throws<IOException>(() => AtomicFile.Create(folder.Root)).Message);

    public void Dispose() => folder.Dispose();
}
