namespace Streaming.Parquet;

/// <summary>A row of a vector column has another number of elements than is wanted.</summary>
public sealed class VectorLengthException : ParquetException
{
    internal VectorLengthException(string place, long row, int wanted, int found)
        : base(place, $"row {row} of the row group should have a list of {wanted} elements and has {(found == 0 ? "an empty one" : $"one of {found}")}.")
    {
        Row = row;
        Wanted = wanted;
        Found = found;
    }

    /// <summary>The row's number in its row group, from 0.</summary>
    public long Row { get; }

    /// <summary>Elements that are wanted.</summary>
    public int Wanted { get; }

    /// <summary>Elements that the row has.</summary>
    public int Found { get; }
}
