using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>What a run says while it goes on: a number that is taken for classes costs minutes and teaches nothing.</summary>
public sealed class NoticeTests : IDisposable
{
    const int Rows = 400;

    readonly TestData data = new();
    readonly List<string> notices = [];

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task ManyWholeNumbersAsClasses_AreToldWithWhatLearnsANumber()
    {
        await FitAsync(Target(i => (double)(i % 51)));
        string notice = Assert.Single(notices);
        Assert.StartsWith("warning: target 'y' has 51 different whole numbers", notice, StringComparison.Ordinal);
        Assert.Contains("linear-regression", notice, StringComparison.Ordinal);
        Assert.DoesNotContain("gaussian-nb", notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AsManyAsClassesHaveNumbers_AreNot()
    {
        await FitAsync(Target(i => (double)(i % 50)));
        Assert.Empty(notices);
    }

    [Fact]
    public async Task AsManyTexts_AreNot()
    {
        await FitAsync(Target(i => $"place {i % 80}"));
        Assert.Empty(notices);
    }

    static T[] Target<T>(Func<int, T> of) => [.. Enumerable.Range(0, Rows).Select(of)];

    async Task FitAsync(Array target)
    {
        await data.WriteAsync("a.parquet", [Rows], ("x", Target(i => Math.Sin(i))), ("y", target));
        using Dataset dataset = data.Open("a.parquet");
        await new GaussianNb().FitAsync(dataset, new TrainingOptions { Target = "y", Notices = new CheckpointTests.Listener(notices) });
    }
}
