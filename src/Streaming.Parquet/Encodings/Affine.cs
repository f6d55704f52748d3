namespace Streaming.Parquet.Encodings;

/// <summary>What happens to a number on its way into a tile: (x - Offset) * Factor, in double.</summary>
readonly record struct Affine(double Offset, double Factor)
{
    /// <summary>Whether numbers stay as they are.</summary>
    public bool IsIdentity => Offset == 0 && Factor == 1;

    /// <summary>Maps one number.</summary>
    public float Map(double x) => (float)((x - Offset) * Factor);
}
