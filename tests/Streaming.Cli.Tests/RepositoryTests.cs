namespace Streaming.Cli.Tests;

public sealed class RepositoryTests
{
    [Fact]
    public void Root_HoldsTheSolutionWithTheCommandAndItsTests()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "Streaming.sln"));
        Assert.Contains("Streaming.Cli.csproj", solution, StringComparison.Ordinal);
        Assert.Contains("Streaming.Cli.Tests.csproj", solution, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Repository.Sample("flights")));
    }
}
