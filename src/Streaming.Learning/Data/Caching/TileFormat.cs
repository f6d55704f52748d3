namespace Streaming.Learning.Data.Caching;

/// <summary>The columns of cached tiles - features, target, weight - and how many rows of them make a block.</summary>
/// <param name="FeatureCount">Features.</param>
/// <param name="HasDoubles">Whether features are double in place of float32.</param>
/// <param name="HasTarget">Whether there is a target; it is double.</param>
/// <param name="HasWeight">Whether there is a weight; it is double.</param>
readonly record struct TileFormat(int FeatureCount, bool HasDoubles, bool HasTarget, bool HasWeight)
{
    // Small enough to stay in the cache of a core while tiles are filled from it, large enough that a request costs little beside its bytes.
    const int WantedBlockBytes = 256 * 1024;
    const int LeastRows = 16;
    const int MostRows = 8192;

    /// <summary>The format of what a pass reads.</summary>
    public static TileFormat Of(TileSource source, bool doubles) =>
        new(source.Columns.Features.Count, doubles, source.Target != null, source.Columns.Weight != null);

    /// <summary>Columns of a block.</summary>
    public int ColumnCount => FeatureCount + (HasTarget ? 1 : 0) + (HasWeight ? 1 : 0);

    /// <summary>Bytes of a row as tiles hold it.</summary>
    public int RowBytes => FeatureCount * WidthOf(0) + (ColumnCount - FeatureCount) * sizeof(double);

    /// <summary>Rows of a block: all but the last of a row group have as many, those counted that were left out for their values.</summary>
    public int BlockRows => Math.Clamp(WantedBlockBytes / RowBytes / LeastRows * LeastRows, LeastRows, MostRows);

    /// <summary>Bytes of a block's rows as tiles hold them.</summary>
    public int RawBytes => checked(BlockRows * RowBytes);

    /// <summary>Most bytes of a block as files hold it.</summary>
    public int StoredBytes => checked(BlockHeader.BytesFor(ColumnCount, BlockRows) + RawBytes + ColumnCount * ColumnCodec.HeaderBytes);

    /// <summary>Bytes of a value of a column.</summary>
    public int WidthOf(int column) => column < FeatureCount && !HasDoubles ? sizeof(float) : sizeof(double);

    /// <summary>What values of a column went through: target and weight are not scaled.</summary>
    public (double Offset, double Factor) ScaleOf(int column, FeatureScaling scaling) =>
        column < FeatureCount ? (scaling.Offset[column], scaling.Factor[column]) : (0, 1);

    /// <summary>Where the values of a column begin when all columns of a block lie behind each other.</summary>
    public int RawStart(int column) => BlockRows * (Math.Min(column, FeatureCount) * WidthOf(0) + Math.Max(0, column - FeatureCount) * sizeof(double));

    /// <summary>Most bytes of the rows of row groups in a file.</summary>
    public long BytesFor(IEnumerable<DatasetRowGroup> groups)
    {
        long bytes = TileFile.HeaderBytes;
        foreach (DatasetRowGroup group in groups)
        {
            // Beside the rows what a block, a column in it and the index add.
            long blocks = (group.RowCount + BlockRows - 1) / BlockRows;
            bytes += group.RowCount * Math.Max(RowBytes, BlockHeader.LeftOutBytes) + TileFile.GroupBytes
                + blocks * (BlockHeader.BytesFor(ColumnCount, 0) + ColumnCount * 2L * ColumnCodec.HeaderBytes + TileFile.BlockBytes);
        }

        return bytes;
    }

    /// <summary>The values of a column in a tile.</summary>
    public unsafe byte* ColumnOf(RowBatch tile, int column)
    {
        if (column < FeatureCount)
            return HasDoubles ? (byte*)(tile.Doubles + (long)column * tile.Stride) : (byte*)(tile.Features + (long)column * tile.Stride);

        return (byte*)(HasTarget && column == FeatureCount ? tile.TargetPointer : tile.WeightPointer);
    }
}
