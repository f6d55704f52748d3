using System.Globalization;
using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>A column of one file of a dataset: stored in the file, or the same value in all its rows.</summary>
public sealed class DatasetColumn
{
    DatasetColumn(string name)
    {
        Name = name;
    }

    /// <summary>Name of the column.</summary>
    public string Name { get; }

    /// <summary>What the column is good for.</summary>
    public required ColumnKind Kind { get; init; }

    /// <summary>The type in words: INT32, TIMESTAMP(MICROS), STRING.</summary>
    public required string TypeName { get; init; }

    /// <summary>What one stands for, where the numbers are dates or times; otherwise null.</summary>
    public string? Unit { get; private init; }

    /// <summary>Why the column can't be read, or null.</summary>
    public string? UnsupportedReason { get; private init; }

    /// <summary>The column in the file; null where the file does not hold it and every row has the same value.</summary>
    public ParquetColumn? Stored { get; private init; }

    /// <summary>Where the file does not hold the column: the value of all its rows as text, or null.</summary>
    public string? Constant { get; private init; }

    // The name of the folder as it is: "02" where the number is 2.
    string? FolderText { get; init; }

    /// <summary>The unit of the numbers in the file, and the one that they are read in, where that is another.</summary>
    internal (ColumnUnit From, ColumnUnit To)? Change { get; private init; }

    /// <summary>Whether neither the file nor its folders have the column, but other files do.</summary>
    public bool IsMissing { get; private init; }

    /// <summary>Where the file does not hold the column: the value of all its rows as a number; NaN for null and texts.</summary>
    internal double ConstantNumber =>
        Kind == ColumnKind.Number && Constant != null ? double.Parse(Constant, CultureInfo.InvariantCulture) : double.NaN;

    /// <summary>A column that the file holds.</summary>
    internal static DatasetColumn InFile(ParquetColumn column) => new(column.Name)
    {
        Kind = column.Kind,
        TypeName = column.TypeName,
        Unit = column.Unit,
        UnsupportedReason = column.UnsupportedReason,
        Stored = column,
    };

    /// <summary>A column whose value is the name of a folder that the file is in.</summary>
    /// <param name="name">Name of the column.</param>
    /// <param name="isNumber">Whether it holds whole numbers, as <paramref name="text"/> is one or null, rather than texts.</param>
    /// <param name="text">The value as the folder has it, or null.</param>
    internal static DatasetColumn OfFolder(string name, bool isNumber, string? text) => new(name)
    {
        Kind = isNumber ? ColumnKind.Number : ColumnKind.Text,
        TypeName = isNumber ? "INT64 from folder names" : "STRING from folder names",
        Constant = isNumber && TryParse(text, out long number) ? number.ToString(CultureInfo.InvariantCulture) : text,
        FolderText = text,
    };

    /// <summary>Whether the name of a folder is a whole number.</summary>
    internal static bool TryParse(string? text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    /// <summary>
    /// The column as one of another type, which the same column has elsewhere: dates and times in its unit, and names of folders as numbers or texts, as they are there.
    /// The column itself where nothing is to be changed, or can be.
    /// </summary>
    /// <param name="typeName">The type.</param>
    internal DatasetColumn As(string typeName)
    {
        if (IsMissing || typeName == TypeName)
            return this;

        if (Stored == null)
        {
            bool isNumber = !IsText(typeName) && (FolderText == null || TryParse(FolderText, out _));
            return isNumber == (Kind == ColumnKind.Number) ? this : OfFolder(Name, isNumber, FolderText);
        }

        ColumnUnit? own = ColumnUnit.Of(TypeName), wanted = ColumnUnit.Of(typeName);
        return Kind != ColumnKind.Number || own == wanted || own?.Origin != wanted?.Origin ? this : new DatasetColumn(Name)
        {
            Kind = Kind,
            TypeName = typeName,
            Unit = Unit,
            Stored = Stored,
            Change = (own!.Value, wanted!.Value),
        };
    }

    /// <summary>Whether a type is one of texts.</summary>
    internal static bool IsText(string typeName) => typeName is "STRING" or "ENUM" or "JSON" or "BINARY" or "STRING from folder names";

    /// <summary>The column of a file that lacks what other files have: null in every row.</summary>
    internal static DatasetColumn MissingLike(DatasetColumn other) => new(other.Name)
    {
        Kind = other.Kind,
        TypeName = other.TypeName,
        Unit = other.Unit,
        UnsupportedReason = other.UnsupportedReason,
        IsMissing = true,
    };
}
