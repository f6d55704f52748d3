using Streaming.Learning.Estimators;

namespace Streaming.Cli.Tests;

/// <summary>Help, and what is said about commands that can't be meant: exit code 2 before anything is read.</summary>
public sealed class UsageTests : IDisposable
{
    static readonly string Wine = Repository.Sample("wine");
    readonly Scratch scratch = new();

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    string ModelPath => scratch.In("my.model");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Version_NamesTheCommandAndItsVersion()
    {
        CliRun run = await CliRun.DoneAsync("--version");
        Assert.Matches(@"^streaming \d+\.\d+\.\d+", run.Out);
    }

    [Theory]
    [InlineData("--features", "x,y", "'y', which is the target")]
    [InlineData("--features", "w,x", "'w', which is the weight")]
    [InlineData("--features", "", "Option features")]
    [InlineData("--exclude", "a,,b", "found 'a,,b'")]
    [InlineData("--one-hot", "\"a", "Option one-hot")]
    [InlineData("--impute", "mean:a,", "'mean:a,'")]
    public async Task ListsOfColumns_ThatCanNotBeMeant_AreRefused(string option, string value, string named)
    {
        string path = scratch.Write("t.parquet", "SELECT i AS x, i % 5 AS y, 1 AS w FROM range(20) t(i)");
        await CliRun.FailsAsync(2, ["fit", "ridge", path, "--target", "y", "--weight", "w", "--model", ModelPath, option, value], named);
        await CliRun.FailsAsync(2, ["describe", path, "--features", "x,w", "--weight", "w"], "'w', which is the weight");
    }

    [Theory]
    [InlineData("fit", "--alpha", "Option alpha: wanted NUMBER,..., found nothing")]
    [InlineData("sweep", "--fit-intercept", "Option fit-intercept: wanted true,false, found nothing")]
    [InlineData("sweep", "--alpha", "Option alpha: wanted VALUE,..., found nothing")]
    public Task OptionWithoutAValue_IsNamedWithTheValuesItTakes(string command, string option, string named) =>
        CliRun.FailsAsync(2, [command, "ridge", Wine, "--target", "target", "--model", ModelPath, option], named);

    [Fact]
    public async Task SweepOverWhatDecidesHowDataAreRead_NamesTheParameter()
    {
        await CliRun.FailsAsync(
            2,
            ["sweep", "sgd-regressor", Wine, "--target", "target", "--holdout", "0.2", "--alpha", "1e-4,1e-2", "--fit-intercept", "true,false", "--model", ModelPath],
            "'alpha=1e-4 fit_intercept=true' and 'alpha=1e-4 fit_intercept=false'", "Give fit_intercept one value");
    }

    [Fact]
    public async Task Patterns_LeaveTargetAndWeightOut()
    {
        string path = scratch.Write("t.parquet", "SELECT i AS x, i % 5 AS y, 1 AS w FROM range(20) t(i)");
        await CliRun.DoneAsync("fit", "ridge", path, "--target", "y", "--weight", "w", "--features", "*", "--model", ModelPath);
        Assert.Equal(["x"], Streaming.Learning.Models.ModelFile.Load(ModelPath).Header.Features);
    }

    [Fact]
    public async Task NamesWithCommas_StandInQuotes()
    {
        string path = scratch.Write("t.parquet", "SELECT i AS \"a,b\", i % 3 AS \"c,\"\"d\", i % 4 AS e, 2 * i AS y FROM range(40) t(i)");
        await CliRun.DoneAsync(
            "fit", "ridge", path, "--target", "y", "--features", "\"a,b\",e", "--hash", "\"c,\"\"d\":3", "--scale", "standard:\"a,b\"", "--model", ModelPath);
        IReadOnlyList<string> features = Streaming.Learning.Models.ModelFile.Load(ModelPath).Header.Features;
        Assert.Equal(["a,b", "e"], features.Where(f => !f.StartsWith("c,\"d#", StringComparison.Ordinal)));
        Assert.True(features.Count > 2);
        await CliRun.DoneAsync("predict", ModelPath, path, "--output", scratch.In("out.parquet"), "--keep", "\"a,b\"");
        await CliRun.DoneAsync("fit", "linear-regression", path, "--target", "y", "--feature-sets", "\"a,b\",e;e", "--model", ModelPath);
        string semicolons = scratch.Write("u.parquet", "SELECT i AS \"a;b\", i % 4 AS e, 2 * i AS y FROM range(40) t(i)");
        System.Text.Json.JsonElement sets = await CliRun.JsonAsync(
            "fit", "ridge", semicolons, "--target", "y", "--feature-sets", "\"a;b\",e;e;\"a;b\"", "--alpha", "0", "--model", ModelPath);
        Assert.Equal(["\"a;b\",e", "e", "\"a;b\""], sets.GetProperty("candidates").EnumerateArray().Select(c => c.GetProperty("name").GetString()!["alpha=0 features=".Length..]));
        string texts = scratch.Write("s.parquet", "SELECT 's' || i AS \"a,b\", uuid() AS u, i AS x, i AS y FROM range(4) t(i)");
        await CliRun.FailsAsync(1, ["fit", "ridge", texts, "--target", "y", "--exclude", "u", "--model", ModelPath], "--exclude \"a,b\",");
        await CliRun.FailsAsync(1, ["fit", "ridge", texts, "--target", "y", "--features", "x", "--weight", "u", "--model", ModelPath], "' UUID is neither a number nor text");
    }

    [Fact]
    public async Task Help_ListsTheCommandsAndHasExamples()
    {
        CliRun run = await CliRun.DoneAsync("--help");
        Assert.Contains("Examples:", run.Out, StringComparison.Ordinal);
        foreach (string command in new[] { "fit", "predict", "evaluate", "sweep", "inspect", "export", "convert" })
        {
            Assert.Contains(command, run.Out, StringComparison.Ordinal);
            CliRun help = await CliRun.DoneAsync(command, "--help");
            Assert.Contains($"  streaming {command}", help.Out, StringComparison.Ordinal);
            Assert.Contains("Example", help.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task FitHelp_ListsEveryParameterWithMeaningValuesAndDefault(string name)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        CliRun run = await CliRun.DoneAsync("fit", name, "--help");
        Assert.Contains(estimator.Summary, run.Out, StringComparison.Ordinal);
        foreach (EstimatorParameter parameter in EstimatorParameters.Of(estimator.GetType()))
        {
            string line = Assert.Single(run.Out.Split('\n'), l => l.Contains($" --{parameter.KebabName} ", StringComparison.Ordinal));
            Assert.NotEqual("", parameter.Description);
            Assert.Contains(parameter.Description, line, StringComparison.Ordinal);
            Assert.Contains($"[default: {parameter.Format(estimator)}]", line, StringComparison.Ordinal);
            Assert.Contains(string.Join('|', parameter.AllowedValues), line, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData]
    [InlineData("fit")]
    [InlineData("fit", "no-such-estimator", "x.parquet", "--model", "m")]
    [InlineData("no-such-command")]
    [InlineData("fit", "sgd-classifier", "--model", "m", "--target", "late")]
    [InlineData("fit", "sgd-classifier", "x.parquet", "--target", "late")]
    [InlineData("fit", "sgd-classifier", "x.parquet", "--model", "m", "--no-such-option")]
    [InlineData("predict", "m", "x.parquet")]
    [InlineData("predict", "m", "--output", "o.parquet")]
    [InlineData("evaluate", "m")]
    [InlineData("inspect")]
    public Task Parse_OfAnIncompleteOrUnknownCommand_IsWrongUsage(params string[] args) => CliRun.FailsAsync(2, args);

    [Theory]
    [InlineData("Option epochs: wanted a whole number from 1 to 2147483647, found '0'", "--epochs", "0")]
    [InlineData("Option epochs: wanted a whole number from 1 to 2147483647, found '1.5'", "--epochs", "1.5")]
    [InlineData("Option batch-size: wanted a whole number from 1 to 2147483647, found 'many'", "--batch-size", "many")]
    [InlineData("Option workers: wanted a whole number from 1 to 2147483647, found '0'", "--workers", "0")]
    [InlineData("Option partitions: wanted a whole number from 1 to 2147483647, found '-1'", "--partitions", "-1")]
    [InlineData("Option seed: wanted a whole number, found 'x'", "--seed", "x")]
    [InlineData("Option holdout: wanted a fraction of at least 0 and below 1, found '1'", "--holdout", "1")]
    [InlineData("Option holdout: wanted a fraction of at least 0 and below 1, found 'NaN'", "--holdout", "NaN")]
    [InlineData("Option memory: wanted a size such as 512MB or 2GiB, found '12 apples'", "--memory", "12 apples")]
    [InlineData("wanted one of l2, l1, elasticnet, none, found 'l3'", "--penalty", "l3")]
    [InlineData("wanted one of l2, l1, elasticnet, none, found '1'", "--penalty", "1")]
    [InlineData("alpha: wanted a number, found 'small'", "--alpha", "small")]
    [InlineData("alpha", "--alpha", "-1")]
    [InlineData("no option '--epoch' here", "--epoch", "5")]
    [InlineData("holdout and validation exclude each other", "--holdout", "0.1", "--validation", "x.parquet")]
    public Task Fit_WithABadValue_NamesOptionWantedAndFound(string message, params string[] options) =>
        CliRun.FailsAsync(2, ["fit", "sgd-classifier", Wine, "--target", "target", "--model", ModelPath, .. options], message);

    [Theory]
    [InlineData("Option model: wanted FILE, found ''.", "fit", "kmeans", "DATA", "--model", "")]
    [InlineData("Option model: wanted FILE, found ''.", "sweep", "kmeans", "DATA", "--n-clusters", "2,3", "--holdout", "0.5", "--model", "")]
    [InlineData("Option report: wanted FILE, found ''.", "fit", "kmeans", "DATA", "--model", "m", "--report", "")]
    [InlineData("Option checkpoint: wanted FOLDER, found ''.", "fit", "kmeans", "DATA", "--model", "m", "--checkpoint", "")]
    [InlineData("Option cache: wanted FOLDER|auto, found ''.", "plan", "fit", "kmeans", "DATA", "--cache", "")]
    [InlineData("Option init: wanted MODEL, found ''.", "fit", "kmeans", "DATA", "--model", "m", "--init", "")]
    [InlineData("Option validation: wanted PATH, found ''.", "fit", "kmeans", "DATA", "--model", "m", "--validation", "")]
    [InlineData("Option target: wanted COL, found ''.", "evaluate", "m", "DATA", "--target", "")]
    [InlineData("Option output: wanted FILE.parquet, found ''.", "predict", "m", "DATA", "--output", "")]
    [InlineData("Option output: wanted FOLDER, found ''.", "convert", "DATA", "--output", "")]
    [InlineData("Option onnx: wanted FILE, found ''.", "export", "m", "--onnx", "")]
    public Task Option_WithAnEmptyValue_NamesWhatIsWanted(string message, params string[] args) =>
        CliRun.FailsAsync(2, [.. args.Select(a => a == "DATA" ? Wine : a)], message);

    [Theory]
    [InlineData("fit-intercept", "maybe", "fit", "ridge", "DATA", "--target", "target", "--model", "MODEL", "--fit-intercept", "maybe")]
    [InlineData("fit-intercept", "0", "fit", "ridge", "--target", "target", "--model", "MODEL", "--fit-intercept", "0", "DATA")]
    [InlineData("fit-intercept", "DATA", "fit", "ridge", "--target", "target", "--model", "MODEL", "--fit-intercept=DATA")]
    [InlineData("standardize", "yes", "fit", "ridge", "DATA", "--target", "target", "--model", "MODEL", "--standardize=yes")]
    [InlineData("json", "on", "fit", "ridge", "DATA", "--target", "target", "--model", "MODEL", "--json", "on")]
    [InlineData("stats", "1", "inspect", "DATA", "--stats", "1")]
    [InlineData("float32", "no", "convert", "DATA", "--float32", "no", "--output", "MODEL")]
    public Task Flag_WithAValueOfItsOwn_NamesOptionWantedAndFound(string option, string found, params string[] args)
    {
        string Named(string text) => text.Replace("DATA", Wine, StringComparison.Ordinal).Replace("MODEL", ModelPath, StringComparison.Ordinal);
        return CliRun.FailsAsync(2, [.. args.Select(Named)], $"Option {option}: wanted true, false, or nothing, which is true; found '{Named(found)}'.");
    }

    [Theory]
    [InlineData("--standardize", false)]
    [InlineData("--standardize true", false)]
    [InlineData("--standardize=True", false)]
    [InlineData("--standardize false", true)]
    [InlineData("--standardize=false", true)]
    public async Task Flag_IsOnUnlessItIsFalse(string flag, bool isAsStored)
    {
        string path = scratch.Write("t.parquet", "SELECT 1000 * i AS x, i AS y FROM range(40) t(i)");
        await CliRun.DoneAsync(["fit", "ridge", "--target", "y", "--model", ModelPath, .. flag.Split(' '), path]);
        Assert.Equal(isAsStored, Streaming.Learning.Models.ModelFile.Load(ModelPath).Header.Scaling.Factor[0] == 1);
    }

    [Fact]
    public async Task Fit_WithAnUnknownEstimator_ListsThoseThereAre() =>
        await CliRun.FailsAsync(2, ["fit", "random-forest", Wine, "--model", ModelPath], "'random-forest'", "sgd-classifier", "incremental-pca");

    [Fact]
    public Task Fit_WithoutTarget_AsksForIt() =>
        CliRun.FailsAsync(2, ["fit", "sgd-classifier", Wine, "--model", ModelPath], "sgd-classifier", "--target");

    [Fact]
    public Task Fit_WithATargetThatIsNotLearned_IsRefused() =>
        CliRun.FailsAsync(2, ["fit", "incremental-pca", Wine, "--model", ModelPath, "--target", "target"], "incremental-pca", "target", "--exclude");

    [Fact]
    public async Task Fit_WithTheModelAmongTheData_LeavesTheDataAlone()
    {
        string data = scratch.Write("data.parquet", "SELECT i AS x, i % 2 AS y FROM range(100) t(i)");
        byte[] before = await File.ReadAllBytesAsync(data, TestContext.Current.CancellationToken);
        await CliRun.FailsAsync(2, ["fit", "sgd-classifier", data, "--target", "y", "--model", data], "model", data);
        Assert.Equal(before, await File.ReadAllBytesAsync(data, TestContext.Current.CancellationToken));
        Assert.Equal(["data.parquet"], scratch.Files);
    }

    [Fact]
    public async Task Path_ThatBeginsWithAtSign_IsAPath() =>
        await CliRun.FailsAsync(1, ["inspect", "@nothing"], "'@nothing' doesn't exist");

    [Fact]
    public async Task Flag_BeforeAPath_DoesNotSwallowIt()
    {
        System.Text.Json.JsonElement json = await CliRun.JsonAsync(
            "fit", "sgd-classifier", "--target", "target", "--model", ModelPath, "--learning-rate", "optimal",
            "--average", Wine, "--fit-intercept", "false");
        Assert.Equal(178, json.GetProperty("rows").GetInt64());
        System.Text.Json.JsonElement parameters = (await CliRun.JsonAsync("inspect", ModelPath)).GetProperty("parameters");
        Assert.True(parameters.GetProperty("average").GetBoolean());
        Assert.False(parameters.GetProperty("fit_intercept").GetBoolean());
    }

    [Fact]
    public async Task Run_ThatIsCancelled_EndsWith130AndLeavesNoFile()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        CliRun run = await CliRun.RunAsync(
            ["fit", "sgd-classifier", Wine, "--target", "target", "--model", ModelPath], null, cancellation.Token);
        Assert.Equal(130, run.ExitCode);
        Assert.Equal("cancelled", run.Error.Trim());
        Assert.Empty(scratch.Files);
    }
}
