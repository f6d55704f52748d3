using System.Globalization;
using System.Runtime.CompilerServices;

namespace Streaming.Learning.Data;

/// <summary>Finds the index of a class by what stands in the data.</summary>
sealed class ClassIndex : LabelMap
{
    /// <summary>What <see cref="LabelMap.Map"/> and <see cref="Find"/> give for a label that is no class.</summary>
    public const int Unknown = -2;

    readonly Dictionary<string, int> byText = new(StringComparer.Ordinal);
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;
    readonly double[] numbers;
    readonly bool isDense;

    /// <summary>Indexes the classes of a target.</summary>
    public ClassIndex(TargetInfo target)
    {
        for (int c = 0; c < target.Classes.Count; c++)
            byText.Add(target.Classes[c], c);

        lookup = byText.GetAlternateLookup<ReadOnlySpan<char>>();
        numbers = target.ClassType switch
        {
            ClassType.Text => [],
            ClassType.Boolean => [.. target.Classes.Select(c => c == "true" ? 1.0 : 0.0)],
            _ => [.. target.Classes.Select(c => double.Parse(c, CultureInfo.InvariantCulture))],
        };
        isDense = numbers.Length > 0 && numbers[^1] - numbers[0] == numbers.Length - 1;
    }

    /// <inheritdoc/>
    protected override int CodeOf(ReadOnlySpan<char> label) => lookup.TryGetValue(label, out int index) ? index : Unknown;

    /// <summary>Index of the class whose label is a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(double label)
    {
        if (isDense)
        {
            double distance = label - numbers[0];
            return distance >= 0 && distance < numbers.Length && distance == (int)distance ? (int)distance : Unknown;
        }

        int index = Array.BinarySearch(numbers, label);
        return index >= 0 ? index : Unknown;
    }
}
