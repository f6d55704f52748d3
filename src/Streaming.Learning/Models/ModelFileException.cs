namespace Streaming.Learning.Models;

/// <summary>A file isn't a model that this version can load. The message says what was wanted, what was found, and in which file.</summary>
public sealed class ModelFileException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="fileName">The file.</param>
    /// <param name="problem">What was wanted and what was found, as a sentence.</param>
    /// <param name="advice">What to do about it, as a sentence.</param>
    /// <param name="cause">What the problem was found by, if by an exception.</param>
    public ModelFileException(string fileName, string problem, string advice, Exception? cause = null)
        : base($"'{fileName}' can't be loaded as a model. {problem} {advice}", cause) => FileName = fileName;

    /// <summary>The file.</summary>
    public string FileName { get; }
}
