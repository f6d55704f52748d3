using Streaming.Parquet;

namespace Streaming.Cli.Commands;

/// <summary>What the values of a column are: those of one file, or of all files that have a column of this name.</summary>
sealed class ColumnTotals(string name)
{
    readonly List<string> types = [];
    readonly List<string> kinds = [];

    /// <summary>The column's path in the schema.</summary>
    public string Name => name;

    /// <summary>Its type; all types, where files disagree.</summary>
    public string Type => string.Join(" | ", types);

    /// <summary>What it is good for: number, boolean, vector, text.</summary>
    public string Kind => string.Join(" | ", kinds);

    /// <summary>What numbers of dates and times stand for.</summary>
    public CommonUnit Unit { get; } = new();

    /// <summary>Files that have it.</summary>
    public int Files { get; private set; }

    /// <summary>Whether there is a file where it is numbers; booleans count as 0 and 1.</summary>
    public bool HasNumbers { get; private set; }

    /// <summary>Whether there is a file where it is lists.</summary>
    public bool HasLists { get; private set; }

    /// <summary>Whether there is a file where it is text.</summary>
    public bool HasText { get; private set; }

    /// <summary>What was found in the values.</summary>
    public ColumnStatistics Values { get; } = new();

    /// <summary>Smallest finite number; null where there is none, or where files have no unit in common.</summary>
    public double? Min => Unit.IsMixed ? null : Values.Min;

    /// <summary>Largest finite number; null likewise.</summary>
    public double? Max => Unit.IsMixed ? null : Values.Max;

    /// <summary>Sum of the finite numbers; null likewise.</summary>
    public double? Sum => Unit.IsMixed ? null : Values.Sum;

    /// <summary>Adds what was found in one file.</summary>
    /// <param name="column">The file's column.</param>
    /// <param name="values">What was found in each of the file's row groups, in their order.</param>
    public void Add(ParquetColumn column, IEnumerable<ColumnStatistics> values)
    {
        Files++;
        AddOnce(types, column.TypeName);
        AddOnce(kinds, column.Kind.ToString().ToLowerInvariant());
        HasNumbers |= column.Kind != ColumnKind.Text;
        HasLists |= column.Kind == ColumnKind.Vector;
        HasText |= column.Kind == ColumnKind.Text;

        // Texts have no unit that numbers of other files could disagree with.
        Func<double, double> convert = column.Kind == ColumnKind.Text ? value => value : Unit.Add(column);
        foreach (ColumnStatistics found in values)
            Values.Add(found.In(convert));
    }

    static void AddOnce(List<string> list, string value)
    {
        if (!list.Contains(value))
            list.Add(value);
    }
}
