using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Streaming.Learning.Tests;

/// <summary>
/// Holds the arrows between projects, and between the folders inside them: data flows up, dependencies point down. The compiler
/// knows nothing of folders, so this test does.
/// </summary>
public sealed partial class LayoutTests
{
    /// <summary>For each project the projects it may use.</summary>
    static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Storage"] = [],
        ["Parquet"] = ["Storage"],
        ["Learning"] = ["Parquet"],
        ["Cli"] = ["Learning"],
    };

    /// <summary>For each folder the folders of its project that it may use besides itself; the root of a project may use them all.</summary>
    static readonly Dictionary<string, string[]> Folders = new()
    {
        ["Parquet/Format"] = [],
        ["Parquet/Compression"] = ["Format"],
        ["Parquet/Encodings"] = ["Format"],
        ["Parquet/Pages"] = ["Format", "Compression", "Encodings"],
        ["Learning/State"] = [],
        ["Learning/Numerics"] = [],
        ["Learning/Data"] = ["State", "Numerics"],
        ["Learning/Passes"] = ["State", "Data"],
        ["Learning/Metrics"] = ["State", "Data", "Passes", "Numerics"],
        ["Learning/Models"] = ["State", "Data", "Passes", "Numerics", "Metrics"],
        ["Learning/Export"] = ["Data", "Models"],
        ["Learning/Preprocessing"] = ["State", "Data", "Passes", "Numerics", "Models"],
        ["Learning/Estimators"] = ["State", "Data", "Passes", "Numerics", "Metrics", "Models", "Preprocessing"],
        ["Learning/Training"] = ["State", "Data", "Passes", "Numerics", "Metrics", "Models", "Preprocessing", "Estimators"],
    };

    static readonly string Source = Path.Combine(Repository.Root, "src");

    [Fact]
    public void Projects_ReferToTheirAllowedProjectsOnly()
    {
        string[] found = [.. Directory.GetDirectories(Source).Select(d => Path.GetFileName(d)["Streaming.".Length..]).Order(StringComparer.Ordinal)];
        Assert.Equal(Projects.Keys.Order(StringComparer.Ordinal), found);
        foreach (string project in found)
        {
            XDocument file = XDocument.Load(Path.Combine(Source, $"Streaming.{project}", $"Streaming.{project}.csproj"));
            IEnumerable<string> references = file.Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!)["Streaming.".Length..]);
            Assert.Equal(Projects[project], references);
        }
    }

    [Fact]
    public void Folders_UseTheirAllowedFoldersOnly()
    {
        var broken = new List<string>();
        foreach (string project in Projects.Keys)
        {
            string root = Path.Combine(Source, $"Streaming.{project}");
            foreach (string folder in Directory.GetDirectories(root).Select(d => Path.GetFileName(d)!).Where(f => f is not ("bin" or "obj")))
            {
                string key = $"{project}/{folder}";
                if (!Folders.TryGetValue(key, out string[]? allowed))
                {
                    if (project is "Parquet" or "Learning")
                        broken.Add($"{key} is a folder that LayoutTests.Folders doesn't know");

                    continue;
                }

                foreach (string file in Directory.GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
                {
                    string text = File.ReadAllText(file);
                    foreach (Match match in InnerNamespace().Matches(text))
                    {
                        string used = match.Groups["folder"].Value;
                        if (match.Groups["project"].Value == project && used != folder && Folders.ContainsKey($"{project}/{used}") && !allowed.Contains(used))
                            broken.Add($"{Path.GetRelativePath(Source, file)} uses {project}/{used}");
                    }
                }
            }
        }

        Assert.Empty(broken.Distinct());
    }

    [Fact]
    public void Files_DeclareTheNamespaceOfTheirFolderOrOfTheirProject()
    {
        // Types that the public face of a project shows stand in its own namespace, so that one using finds them.
        foreach (string file in Directory.GetFiles(Source, "*.cs", SearchOption.AllDirectories))
        {
            string folder = Path.GetRelativePath(Source, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
            string project = string.Join('.', folder.Split('.').Take(2));
            Match declared = DeclaredNamespace().Match(File.ReadAllText(file));
            if (declared.Success)
                Assert.Contains(declared.Groups["name"].Value, new[] { folder, project });
        }
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex DeclaredNamespace();

    // "using Streaming.Learning.Data;", "Streaming.Learning.Data.RowBatch" and "Learning.Data.RowBatch" alike.
    [GeneratedRegex(@"\b(?<project>Storage|Parquet|Learning|Cli)\.(?<folder>[A-Z]\w+)")]
    private static partial Regex InnerNamespace();
}
