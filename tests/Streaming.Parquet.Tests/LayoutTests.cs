using System.Runtime.CompilerServices;

namespace Streaming.Parquet.Tests;

/// <summary>The arrows between the folders of the project: a folder may use those below it and no other.</summary>
public sealed class LayoutTests
{
    static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Format"] = [],
        ["Compression"] = ["Format"],
        ["Encodings"] = ["Format"],
        ["Pages"] = ["Format", "Compression", "Encodings"],
        [""] = ["Format", "Compression", "Encodings", "Pages"],
    };

    [Fact]
    public void EveryFile_UsesOnlyTheFoldersBelowIt()
    {
        string root = SourceFolder();
        List<string> faults = [];
        foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            string folder = Path.GetDirectoryName(Path.GetRelativePath(root, file))!;
            Assert.True(MayUse.ContainsKey(folder), $"{folder} is no folder of the layout.");
            string text = File.ReadAllText(file);
            foreach (string other in MayUse.Keys.Where(k => k.Length > 0 && k != folder))
            {
                if (text.Contains($"Streaming.Parquet.{other}", StringComparison.Ordinal) && !MayUse[folder].Contains(other))
                    faults.Add($"{Path.GetRelativePath(root, file)} uses {other}");
            }
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void EveryFile_IsShort()
    {
        foreach (string file in Directory.EnumerateFiles(SourceFolder(), "*.cs", SearchOption.AllDirectories))
            Assert.True(File.ReadLines(file).Count() <= 450, $"{file} is too long for one reason.");
    }

    static string SourceFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src", "Streaming.Parquet"));
}
