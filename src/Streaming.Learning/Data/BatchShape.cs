namespace Streaming.Learning.Data;

/// <summary>What a tile has room for.</summary>
/// <param name="FeatureCount">Feature columns.</param>
/// <param name="Capacity">Most rows.</param>
/// <param name="HasTarget">Whether there is a target column.</param>
/// <param name="HasWeight">Whether there is a weight column.</param>
/// <param name="HasRowMajor">Whether the features are there row-major (for per-sample learners).</param>
/// <param name="HasDoubles">Whether the features are double in place of float32 (for learners that must be exact).</param>
/// <param name="HasColumns">Whether the features are there column-major.</param>
public readonly record struct BatchShape(
    int FeatureCount, int Capacity, bool HasTarget, bool HasWeight, bool HasRowMajor, bool HasDoubles = false, bool HasColumns = true)
{
    /// <summary>Floats per column: the capacity rounded up to whole cache lines, plus one line (see <see cref="RowBatch.Stride"/>).</summary>
    public int Stride => (Capacity + 15) / 16 * 16 + 16;

    /// <summary>Memory of one tile, in bytes.</summary>
    public long Bytes =>
        ColumnBytes
        + sizeof(double) * (long)Stride * ((HasTarget ? 1 : 0) + (HasWeight ? 1 : 0))
        + sizeof(int) * (long)Stride
        + (HasRowMajor ? sizeof(float) * (long)Capacity * RowStrideOf(FeatureCount) : 0);

    internal long ColumnBytes => HasColumns ? (HasDoubles ? sizeof(double) : sizeof(float)) * (long)Stride * FeatureCount : 0;

    internal static int RowStrideOf(int featureCount) => (featureCount + 15) / 16 * 16;
}
