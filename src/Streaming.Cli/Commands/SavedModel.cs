using Streaming.Learning.Models;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary>A model that the user names.</summary>
static class SavedModel
{
    /// <summary>Loads a model.</summary>
    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    /// <exception cref="ModelFileException">It is no model.</exception>
    public static Model Load(string path, FileStore store)
    {
        if (Directory.Exists(path))
            throw new IOException($"Wanted a model at '{path}', found a folder.");

        StoredFile file = store.FindFile(path) ?? throw new FileNotFoundException($"Wanted a model at '{path}', found no such file.", path);
        using Stream stream = file.OpenRead();
        return ModelFile.Read(stream, path);
    }
}
