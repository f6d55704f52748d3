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

    /// <summary>What one stands for, in dates and times; otherwise null.</summary>
    public string? Unit { get; private set; }

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
        Unit ??= column.Unit;
        foreach (ColumnStatistics found in values)
            Values.Add(found);
    }

    static void AddOnce(List<string> list, string value)
    {
        if (!list.Contains(value))
            list.Add(value);
    }
}
