using System.Globalization;
using System.Text.Json;

namespace Streaming.Cli.Tests.Conformance;

/// <summary>Statistics of a column beside those of a manifest, which gives exact numbers as text and doubles as such.</summary>
/// <param name="found">A column of <c>inspect --stats --json</c>.</param>
/// <param name="wanted">A column of the manifest.</param>
sealed class StatisticsComparison(JsonElement found, JsonElement wanted)
{
    /// <summary>What differs.</summary>
    public IEnumerable<string> Faults()
    {
        (string, string)[] counts = [("count", "count"), ("null_count", "nulls"), ("elements", "elements"), ("empty_lists", "empty_lists"), ("nan_count", "nan"), ("infinite_count", "infinite"), ("text_bytes", "bytes"), ("sum", "true"), ("sum", "sum_days")];
        foreach ((string here, string there) in counts)
        {
            if (Number(wanted, there) is { } number && Number(found, here) != number)
                yield return $"{here} is {Number(found, here):R}, wanted {number:R}";
        }

        // The bounds of dates, times and texts are written as such.
        if (Number(wanted, "sum") is { } sum)
        {
            foreach (string bound in new[] { "min", "max" })
            {
                if (Number(wanted, bound) is { } number && Number(found, bound) != number)
                    yield return $"{bound} is {Number(found, bound):R}, wanted {number:R}";
            }

            // Their sum of doubles is compensated, the last digit of it open; whole numbers are exact.
            double slack = wanted.GetProperty("sum").ValueKind == JsonValueKind.Number ? 1e-14 * Math.Abs(sum) : 0;
            if (!(Math.Abs(Number(found, "sum") - sum ?? double.NaN) <= slack))
                yield return $"sum is {Number(found, "sum"):R}, wanted {sum:R}";
        }

        if (Number(wanted, "sum_epoch_us") is { } micros)
        {
            double perUnit = found.GetProperty("unit").GetString()!.Split(' ')[0] switch { "milliseconds" => 1e3, "nanoseconds" => 1e-3, _ => 1 };
            if (!(Math.Abs(Number(found, "sum") * perUnit - micros ?? double.NaN) <= 1e-14 * Math.Abs(micros)))
                yield return $"sum is {Number(found, "sum") * perUnit:R} us, wanted {micros:R}";
        }
    }

    /// <summary>What differs, in a column of lists in their elements too.</summary>
    public IEnumerable<string> AllFaults() =>
        found.TryGetProperty("element", out JsonElement here) && wanted.TryGetProperty("element", out JsonElement there)
            ? [.. Faults(), .. new StatisticsComparison(here, there).Faults().Select(f => $"element: {f}")]
            : Faults();

    static double? Number(JsonElement json, string key)
    {
        if (!json.TryGetProperty(key, out JsonElement value))
            return null;

        return value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when double.TryParse(value.GetString(), CultureInfo.InvariantCulture, out double number) => number,

            // No value, so none that is true.
            JsonValueKind.Null => 0,
            _ => null,
        };
    }
}
