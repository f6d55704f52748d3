using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Data;

/// <summary>Fills the features of a tile that are products of others, once those are read and filled. For one thread.</summary>
/// <param name="source">What is read.</param>
/// <param name="column">The column of products.</param>
sealed unsafe class ProductColumns(TileSource source, FeatureColumn column)
{
    readonly (int First, int Second)[] factors = FactorsOf(source.Columns, column);
    double[] first = [];

    /// <summary>Number of the first product among the features.</summary>
    public int First => column.First;

    /// <summary>Products.</summary>
    public int Count => factors.Length;

    /// <summary>Fills rows.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="start">The first row.</param>
    /// <param name="rows">Rows.</param>
    public void Fill(RowBatch tile, int start, int rows)
    {
        if (first.Length < rows)
            first = new double[source.BatchSize];

        for (int k = 0; k < factors.Length; k++)
        {
            (int i, int j) = factors[k];
            for (int row = 0; row < rows; row++)
                first[row] = ValueOf(tile, i, start + row) * ValueOf(tile, j, start + row);

            int feature = column.First + k;
            long at = (long)feature * tile.Stride + start;
            double offset = source.Scaling.Offset[feature], factor = source.Scaling.Factor[feature];
            for (int row = 0; row < rows; row++)
            {
                double scaled = (first[row] - offset) * factor;
                if (tile.Doubles != null)
                    tile.Doubles[at + row] = scaled;
                else
                    tile.Features[at + row] = (float)scaled;
            }
        }
    }

    double ValueOf(RowBatch tile, int feature, int row)
    {
        long at = (long)feature * tile.Stride + row;
        return source.Scaling.Restore(feature, tile.Doubles != null ? tile.Doubles[at] : tile.Features[at]);
    }

    /// <summary>The numbers of the features that are the factors of each product.</summary>
    /// <param name="columns">All columns.</param>
    /// <param name="products">That of the products.</param>
    public static (int First, int Second)[] FactorsOf(ColumnSelection columns, FeatureColumn products)
    {
        var encoding = (PolynomialEncoding)products.Encoding!;
        List<string> features = [.. columns.Features];
        int[] places = [.. encoding.Of.Select(name => features.IndexOf(name))];
        return [.. encoding.Pairs.Select(p => (places[p.First], places[p.Second]))];
    }
}
