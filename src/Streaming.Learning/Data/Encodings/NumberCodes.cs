using System.Globalization;
using Streaming.Parquet;

namespace Streaming.Learning.Data.Encodings;

/// <summary>
/// Codes of numbers that are no integers in the file, by their shortest texts: 5.0 is the category "5", so that a column may be DOUBLE in one file
/// and INT64 in another. For one thread.
/// </summary>
/// <param name="map">Gives texts their codes.</param>
sealed class NumberCodes(CategoryMap map)
{
    // Columns of very many numbers are none of categories; what is remembered of them is bounded.
    const int MostRemembered = 65_536;

    readonly Dictionary<double, int> codes = [];

    /// <summary>The shortest text of a number; a negative zero is a zero.</summary>
    public static string TextOf(double value) => (value + 0.0).ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The code of a number; -1 for NaN.</summary>
    public int Of(double value)
    {
        if (double.IsNaN(value))
            return -1;

        if (codes.TryGetValue(value, out int code))
            return code;

        if (codes.Count == MostRemembered)
            codes.Clear();

        code = map.Map(System.Text.Encoding.UTF8.GetBytes(TextOf(value)));
        codes.Add(value, code);
        return code;
    }
}
