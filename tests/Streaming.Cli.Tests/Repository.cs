namespace Streaming.Cli.Tests;

/// <summary>Where the repository's own files are.</summary>
static class Repository
{
    /// <summary>The folder with Streaming.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder below samples/data.</summary>
    public static string Sample(string path) => Path.Combine(Root, "samples", "data", path);

    static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Streaming.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' holds Streaming.sln.");
    }
}
