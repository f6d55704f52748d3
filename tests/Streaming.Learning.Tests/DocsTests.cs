using System.Text.RegularExpressions;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Estimators;
using Streaming.Learning.Tests.Models;
using Xunit;

namespace Streaming.Learning.Tests;

/// <summary>
/// The pages of docs/ say what the code does: each estimator there is has one, with the parameters, values and defaults of its type and the
/// arrays of its model. Run with STREAMING_UPDATE_DOCS=1, the tables of parameters are brought up to date: what they say of a parameter stays.
/// </summary>
public sealed partial class DocsTests
{
    const string Header = "| parameter | meaning | default |";

    static readonly string[] Sections = ["Parameters", "Attributes", "Cost", "Passes", "Source", "Differs from scikit-learn"];

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    static string Folder => Path.Combine(Repository.Root, "docs");

    [Theory]
    [MemberData(nameof(Estimators))]
    public void Page_HasItsTitleAndAllSections(string name)
    {
        string[] lines = File.ReadAllLines(PageOf(name));
        Assert.Equal($"# {name} (`{EstimatorCatalog.Create(name).GetType().Name}`)", lines[0]);
        Assert.Equal(Sections, lines.Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..]));
        Assert.All(Sections, section => Assert.NotEqual("", SectionOf(File.ReadAllText(PageOf(name)), section).Trim()));
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public void Page_HasTheParametersOfTheEstimator(string name)
    {
        string page = File.ReadAllText(PageOf(name));
        string wanted = WithParametersOf(EstimatorCatalog.Create(name), page);
        if (Environment.GetEnvironmentVariable("STREAMING_UPDATE_DOCS") == "1")
            File.WriteAllText(PageOf(name), page = wanted);

        Assert.Equal(wanted, page);
        foreach (EstimatorParameter parameter in EstimatorParameters.Of(EstimatorCatalog.Create(name).GetType()))
        {
            string row = RowsOf(page).Single(r => IsAbout(r, parameter));
            Assert.All(parameter.AllowedValues, value => Assert.Contains(value, row, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public void Page_HasTheArraysOfTheModelWithTheirShapes(string name)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        bool hasClasses = estimator.TargetKind == TargetKind.Classes;
        double[]? target = hasClasses ? Sample.ThreeClasses : estimator.TargetKind == TargetKind.Number ? Sample.Numbers : null;
        Model model = new Harness(Sample.FeaturesFor(estimator), target) { Classes = hasClasses ? ["a", "b", "c"] : [] }.Fit(estimator).Model;
        string attributes = SectionOf(File.ReadAllText(PageOf(name)), "Attributes");
        foreach (Tensor tensor in model.Tensors)
        {
            Match shape = Regex.Match(attributes, $@"`{tensor.Name}`(, `\w+`)*( \|)? \[(?<shape>[^\]]*)\]");
            Assert.True(shape.Success, $"'{tensor.Name}' is not there with its shape.");
            string[] sides = shape.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(sides.Length == tensor.Shape.Count, $"'{tensor.Name}' has {tensor.Shape.Count} dimensions, the page says [{shape.Groups["shape"].Value}].");
        }
    }

    [Fact]
    public void Index_LinksToAllPages()
    {
        string index = File.ReadAllText(PageOf("README"));
        string[] linked = [.. PageLink().Matches(index).Select(m => m.Groups["name"].Value)];
        Assert.All(EstimatorCatalog.All, e => Assert.Contains(e.Name, linked));
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Metrics_AreExplained(string model)
    {
        string page = File.ReadAllText(Path.Combine(Folder, "metrics.md"));
        Scorer scorer = TestModels.Named(model).NewScorer();
        foreach (string name in scorer.Results().Select(m => m.Name).Concat(scorer.Tables().Select(t => t.Name)).Distinct())
            Assert.Contains($"`{name}`", page, StringComparison.Ordinal);
    }

    /// <summary>A page whose table has a row per parameter: the one it has, with the right default, or a new one.</summary>
    static string WithParametersOf(Estimator estimator, string page)
    {
        string[] rows = RowsOf(page);
        IEnumerable<string> wanted = EstimatorParameters.Of(estimator.GetType())
            .Select(p => (Parameter: p, Place: Array.FindIndex(rows, r => IsAbout(r, p))))
            .OrderBy(p => (uint)p.Place)
            .Select(p => RowOf(p.Parameter, p.Place));
        int start = page.IndexOf(Header, StringComparison.Ordinal);
        Assert.True(start >= 0, $"The page has no table '{Header}'.");
        int end = start + string.Join('\n', [Header, "|---|---|---|", .. rows]).Length;
        return page[..start] + string.Join('\n', [Header, "|---|---|---|", .. wanted]) + page[end..];

        string RowOf(EstimatorParameter parameter, int place)
        {
            string[] cells = place >= 0 ? SplitRow(rows[place]) : [$"`{parameter.SnakeName}`", parameter.Description, "none"];

            // What comes of a parameter that is not set is for the page to say.
            if (parameter.Format(estimator) is not "none" and var value)
                cells[2] = $"`{value}`";

            Assert.NotEqual("", cells[2]);
            return $"| {string.Join(" | ", cells)} |";
        }
    }

    static string[] RowsOf(string page) =>
        [.. page[page.IndexOf(Header, StringComparison.Ordinal)..].Split('\n').Skip(2).TakeWhile(l => l.StartsWith('|'))];

    static bool IsAbout(string row, EstimatorParameter parameter) =>
        row.StartsWith($"| `{parameter.SnakeName}` |", StringComparison.OrdinalIgnoreCase);

    // A bar that belongs to a cell has a backslash before it.
    static string[] SplitRow(string row)
    {
        string[] cells = [.. CellBorder().Split(row).Skip(1).SkipLast(1).Select(c => c.Trim())];
        Assert.Equal(3, cells.Length);
        return cells;
    }

    static string SectionOf(string page, string section)
    {
        string behind = page[(page.IndexOf($"\n## {section}\n", StringComparison.Ordinal) + section.Length + 5)..];
        int end = behind.IndexOf("\n## ", StringComparison.Ordinal);
        return end < 0 ? behind : behind[..end];
    }

    static string PageOf(string name) => Path.Combine(Folder, "estimators", name + ".md");

    [GeneratedRegex(@"^\| \[(?<name>[\w-]+)\]\(\k<name>\.md\) \|", RegexOptions.Multiline)]
    private static partial Regex PageLink();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex CellBorder();
}
