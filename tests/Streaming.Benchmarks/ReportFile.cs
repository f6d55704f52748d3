namespace Streaming.Benchmarks;

/// <summary>The file that a benchmark's table goes to.</summary>
static class ReportFile
{
    /// <summary>Writes it anew, with the folders above it where they are missing.</summary>
    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, text);
    }
}
