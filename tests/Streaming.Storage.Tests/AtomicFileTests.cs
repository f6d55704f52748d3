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

    [Fact]
    public void Create_OverALink_ReplacesWhatItPointsTo()
    {
        string path = folder.Write("model", [1]);
        string link = Path.Combine(folder.Root, "link");
        File.CreateSymbolicLink(link, path);
        using (AtomicFile file = AtomicFile.Create(link))
        {
            file.Stream.Write([2]);
            file.Commit();
        }

        Assert.Equal([2], File.ReadAllBytes(path));
        Assert.Equal(path, new FileInfo(link).LinkTarget);
    }

    // Only the pure function is tested: a test that ran the command on a real device could, as root, replace it.
    [Theory]
    [InlineData("/dev/null", true)]
    [InlineData("/dev/stdout", true)]
    [InlineData("/dev/fd/63", true)]
    [InlineData("/proc/self/fd/1", true)]
    [InlineData("/sys/a.model", true)]
    [InlineData("/dev/shm/a.model", false)]
    [InlineData("/home/me/dev/null", false)]
    [InlineData("/device/a.model", false)]
    public void IsDevicePath_KnowsWhereDevicesAre(string path, bool expected) => Assert.Equal(expected, AtomicFile.IsDevicePath(path));

    public void Dispose() => folder.Dispose();
}
