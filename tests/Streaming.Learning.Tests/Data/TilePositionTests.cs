using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Tests.Training;
using Xunit;

namespace Streaming.Learning.Tests.Data;

/// <summary>A reader that goes to where another one stood behind a tile gives the tiles that come next, and keeps the same ledger.</summary>
public sealed class TilePositionTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData(null, 0, 0)]
    [InlineData(null, 0.3, 0)]
    [InlineData("x > 0.9", 0, 0)]
    [InlineData("x > -0.5 and row <> 7", 0.3, 0)]
    [InlineData("row between 2100 and 2200 or row > 6500", 0.1, 0)]
    [InlineData(null, 0, 2)]
    [InlineData(null, 0.3, 50)]
    [InlineData("row between 1100 and 2200 or row > 3500", 0, 3)]
    public async Task GoTo_BehindAnyTile_GivesTheTilesThatComeNext(string? where, double holdout, int missingOneIn)
    {
        double[] row = [.. Enumerable.Range(0, 8036).Select(i => (double)i)];
        double?[] x = [.. row.Select(r => missingOneIn > 0 && (r + 1) % missingOneIn == 0 ? null : (double?)Math.Sin(r))];
        await data.WriteAsync("a.parquet", [3000, 10, 1024, 2, 4000], ("row", row), ("x", x));
        var options = new DatasetOptions { Where = where == null ? null : RowCondition.Parse(where.Replace("<>", "!=", StringComparison.Ordinal)) };
        using Dataset dataset = Dataset.Open([data.In("a.parquet")], options);
        ColumnSelection columns = ColumnSelection.Resolve(dataset, ["row", "x"], [], null, null);
        foreach (int batchSize in new[] { 77, 1024, 1500 })
        {
            var source = new TileSource(
                dataset, columns, FeatureScaling.Identity(2), null, new RowFilter(holdout > 0 ? RowShare.Training : RowShare.All, holdout, 7), batchSize)
            {
                Rules = new ValueRules(missingOneIn > 0 ? ValueHandling.Drop : ValueHandling.Error, ValueHandling.Error),
            };
            (List<string> tiles, List<TileEnd> positions, string ledger) = ReadFrom(source, new TileEnd());
            Assert.True(tiles.Count > (batchSize == 77 ? 1 : 0));
            for (int t = 0; t < tiles.Count; t++)
            {
                (List<string> rest, _, string restLedger) = ReadFrom(source, positions[t]);
                Assert.Equal(tiles.Skip(t + 1), rest);
                Assert.Equal(ledger, restLedger);
            }
        }
    }

    static (List<string> Tiles, List<TileEnd> Positions, string Ledger) ReadFrom(TileSource source, TileEnd start)
    {
        using var reader = new TileReader(source, source.Dataset.RowGroups);
        using var tile = new RowBatch(source.Dataset.Pool, source.Shape());
        reader.GoTo(start);
        var tiles = new List<string>();
        var positions = new List<TileEnd>();
        while (reader.Read(tile))
        {
            IEnumerable<string> rows = Enumerable.Range(0, tile.RowCount).Select(i => $"{tile.RowIndex(i)}:{tile.Column(0)[i]},{tile.Column(1)[i]}");
            tiles.Add(string.Join(' ', rows));
            positions.Add(new TileEnd());
            positions[^1].Set(reader.Position, reader.Rejections);
        }

        return (tiles, positions, $"{reader.RowsRead} read, {reader.RowsPicked} wanted, {reader.RowsGiven} given, {reader.RowsFiltered} filtered, {reader.Rejections.Total} rejected");
    }
}
