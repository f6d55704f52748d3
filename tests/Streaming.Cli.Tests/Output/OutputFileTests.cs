using Streaming.Cli.Output;

namespace Streaming.Cli.Tests.Output;

public sealed class OutputFileTests
{
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
    public void IsDevicePath_KnowsWhereDevicesAre(string path, bool expected) => Assert.Equal(expected, OutputFile.IsDevicePath(path));

    [Fact]
    public void CheckWritable_LeavesWhatIsThere()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.In("a.model"), "old");
        OutputFile.CheckWritable(scratch.In("a.model"), "model");
        OutputFile.CheckWritable(scratch.In("b.model"), "model");
        Assert.Equal(["a.model"], scratch.Files);
        Assert.Equal("old", File.ReadAllText(scratch.In("a.model")));
    }
}
