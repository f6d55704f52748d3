using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Passes;
using Streaming.Learning.Preprocessing;
using Streaming.Parquet;

namespace Streaming.Learning.Training;

/// <summary>What to tell of a dataset.</summary>
public sealed record DescriptionOptions
{
    /// <summary>Names or patterns (<c>*</c>, <c>?</c>) of columns. Default: all that hold numbers, booleans or lists of numbers.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Names or patterns of columns to leave out. Default: none.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Column with a weight per row (finite, at least 0). Default: each row weighs 1.</summary>
    public string? Weight { get; init; }

    /// <summary>Whether a second pass takes the correlations of all pairs of columns. Default: false.</summary>
    public bool Correlations { get; init; }

    /// <summary>Threads; the result does not depend on it. Default: the processors of this machine.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Told of progress. Default: nobody.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }
}

/// <summary>What a dataset holds.</summary>
/// <param name="Columns">Names of the columns; of elements of lists as features are named.</param>
/// <param name="Times">How the values of each are written, where they are dates or times; otherwise null.</param>
/// <param name="Summaries">What the values of each are.</param>
/// <param name="QuantileRankError">How far the rank of a quantile is from that asked for, as a share of the rows, in 99 of 100 cases at most; 0 if all are exact.</param>
/// <param name="Correlations">The correlations of all pairs, if asked for.</param>
/// <param name="Rows">Rows looked at.</param>
/// <param name="RowsFiltered">Rows in the footers for which the dataset's condition is not true.</param>
/// <param name="Elapsed">Time taken.</param>
/// <param name="BytesRead">Bytes read from storage.</param>
public sealed record DatasetDescription(
    IReadOnlyList<string> Columns,
    IReadOnlyList<TimeFormat?> Times,
    IReadOnlyList<FeatureSummary> Summaries,
    double QuantileRankError,
    Correlations? Correlations,
    long Rows,
    long RowsFiltered,
    TimeSpan Elapsed,
    long BytesRead);

/// <summary>Pearson's correlations of all pairs of columns, over the rows in which all of them have finite values.</summary>
/// <param name="Matrix">[columns × columns], row-major, symmetric; NaN where one of the two does not vary.</param>
/// <param name="Rows">Rows that were used.</param>
public sealed record Correlations(double[] Matrix, long Rows);

/// <summary>Describes datasets: the columns one by one in one pass, and their correlations in another.</summary>
public static class Describer
{
    const int BatchSize = 1024;

    /// <summary>Describes the numeric columns of <paramref name="dataset"/>. Missing and infinite values are counted and left aside.</summary>
    /// <exception cref="DatasetException">A column is missing or is not numeric, or no row is left.</exception>
    /// <exception cref="Storage.MemoryBudgetException">The sums can't fit into the dataset's memory budget.</exception>
    public static async Task<DatasetDescription> DescribeAsync(
        Dataset dataset, DescriptionOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new DescriptionOptions();
        TrainingOptions.AtLeastOne(options.Workers, "workers");
        TrainingOptions.RefuseAsFeature(options.Features, options.Weight, "weight");
        IReadOnlyList<string> include = options.Features.Count > 0 ? options.Features : NumericColumns(dataset);
        ColumnSelection columns = ColumnSelection.Resolve(dataset, include, options.Exclude, target: null, options.Weight, cancellation);
        var progress = new ProgressMeter(options.Progress, () => dataset.BytesRead);
        var runner = new PassRunner(dataset, Partitions.Default, options.Workers, 0, progress, cancellation);
        int features = columns.Features.Count;
        FeatureSummaries? found = null;
        using (dataset.Pool.Reserve((1L + runner.PartitionCount) * FeatureSummaries.BytesFor(features), "summaries of columns"))
        {
            var summing = new SumPass<FeatureSummaries>("describe", () => new FeatureSummaries(features, new HashSet<int>()), s => found = s, needsDoubles: true);
            var source = new TileSource(dataset, columns, FeatureScaling.Identity(features), null, RowFilter.None, BatchSize)
            {
                // Nothing is filled: measuring leaves such values in the tiles.
                Rules = new ValueRules(ValueHandling.Zero, ValueHandling.Zero) { IsMeasuring = true },
            };
            await runner.RunAsync(summing, source, "describe").ConfigureAwait(false);
        }

        (long rows, long filtered) = (runner.RowsUsed, runner.RowsFiltered);
        Correlations? correlations = options.Correlations
            ? await CorrelateAsync(dataset, columns, runner, options.Weight != null, cancellation).ConfigureAwait(false)
            : null;
        return new DatasetDescription(
            columns.Features,
            [.. columns.FeatureColumns.SelectMany(c => Enumerable.Repeat(TimesOf(dataset, c.Name), c.Count))],
            found!.Features,
            found.Features.All(f => f.AreQuantilesExact) ? 0 : QuantileSketch.RankErrorOf(FeatureSummaries.SketchSizeFor(features)),
            correlations,
            rows,
            filtered,
            progress.Elapsed,
            progress.BytesRead);
    }

    static async Task<Correlations> CorrelateAsync(
        Dataset dataset, ColumnSelection columns, PassRunner runner, bool hasWeights, CancellationToken cancellation)
    {
        int features = columns.Features.Count;
        long bytes = CrossProducts.BytesFor(features, hasTarget: false, hasWeights);
        using IDisposable states = dataset.Pool.Reserve((1L + runner.PartitionCount) * bytes, "products of columns");
        CrossProducts? sums = null;
        var pass = new SumPass<CrossProducts>(
            "correlate", () => new CrossProducts(features, hasTarget: false), s => sums = s, needsDoubles: true);
        var source = new TileSource(dataset, columns, PivotPeek.Find(dataset, columns, cancellation), null, RowFilter.None, BatchSize)
        {
            Rules = new ValueRules(ValueHandling.Drop, ValueHandling.Drop),
        };
        await runner.RunAsync(pass, source, "correlate").ConfigureAwait(false);
        double[] products = sums!.About(sums.Means()).Features;
        var matrix = new double[products.Length];
        for (int i = 0; i < matrix.Length; i++)
        {
            (int row, int column) = (i / features, i % features);
            double scale = Math.Sqrt(products[row * features + row]) * Math.Sqrt(products[column * features + column]);
            matrix[i] = scale == 0 ? double.NaN : row == column ? 1 : Math.Clamp(products[i] / scale, -1, 1);
        }

        return new Correlations(matrix, sums.RowCount);
    }

    // All files are read in the unit of the first one.
    static TimeFormat? TimesOf(Dataset dataset, string column)
    {
        List<ParquetColumn> stored = [.. dataset.Files.Select(f => f.RequireColumn(column).Stored).OfType<ParquetColumn>()];
        return stored.Count > 0 && TimeFormat.Of(stored[0]) is { } first ? first with { IsUtc = stored.All(c => c.IsUtc) } : null;
    }

    static List<string> NumericColumns(Dataset dataset)
    {
        DatasetFile first = dataset.Files[0];
        List<string> names =
            [.. first.Columns.Where(c => c.Kind is ColumnKind.Number or ColumnKind.Boolean or ColumnKind.Vector).Select(c => c.Name)];
        return names.Count > 0
            ? names
            : throw new DatasetException($"Wanted columns of numbers to describe, found none in '{first.Name}': its columns are {string.Join(", ", first.Columns.Select(c => c.Name))}.");
    }
}
