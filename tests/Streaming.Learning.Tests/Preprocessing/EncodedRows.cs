using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Preprocessing;

/// <summary>The rows of a dataset as a model sees them.</summary>
static class EncodedRows
{
    /// <summary>Per row its features.</summary>
    public static double[][] Of(ModelHeader header, Dataset dataset)
    {
        ColumnSelection columns = ColumnSelection.ForModel(dataset, header.Features, null, null, header.Encoded);
        var source = new TileSource(dataset, columns, header.Scaling, null, RowFilter.None, 64) { Rules = header.Rules.ForPrediction() };
        using var reader = new TileReader(source, dataset.RowGroups);
        using var tile = new RowBatch(dataset.Pool, source.Shape(doubles: true));
        var rows = new List<double[]>();
        while (reader.Read(tile))
        {
            int first = rows.Count;
            rows.AddRange(Enumerable.Range(0, tile.RowCount).Select(_ => new double[header.Features.Count]));
            var values = new double[tile.RowCount];
            for (int j = 0; j < header.Features.Count; j++)
            {
                tile.CopyColumn(j, values);
                for (int i = 0; i < values.Length; i++)
                    rows[first + i][j] = values[i];
            }
        }

        return [.. rows];
    }

    /// <summary>That the first rows are as they should be, to 1e-7.</summary>
    public static void AssertNear(double[][] wanted, double[][] found)
    {
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.Equal(wanted[i].Length, found[i].Length);
            for (int j = 0; j < wanted[i].Length; j++)
                Assert.Equal(wanted[i][j], found[i][j], 1e-7);
        }
    }
}
