using Xunit;

namespace Streaming.Learning.Tests;

/// <summary>The samples run on the data of the repository, and the README shows the one it says it shows.</summary>
public sealed class SamplesTests
{
    public static TheoryData<string> Names => [.. Samples.Samples.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Sample_RunsAndSaysSomething(string name)
    {
        var output = new StringWriter();
        await Samples.Samples.All[name](Path.Combine(Repository.Root, "samples", "data"), output);
        Assert.True(output.ToString().Split('\n').Length > 2, output.ToString());
        Assert.DoesNotContain("NaN", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_ShowsTheSampleOfLateFlights()
    {
        string sample = File.ReadAllText(Path.Combine(Repository.Root, "samples", "Streaming.Samples", "LateFlights.cs"));
        string[] lines = sample.Split("        // README\n")[1].TrimEnd().Split('\n');
        string usings = sample[..sample.IndexOf("\n\n", StringComparison.Ordinal)];
        string snippet = usings + "\n\n" + string.Join('\n', lines.Select(l => l.Length > 0 ? l[8..] : l));

        // The sample is told where to read and write; whoever copies it from the README is in the repository, at a console.
        snippet = snippet.Replace("$\"{samples}/flights\"", "\"samples/data/flights\"", StringComparison.Ordinal)
            .Replace("$\"{folder}/late.model\"", "\"late.model\"", StringComparison.Ordinal)
            .Replace("output.WriteLine", "Console.WriteLine", StringComparison.Ordinal);
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Assert.Contains($"```csharp\n{snippet}\n```", readme, StringComparison.Ordinal);
    }
}
