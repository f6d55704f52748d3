using System.Globalization;
using Streaming.Learning.Training;

namespace Streaming.Cli.Output;

/// <summary>Progress in words.</summary>
static class ProgressText
{
    /// <summary>One line: pass, rows, current loss or inertia, rows per second, bytes per second, elapsed, remaining in this pass.</summary>
    public static string Of(TrainingProgress progress)
    {
        double seconds = progress.PassElapsed.TotalSeconds;
        double rowsPerSecond = seconds > 0 ? progress.Rows / seconds : 0;
        double bytesPerSecond = progress.Elapsed > TimeSpan.Zero ? progress.BytesRead / progress.Elapsed.TotalSeconds : 0;
        double share = progress.TotalRows > 0 ? (double)progress.Rows / progress.TotalRows : 1;
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"pass {progress.Pass} ({progress.Purpose}): {progress.Rows:N0} of {progress.TotalRows:N0} rows ({share * 100:0} %), ")
            + (progress.Validation is { } error ? $"validation {error.Name} {Figures.Value(error.Value)}, " : "")
            + (progress.Quality is { } quality ? $"{quality.Name} {Figures.Value(quality.Value)}, " : "")
            + $"{Figures.Rate(rowsPerSecond)} rows/s, {Figures.Bytes(bytesPerSecond)}/s, elapsed {Figures.Clock(progress.Elapsed)}";
        return share is > 0 and < 1 ? $"{text}, remaining {Figures.Clock(TimeSpan.FromSeconds(seconds / share - seconds))}" : text;
    }
}
