using Streaming.Learning.Data.Conditions;

namespace Streaming.Learning.Data;

/// <summary>Which rows of the files a dataset has.</summary>
public sealed record DatasetOptions
{
    /// <summary>
    /// Only rows for which this is true are seen by any run over the dataset; the others count as filtered. Row groups that the
    /// statistics in the footers rule out are not read at all. Default: all rows.
    /// </summary>
    public RowCondition? Where { get; init; }
}
