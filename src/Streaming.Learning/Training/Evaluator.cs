using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Training;

/// <summary>How to score a model.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Target column; default: the one that the model was trained on.</summary>
    public string? Target { get; init; }

    /// <summary>Column with a weight per row. Default: each row weighs 1.</summary>
    public string? Weight { get; init; }

    /// <summary>Threads. Default: the processors of this machine.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Told of progress. Default: nobody.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }
}

/// <summary>Scores of a model on a dataset.</summary>
/// <param name="Metrics">The scores.</param>
/// <param name="Rows">Rows scored.</param>
/// <param name="Rejected">Rows left out for their values, by reason; where the model was trained that way.</param>
/// <param name="RowsFiltered">Rows in the footers for which the dataset's condition is not true.</param>
/// <param name="Elapsed">Time taken.</param>
/// <param name="BytesRead">Bytes read from storage.</param>
public sealed record EvaluationResult(
    IReadOnlyList<Metric> Metrics, long Rows, IReadOnlyList<RejectedRows> Rejected, long RowsFiltered, TimeSpan Elapsed, long BytesRead)
{
    /// <summary>Rows left out for their values.</summary>
    public long RowsRejected => Rejected.Sum(r => r.Rows);

    /// <summary>Scores that take a table: confusion matrix and calibration curve, or scores by cluster.</summary>
    public IReadOnlyList<ScoreTable> Tables { get; init; } = [];
}

/// <summary>Scores a model on data.</summary>
public static class Evaluator
{
    const int BatchSize = 1024;

    /// <summary>
    /// Scores <paramref name="model"/> on every row of <paramref name="dataset"/> in one pass. Missing and infinite values are treated as
    /// they were in training.
    /// </summary>
    /// <exception cref="DatasetException">The data lack the model's columns, or hold values or classes that it does not know.</exception>
    public static async Task<EvaluationResult> EvaluateAsync(
        Model model, Dataset dataset, EvaluationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new EvaluationOptions();
        TrainingOptions.AtLeastOne(options.Workers, "workers");
        ModelHeader header = model.Header;
        if (header.Target == null && options.Target != null)
            throw new ArgumentException($"A model of {header.Estimator} has no target to compare with, found target '{options.Target}'.");

        TargetInfo? target = header.Target == null ? null : header.Target with { Name = options.Target ?? header.Target.Name };
        var progress = new ProgressMeter(options.Progress, () => dataset.BytesRead);
        var runner = new PassRunner(dataset, Partitions.Default, options.Workers, 0, progress, cancellation);
        TileSource source = SourceFor(header, dataset, target, options.Weight);
        long scorers = (1L + runner.PartitionCount) * ScorerBytes(target?.Kind, target?.Classes.Count ?? 0, header.Features.Count, BatchSize);
        using IDisposable held = dataset.Pool.Reserve(scorers, "scores");
        Scorer total = await ScoreAsync(model, runner, source, "scoring").ConfigureAwait(false);
        return new EvaluationResult(
            total.Results(), total.RowCount, runner.Rejections.ByReason(source.Columns), runner.RowsFiltered, progress.Elapsed, progress.BytesRead)
        {
            Tables = total.Tables(),
        };
    }

    /// <summary>Memory of a model's scorer; without a target of the one that takes most.</summary>
    internal static long ScorerBytes(TargetKind? kind, int classes, int features, int batchSize) => kind switch
    {
        TargetKind.Classes => ClassificationScorer.BytesFor(classes, batchSize),
        TargetKind.Number => RegressionScorer.BytesFor(batchSize),
        _ => DecompositionScorer.BytesFor(features, features, batchSize),
    };

    /// <summary>All rows of a dataset, as a model wants them.</summary>
    internal static TileSource SourceFor(ModelHeader header, Dataset dataset, TargetInfo? target, string? weight)
    {
        ColumnSelection columns = ColumnSelection.ForModel(dataset, header.Features, target?.Name, weight, header.Encoded, header.ColumnTypes);
        return new TileSource(dataset, columns, header.Scaling, RunTarget.InData(target, dataset), RowFilter.None, BatchSize)
        {
            Rules = header.Rules with { IsForModel = true },
        };
    }

    /// <summary>Scores a model on rows, of which there must be some unless they are held out.</summary>
    internal static async Task<Scorer> ScoreAsync(Model model, PassRunner runner, TileSource source, string purpose) =>
        (await ScoreAsync([model], runner, source, purpose).ConfigureAwait(false))[0];

    /// <summary>Scores models in one pass over the same rows.</summary>
    internal static async Task<IReadOnlyList<Scorer>> ScoreAsync(IReadOnlyList<Model> models, PassRunner runner, TileSource source, string purpose)
    {
        ScorerList? total = null;
        var pass = new SumPass<ScorerList>(purpose, () => new ScorerList([.. models.Select(m => m.NewScorer())], runner.Workers), s => total = s);
        await runner.RunAsync(pass, source, source.Filter.IsActive ? null : "score").ConfigureAwait(false);
        return total!.Scorers;
    }
}
