using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Models;

/// <summary>Tiles and headers made by hand.</summary>
static unsafe class TestTiles
{
    /// <summary>Rows of <see cref="Sample"/> that the numbers from scikit-learn were computed on.</summary>
    public const int SampleRows = 24;

    static readonly BufferPool Pool = new();

    /// <summary>
    /// Feature j of row i of the sample: in numpy <c>[[((37*i + 101*j + i*i*j) % 64) / 8 - 4 for j in range(3)] for i in range(24)]</c>.
    /// </summary>
    public static double Sample(int row, int feature) => (37 * row + 101 * feature + row * row * feature) % 64 / 8.0 - 4;

    /// <summary>Weight of row i of the sample: <c>1 + (i % 4) * 0.5</c>.</summary>
    public static double SampleWeight(int row) => 1 + row % 4 * 0.5;

    /// <summary>A tile whose memory around the rows is full of NaN.</summary>
    public static RowBatch Create(
        int features, int rows, Func<int, int, double> value, Func<int, double>? target = null, Func<int, double>? weight = null)
    {
        var shape = new BatchShape(features, Math.Max(rows, 1), target is not null, weight is not null, HasRowMajor: false);
        var tile = new RowBatch(Pool, shape);
        new Span<float>(tile.Features, features * tile.Stride).Fill(float.NaN);
        for (int row = 0; row < rows; row++)
        {
            for (int j = 0; j < features; j++)
                tile.WritableColumn(j, rows)[row] = (float)value(row, j);

            if (target is not null)
                tile.WritableTarget(rows)[row] = target(row);

            if (weight is not null)
                tile.WritableWeight(rows)[row] = weight(row);
        }

        tile.RowCount = rows;
        return tile;
    }

    public static double[] Predict(Model model, RowBatch tile)
    {
        var output = new double[model.Outputs.Count * tile.RowCount];
        model.Predict(tile, output);
        return output;
    }

    public static ModelHeader Header(int features = 3, TargetInfo? target = null, FeatureScaling? scaling = null) => new(
        "an-estimator",
        [.. Enumerable.Range(0, features).Select(j => "x" + j)],
        scaling ?? FeatureScaling.Identity(features),
        target,
        new Dictionary<string, string> { ["n_clusters"] = "8", ["alpha"] = "0.0001" },
        new TrainingSummary(
            Rows: 1000,
            HoldoutRows: 100,
            Epochs: 5,
            Passes: 7,
            Partitions: 16,
            BatchSize: 4096,
            Seed: -42,
            Standardized: true,
            WeightColumn: null));

    public static TargetInfo Classes(params string[] labels) => new("y", TargetKind.Classes, ClassType.Text, labels);

    public static TargetInfo Number() => new("y", TargetKind.Number, ClassType.Integer, []);

    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance = 1e-14)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool close = Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(close, $"[{i}]: wanted {expected[i]}, found {actual[i]}.");
        }
    }
}
