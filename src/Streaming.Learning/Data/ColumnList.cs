using System.Text;

namespace Streaming.Learning.Data;

/// <summary>
/// Names of columns, or patterns of them, as one text: commas part them. A name that holds a comma, begins with a double quote, or begins or ends with a space
/// stands in double quotes, and those within it are doubled, as in CSV (RFC 4180).
/// </summary>
public static class ColumnList
{
    /// <summary>Reads the names. Spaces around them are none of theirs, and what follows a closing quote is: <c>"a,b":10</c> is <c>a,b:10</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="names">The names, at least one.</param>
    /// <returns>Whether there are names only: none is empty, and every quote is closed.</returns>
    public static bool TrySplit(string text, out string[] names)
    {
        names = [];
        var found = new List<string>();
        for (int i = 0; i <= text.Length; i++)
        {
            while (i < text.Length && char.IsWhiteSpace(text[i]))
                i++;

            var name = new StringBuilder();
            if (i < text.Length && text[i] == '"' && !TryUnquote(text, ref i, name))
                return false;

            int comma = text.IndexOf(',', i);
            int end = comma < 0 ? text.Length : comma;
            name.Append(text.AsSpan(i, end - i).TrimEnd());
            if (name.Length == 0)
                return false;

            found.Add(name.ToString());
            i = end;
        }

        names = [.. found];
        return true;
    }

    /// <summary>The lists of a text in which another character parts several; one within the double quotes of a name parts nothing.</summary>
    internal static IReadOnlyList<string> SplitLists(string text, char separator)
    {
        var lists = new List<string>();
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            while (i < text.Length && char.IsWhiteSpace(text[i]))
                i++;

            // A quote that is not closed is told by whoever reads the list.
            if (i < text.Length && text[i] == '"' && !TryUnquote(text, ref i, new StringBuilder()))
                break;

            int end = text.AsSpan(i).IndexOfAny(',', separator);
            i = end < 0 ? text.Length : i + end;
            if (i < text.Length && text[i] == separator)
            {
                lists.Add(text[start..i]);
                start = i + 1;
            }
        }

        lists.Add(text[start..]);
        return lists;
    }

    /// <summary>Writes names so that they are read as such.</summary>
    public static string Join(IEnumerable<string> names) => string.Join(',', names.Select(Quoted));

    static string Quoted(string name) =>
        name.Contains(',', StringComparison.Ordinal) || name.StartsWith('"') || name.Trim() != name
            ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : name;

    // Goes from the opening quote to what follows the closing one.
    static bool TryUnquote(string text, ref int i, StringBuilder name)
    {
        for (i++; i < text.Length; i++)
        {
            if (text[i] != '"')
            {
                name.Append(text[i]);
                continue;
            }

            if (i + 1 >= text.Length || text[i + 1] != '"')
            {
                i++;
                return true;
            }

            name.Append('"');
            i++;
        }

        return false;
    }
}
