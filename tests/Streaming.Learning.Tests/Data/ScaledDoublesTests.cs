using Streaming.Learning.Data;
using Streaming.Learning.Tests.Training;
using Xunit;

namespace Streaming.Learning.Tests.Data;

/// <summary>Tiles of doubles hold (x - offset) * factor of every value, to the bit, whatever the rows per tile and however a column is stored.</summary>
public sealed class ScaledDoublesTests : IDisposable
{
    const int Rows = 3001;
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.3, 1)]
    [InlineData(-1e9, 1 / 3.0)]
    [InlineData(0, 1e-300)]
    public async Task EveryValue_IsScaledLikeByItself(double offset, double factor)
    {
        // Few values lie in a dictionary, many do not.
        double[] few = [.. Enumerable.Range(0, Rows).Select(i => i * i % 19 / 7.0)];
        double[] many = [.. Enumerable.Range(0, Rows).Select(i => Math.Sin(i) * 1e3)];
        (few[7], many[8]) = (-0.0, double.Epsilon);
        await data.WriteAsync("a.parquet", [1500, Rows - 1500], ("few", few), ("many", many));
        using Dataset dataset = data.Open("a.parquet");
        ColumnSelection columns = ColumnSelection.Resolve(dataset, ["few", "many"], [], null, null);
        foreach (int batchSize in new[] { 1, 7, 8, 61, 1024 })
        {
            var source = new TileSource(dataset, columns, new FeatureScaling([offset, offset], [factor, factor]), null, RowFilter.None, batchSize);
            using var reader = new TileReader(source, dataset.RowGroups);
            using var tile = new RowBatch(dataset.Pool, source.Shape(doubles: true));
            int row = 0;
            for (; reader.Read(tile); row += tile.RowCount)
            {
                AssertScaled(few.AsSpan(row, tile.RowCount), tile, 0);
                AssertScaled(many.AsSpan(row, tile.RowCount), tile, 1);
            }

            Assert.Equal(Rows, row);
        }

        void AssertScaled(ReadOnlySpan<double> values, RowBatch tile, int feature)
        {
            double[] found = new double[tile.RowCount];
            tile.CopyColumn(feature, found);
            for (int i = 0; i < found.Length; i++)
                Assert.Equal(BitConverter.DoubleToInt64Bits((values[i] - offset) * factor), BitConverter.DoubleToInt64Bits(found[i]));
        }
    }
}
