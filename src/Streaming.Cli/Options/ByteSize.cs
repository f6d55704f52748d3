using System.Globalization;

namespace Streaming.Cli.Options;

/// <summary>Amounts of memory as people write them.</summary>
static class ByteSize
{
    const string Letters = "KMGTP";

    /// <summary>Reads <c>1000000</c>, <c>512MB</c>, <c>1.5 GB</c> (powers of 1000) or <c>2GiB</c> (powers of 1024); case does not matter.</summary>
    /// <returns>False when the text is no size, or not at least one byte.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        string trimmed = text.Trim();
        int digits = trimmed.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        if (!decimal.TryParse(trimmed.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount))
            return false;

        if (UnitOf(trimmed[digits..].Trim().ToUpperInvariant()) is not { } unit || amount > long.MaxValue / unit)
            return false;

        bytes = (long)(amount * unit);
        return bytes >= 1;
    }

    static decimal? UnitOf(string unit)
    {
        if (unit is "" or "B")
            return 1;

        int power = Letters.IndexOf(unit[0], StringComparison.Ordinal) + 1;
        if (power == 0)
            return null;

        decimal thousand = unit[1..] switch
        {
            "" or "B" => 1000,
            "I" or "IB" => 1024,
            _ => 0,
        };
        if (thousand == 0)
            return null;

        decimal size = 1;
        for (int i = 0; i < power; i++)
            size *= thousand;

        return size;
    }
}
