using Streaming.Parquet;

namespace Streaming.Learning.Data.Conditions;

/// <summary>What the footer tells about the values of a column in a row group.</summary>
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

    /// <summary>The bounds of a column in a row group of its file.</summary>
    public static ColumnBounds Of(DatasetColumn column, RowGroupInfo group)
    {
        if (column.Stored is not { } stored)
            return OfConstant(column);

        ColumnChunkInfo chunk = group.Chunks[stored.Index];
        bool mayBeNaN = stored.PhysicalType is PhysicalType.Float or PhysicalType.Double || stored.TypeName == "FLOAT16";
        var bounds = new ColumnBounds(
            mayBeNaN || (stored.MaxDefinitionLevel > 0 && chunk.NullCount != 0),
            chunk.NullCount is not { } nulls || nulls < chunk.ValueCount);
        return stored.Kind switch
        {
            // INT96 has no order that writers agree on (parquet-format, ColumnOrder).
            ColumnKind.Number when stored.PhysicalType != PhysicalType.Int96 && chunk is { Min: { } min, Max: { } max } && min <= max =>
                bounds with { Numbers = (min, max) },
            ColumnKind.Boolean when chunk.ByteBounds is { Min: [var min], Max: [var max] } && min <= max && max <= 1 =>
                bounds with { Numbers = (min, max) },
            ColumnKind.Text when chunk.ByteBounds is { } texts && texts.Min.AsSpan().SequenceCompareTo(texts.Max) <= 0 =>
                bounds with { Texts = texts },
            _ => bounds,
        };
    }

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
