namespace Streaming.Learning.Data;

/// <summary>Leaves rows out of a tile, in place.</summary>
static unsafe class TileFilter
{
    /// <summary>Moves the rows that <paramref name="filter"/> keeps to the front of every column.</summary>
    public static void Apply(RowBatch tile, RowFilter filter)
    {
        int kept = 0;
        for (int i = 0; i < tile.RowCount; i++)
        {
            // Written always, advanced only for kept rows: no branch to mispredict.
            tile.RowOffsets[kept] = i;
            kept += filter.Keeps(tile.FirstRow + i) ? 1 : 0;
        }

        for (int j = 0; j < tile.FeatureCount; j++)
        {
            if (tile.Doubles != null)
                Compact(tile.Doubles + (long)j * tile.Stride, tile.RowOffsets, kept);
            else
                Compact(tile.Features + (long)j * tile.Stride, tile.RowOffsets, kept);
        }

        if (tile.HasTarget)
            Compact(tile.TargetPointer, tile.RowOffsets, kept);

        if (tile.HasWeight)
            Compact(tile.WeightPointer, tile.RowOffsets, kept);

        tile.RowCount = kept;
        tile.IsFiltered = true;
    }

    static void Compact<T>(T* values, int* offsets, int kept)
        where T : unmanaged
    {
        for (int i = 0; i < kept; i++)
            values[i] = values[offsets[i]];
    }
}
