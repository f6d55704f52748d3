using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Storage;

namespace Streaming.Benchmarks.Kernels;

/// <summary>Tiles of seeded numbers, as training sees them.</summary>
sealed unsafe class KernelTiles : IDisposable
{
    readonly BufferPool pool = new();
    readonly List<RowBatch> tiles = [];

    /// <summary>A full tile: features uniform in [-1, 1); targets 0 and 1, which the first four features tell about.</summary>
    /// <param name="features">Features.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="isDouble">Whether its columns are double.</param>
    /// <param name="isRowMajor">Whether it holds rows in place of columns.</param>
    public RowBatch Next(int features, int rows, bool isDouble = false, bool isRowMajor = false)
    {
        var random = new KeyedRandom(tiles.Count, "kernels");
        var tile = new RowBatch(pool, new BatchShape(features, rows, true, false, isRowMajor, isDouble, !isRowMajor)) { RowCount = rows };
        tiles.Add(tile);
        if (isRowMajor)
            new Span<float>(tile.Rows, rows * tile.RowStride).Clear();

        var scores = new double[rows];
        for (int j = 0; j < features; j++)
        {
            for (int i = 0; i < rows; i++)
            {
                double value = 2 * random.NextDouble() - 1;
                scores[i] += j < 4 ? value : 0;
                if (isDouble)
                    tile.Doubles[(long)j * tile.Stride + i] = (float)value;
                else if (isRowMajor)
                    tile.Rows[(long)i * tile.RowStride + j] = (float)value;
                else
                    tile.Features[(long)j * tile.Stride + i] = (float)value;
            }
        }

        for (int i = 0; i < rows; i++)
            tile.TargetPointer[i] = scores[i] + 2 * random.NextDouble() > 1 ? 1 : 0;

        return tile;
    }

    public void Dispose()
    {
        foreach (RowBatch tile in tiles)
            tile.Dispose();

        pool.Dispose();
    }
}
