namespace Streaming.Cli.Conversion;

/// <summary>The type of a column by what was seen of it: the first one that takes all values.</summary>
sealed class CsvTypeGuess
{
    readonly List<CsvType> possible = [CsvType.Boolean, CsvType.Int64, CsvType.Float64, CsvType.Date, CsvType.Timestamp, CsvType.TimestampTz];
    bool hasValues;

    /// <summary>The type. A column without values is text, which takes whatever comes later.</summary>
    public CsvType Type => hasValues && possible.Count > 0 ? possible[0] : CsvType.Text;

    /// <summary>Learns from a field; one that is empty says nothing.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return;

        hasValues = true;
        for (int i = possible.Count - 1; i >= 0; i--)
        {
            if (!CsvValue.Is(possible[i], text))
                possible.RemoveAt(i);
        }
    }
}
