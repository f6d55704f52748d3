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
            float* column = tile.Features + (long)j * tile.Stride;
            for (int i = 0; i < kept; i++)
                column[i] = column[tile.RowOffsets[i]];
        }

        for (int i = 0; tile.HasTarget && i < kept; i++)
            tile.TargetPointer[i] = tile.TargetPointer[tile.RowOffsets[i]];

        for (int i = 0; tile.HasWeight && i < kept; i++)
            tile.WeightPointer[i] = tile.WeightPointer[tile.RowOffsets[i]];

        tile.RowCount = kept;
        tile.IsFiltered = true;
    }
}
