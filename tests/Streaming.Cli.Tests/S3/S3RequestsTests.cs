using System.Text.Json;
using Streaming.Storage.Tests.S3.Server;

namespace Streaming.Cli.Tests.S3;

/// <summary>Requests are as few as they can be, and the plan says beforehand how many they are.</summary>
[Trait("Category", "S3")]
public sealed class S3RequestsTests(S3Server server) : IAsyncLifetime
{
    const int WholeFiles = 2;

    S3Flights flights = null!;

    public async ValueTask InitializeAsync() => flights = await S3Flights.CreateAsync(server);

    public async ValueTask DisposeAsync()
    {
        if (flights != null)
            await flights.DisposeAsync();
    }

    [Theory]
    [InlineData("ridge", "--target", "delay", "--exclude", "late,note.text")]
    [InlineData("ridge", "--target", "delay", "--features", "distance,minute", "--standardize", "--holdout", "0.2")]
    [InlineData("sgd-classifier", "--target", "late", "--features", "distance,day", "--epochs", "3", "--where", "minute >= 20")]
    [InlineData("mini-batch-kmeans", "--features", "distance,minute,delay", "--n-clusters", "3", "--epochs", "2")]
    public async Task Fit_AsksAsOftenAsItsPlanSays(params string[] args)
    {
        string[] run = ["fit", args[0], flights.Prefix, .. args[1..], "--endpoint-url", server.Url];
        JsonElement plan = await CliRun.JsonAsync(["plan", .. run]);
        JsonElement s3 = (await CliRun.JsonAsync([.. run, "--model", flights.In("s3.model")])).GetProperty("s3");

        // The least: whether the name is an object's, a page of names, a footer per file, and what each pass reads - the chunks of its columns in each row
        // group, those that lie close together joined; nothing of the files that came whole with their footers, of one row group each.
        long least = 2 + plan.GetProperty("files").GetInt64();
        foreach (JsonElement pass in plan.GetProperty("passes").EnumerateArray())
        {
            Assert.InRange(pass.GetProperty("fetch_bytes").GetInt64(), 1, long.MaxValue);
            Assert.Equal(plan.GetProperty("row_groups").GetInt64() - WholeFiles, pass.GetProperty("requests").GetInt64());
            least += pass.GetProperty("at_least").GetInt64() * pass.GetProperty("requests").GetInt64();
        }

        Assert.Equal(least, plan.GetProperty("s3").GetProperty("requests").GetInt64());

        // On a busy machine an answer may come so late that it was asked for again.
        long again = s3.GetProperty("retries").GetInt64() + s3.GetProperty("restarts").GetInt64();
        Assert.InRange(s3.GetProperty("requests").GetInt64() - again, least, 1.2 * least);
    }
}
