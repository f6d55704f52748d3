namespace Streaming.Learning.Data.Encodings;

/// <summary>Gives known categories their codes and all others the same one; where others are an error, each its own, so that it can be named.</summary>
/// <param name="codes">Codes of the known categories.</param>
/// <param name="refusesOthers">Whether others are an error.</param>
sealed class CategoryCodes(Dictionary<string, int> codes, bool refusesOthers) : LabelMap
{
    /// <summary>Code of a category that is not known; lower codes where that is an error.</summary>
    public const int Unknown = -2;

    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = codes.GetAlternateLookup<ReadOnlySpan<char>>();
    readonly List<string> strangers = [];

    /// <summary>The category that has such a code because it is an error.</summary>
    public string StrangerOf(int code) => strangers[Unknown - 1 - code];

    /// <inheritdoc/>
    protected override int CodeOf(ReadOnlySpan<char> label)
    {
        if (lookup.TryGetValue(label, out int code))
            return code;

        if (!refusesOthers)
            return Unknown;

        string stranger = label.ToString();
        int known = strangers.IndexOf(stranger);
        if (known < 0)
            strangers.Add(stranger);

        return Unknown - 1 - (known < 0 ? strangers.Count - 1 : known);
    }
}
