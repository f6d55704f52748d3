using System.Globalization;

namespace Streaming.Learning.Data;

/// <summary>Names of features that are elements of lists: <c>embedding[0]</c>, <c>embedding[1]</c> and so on.</summary>
public static class FeatureNames
{
    /// <summary>The name of an element of a column of lists.</summary>
    public static string OfElement(string column, int element) => string.Create(CultureInfo.InvariantCulture, $"{column}[{element}]");

    /// <summary>Names for people: <c>age, embedding[0..767]</c> for those of all elements in turn.</summary>
    public static string Show(IReadOnlyList<string> names)
    {
        var parts = new List<string>();
        for (int i = 0, n; i < names.Count; i += n)
        {
            n = RunLength(names, i, out string column);
            parts.Add(n > 2 ? string.Create(CultureInfo.InvariantCulture, $"{column}[0..{n - 1}]") : names[i]);
            n = n > 2 ? n : 1;
        }

        return string.Join(", ", parts);
    }

    /// <summary>How many names from one on are those of the elements 0, 1, 2, ... of a column; 0 where the first is none.</summary>
    internal static int RunLength(IReadOnlyList<string> names, int first, out string column)
    {
        column = names[first];
        if (!column.EndsWith("[0]", StringComparison.Ordinal))
            return 0;

        column = column[..^3];
        int n = 1;
        while (first + n < names.Count && names[first + n] == OfElement(column, n))
            n++;

        return n;
    }
}
