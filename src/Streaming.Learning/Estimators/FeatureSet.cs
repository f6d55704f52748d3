using Streaming.Learning.Data;

namespace Streaming.Learning.Estimators;

/// <summary>Some of the features, to be tried without the others.</summary>
/// <param name="Name">The features as the user wrote them; empty for all.</param>
/// <param name="Indices">Their positions, ascending.</param>
sealed record FeatureSet(string Name, int[] Indices)
{
    /// <summary>Reads sets of names, such as <c>a,b;a,b,c</c>; without a text there is one set of all features.</summary>
    /// <exception cref="ArgumentException">A name is not that of a feature.</exception>
    public static IReadOnlyList<FeatureSet> Parse(string? text, IReadOnlyList<string> features) =>
        text is null
            ? [new FeatureSet("", [.. Enumerable.Range(0, features.Count)])]
            : [.. Split(text).Select(set => new FeatureSet(set, [.. NamesIn(set).Select(name => IndexOf(name, features)).Distinct().Order()]))];

    /// <summary>How many sets a text has.</summary>
    public static int CountIn(string? text) => text is null ? 1 : Split(text).Count;

    static IReadOnlyList<string> Split(string text) => ColumnList.SplitLists(text, separator: ';');

    static string[] NamesIn(string set) =>
        ColumnList.TrySplit(set, out string[] names)
            ? names
            : throw new ArgumentException($"Parameter feature_sets: wanted names of features with commas between them, a name with a comma or a semicolon in double quotes; found '{set}'.");

    static int IndexOf(string name, IReadOnlyList<string> features)
    {
        for (int i = 0; i < features.Count; i++)
        {
            if (features[i] == name)
                return i;
        }

        throw new ArgumentException($"Parameter feature_sets: wanted names of features, found '{name}'. The features are {FeatureNames.Show(features)}.");
    }
}
