using System.Globalization;
using Streaming.Learning.Training;

namespace Streaming.Cli.Options;

/// <summary>Intervals between checkpoints as people write them.</summary>
static class IntervalText
{
    /// <summary>Reads a time (<c>500ms</c>, <c>60s</c>, <c>5m</c>, <c>1h</c>) or a number of rows (<c>1000000</c>, <c>250K</c>, <c>10M</c>, <c>1G</c>).</summary>
    /// <returns>Null when the text is neither, or not above 0.</returns>
    public static CheckpointInterval? Parse(string text)
    {
        int digits = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        if (!decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount) || amount > 1e12m)
            return null;

        // m is minutes and M millions, so case matters.
        string unit = text[digits..];
        decimal seconds = unit switch { "ms" => 0.001m, "s" => 1, "m" => 60, "h" => 3600, _ => 0 };
        decimal rows = unit switch { "" => 1, "K" => 1000, "M" => 1_000_000, "G" => 1_000_000_000, _ => 0 };
        if (amount * seconds >= 0.001m && amount * seconds < 1e9m)
            return CheckpointInterval.OfTime(TimeSpan.FromSeconds((double)(amount * seconds)));

        return amount * rows is >= 1 and <= long.MaxValue ? CheckpointInterval.OfRows((long)(amount * rows)) : null;
    }
}
