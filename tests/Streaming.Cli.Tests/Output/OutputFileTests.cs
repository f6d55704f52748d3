using Streaming.Cli.Output;

namespace Streaming.Cli.Tests.Output;

public sealed class OutputFileTests
{
    [Fact]
    public void CheckWritable_LeavesWhatIsThere()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.In("a.model"), "old");
        OutputFile.CheckWritable(scratch.In("a.model"));
        OutputFile.CheckWritable(scratch.In("b.model"));
        Assert.Equal(["a.model"], scratch.Files);
        Assert.Equal("old", File.ReadAllText(scratch.In("a.model")));
    }
}
