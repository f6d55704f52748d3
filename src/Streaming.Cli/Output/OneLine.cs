using System.Globalization;
using System.Text;

namespace Streaming.Cli.Output;

/// <summary>
/// Texts that may come from data, as names of columns do, on one line. Control characters, which would break a table or steer the terminal, are shown
/// as C# and JSON write them: <c>\n</c>, <c>\t</c>, <c>\u001B</c>.
/// </summary>
static class OneLine
{
    /// <summary>The text without control characters and ends of lines.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsControl))
            return text;

        var line = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (IsControl(c))
                line.Append(Escaped(c));
            else
                line.Append(c);
        }

        return line.ToString();
    }

    static bool IsControl(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    static string Escaped(char c) => c switch
    {
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        _ => string.Create(CultureInfo.InvariantCulture, $@"\u{(int)c:X4}"),
    };
}
