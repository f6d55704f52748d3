using Streaming.Parquet;

namespace Streaming.Learning.Data.Conditions;

/// <summary>What a file tells about the values of a column in a row group or a page.</summary>
readonly struct ColumnBounds
{
    ColumnBounds(bool mayBeNull, bool mayHaveValue)
    {
        MayBeNull = mayBeNull;
        MayHaveValue = mayHaveValue;
    }

    /// <summary>Whether a value can be null (or NaN, which counts as null).</summary>
    public bool MayBeNull { get; }

    /// <summary>Whether a value can be there.</summary>
    public bool MayHaveValue { get; }

    /// <summary>No number is below the first or above the second; null where nothing is known.</summary>
    public (double Min, double Max)? Numbers { get; private init; }

    /// <summary>No text is below the first or above the second, by bytes; null where nothing is known.</summary>
    public (byte[] Min, byte[] Max)? Texts { get; private init; }

    /// <summary>No decimal is below the first or above the second (<see cref="UnscaledOrder"/>); null where nothing is known.</summary>
    public (byte[] Min, byte[] Max)? Unscaled { get; private init; }

    /// <summary>The bounds of a column in a row group of its file.</summary>
    public static ColumnBounds Of(DatasetColumn column, RowGroupInfo group) =>
        column.Stored is { } stored ? Of(stored, group.Chunks[stored.Index]) : OfConstant(column);

    /// <summary>The bounds of a column in a chunk or a page.</summary>
    public static ColumnBounds Of(ParquetColumn stored, ValueBounds noted)
    {
        bool mayBeNaN = stored.PhysicalType is PhysicalType.Float or PhysicalType.Double || stored.TypeName == "FLOAT16";
        var bounds = new ColumnBounds(
            mayBeNaN || (stored.MaxDefinitionLevel > 0 && noted.NullCount != 0),
            stored.MaxDefinitionLevel == 0 || noted.NullCount is not { } nulls || nulls < noted.ValueCount);
        return stored.Kind switch
        {
            // INT96 has no order that writers agree on (parquet-format, ColumnOrder).
            ColumnKind.Number when stored.PhysicalType != PhysicalType.Int96 && noted is { Min: { } min, Max: { } max } && min <= max =>
                bounds with { Numbers = (min, max), Unscaled = UnscaledOf(noted) },
            ColumnKind.Boolean when noted.ByteBounds is { Min: [var min], Max: [var max] } && min <= max && max <= 1 =>
                bounds with { Numbers = (min, max) },
            ColumnKind.Text when noted.ByteBounds is { } texts && texts.Min.AsSpan().SequenceCompareTo(texts.Max) <= 0 =>
                bounds with { Texts = texts },
            _ => bounds,
        };
    }

    static (byte[] Min, byte[] Max)? UnscaledOf(ValueBounds noted) =>
        noted.UnscaledBounds is { } unscaled && UnscaledOrder.Compare(unscaled.Min, unscaled.Max) <= 0 ? unscaled : null;

    static ColumnBounds OfConstant(DatasetColumn column)
    {
        if (column.Constant is not { } text)
            return new ColumnBounds(mayBeNull: true, mayHaveValue: false);

        var bounds = new ColumnBounds(mayBeNull: false, mayHaveValue: true);
        if (column.Kind == ColumnKind.Number)
            return bounds with { Numbers = (column.ConstantNumber, column.ConstantNumber) };

        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return bounds with { Texts = (bytes, bytes) };
    }
}
