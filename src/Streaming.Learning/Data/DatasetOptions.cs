using Streaming.Learning.Data.Conditions;
using Streaming.Storage;

namespace Streaming.Learning.Data;

/// <summary>How files make up a dataset: which of their rows it has, and what becomes of columns that some of them lack.</summary>
public sealed record DatasetOptions
{
    /// <summary>
    /// Only rows for which this is true are seen by any run over the dataset; the others count as filtered. Row groups that the
    /// statistics in the footers rule out are not read at all. Default: all rows.
    /// </summary>
    public RowCondition? Where { get; init; }

    /// <summary>What a column that some of the files lack is in them. Default: an error, where the column is used.</summary>
    public MissingColumns MissingColumns { get; init; }

    /// <summary>Where files are read from; the caller keeps it. Default: local disks, and S3 as the environment says.</summary>
    public FileStore Store { get; init; } = FileStore.Default;
}

/// <summary>What a column that some files of a dataset have is in those that lack it.</summary>
public enum MissingColumns
{
    /// <summary>An error that names the file, where the column is used.</summary>
    Error,

    /// <summary>
    /// Null in every row. Conditions and kept columns can use it; in features and weights it is a missing value like any other
    /// (<see cref="ValueRules"/>), and for a target it stays an error.
    /// </summary>
    Null,
}
