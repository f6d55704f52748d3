using Streaming.Learning.Data;
using Streaming.Parquet;

namespace Streaming.Cli.Commands;

/// <summary>The unit in which dates and times of all files are told: that of the first file, as they are read for learning.</summary>
sealed class CommonUnit
{
    bool hasAny;

    /// <summary>The unit in words; null for numbers that are neither dates nor times, and where files disagree whether they are.</summary>
    public string? Name { get; private set; }

    /// <summary>How values are written; null likewise.</summary>
    public TimeFormat? Format { get; private set; }

    /// <summary>Whether values of some files can't be told in the unit of others: dates in one are times of the day or plain numbers in another.</summary>
    public bool IsMixed { get; private set; }

    /// <summary>Adds a file's column.</summary>
    /// <returns>Makes numbers of the common unit of its own.</returns>
    public Func<double, double> Add(ParquetColumn column)
    {
        TimeFormat? own = TimeFormat.Of(column);
        if (!hasAny)
        {
            (hasAny, Name, Format) = (true, column.Unit, own);
            return value => value;
        }

        if (Format?.Unit.Origin != own?.Unit.Origin)
            (IsMixed, Name, Format) = (true, null, null);

        if (IsMixed || own is not { } from || Format is not { } to)
            return value => value;

        Format = to with { IsUtc = to.IsUtc && from.IsUtc };
        return value => from.Unit.Convert(value, to.Unit);
    }
}
