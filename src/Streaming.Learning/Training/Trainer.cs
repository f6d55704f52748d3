using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.Preprocessing;

namespace Streaming.Learning.Training;

/// <summary>Trains any estimator on any dataset.</summary>
public static class Trainer
{
    /// <summary>
    /// Fits <paramref name="estimator"/> on <paramref name="dataset"/>. The model depends on the data, the estimator's parameters and the
    /// options, and not on the number of workers, the machine or the time.
    /// </summary>
    /// <param name="estimator">What to learn.</param>
    /// <param name="dataset">The rows.</param>
    /// <param name="options">How to train; null: the defaults.</param>
    /// <param name="cancellation">Ends the run between two tiles.</param>
    /// <exception cref="ArgumentException">A parameter or option is out of range.</exception>
    /// <exception cref="DatasetException">The data do not fit what was asked: a missing column, a value that is not finite, one class only.</exception>
    /// <exception cref="Parquet.ParquetException">A file is broken.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static async Task<FitResult> FitAsync(
        this Estimator estimator, Dataset dataset, TrainingOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new TrainingOptions();
        options.Validate();
        estimator.Validate();
        CheckTarget(estimator, options);
        ColumnSelection columns = ColumnSelection.Resolve(dataset, options.Features, options.Exclude, options.Target, options.Weight, cancellation);

        var progress = new ProgressMeter(options.Progress, () => dataset.BytesRead);
        long bytesBefore = dataset.BytesRead;
        var runner = new PassRunner(dataset, options.Partitions, options.Workers, options.Seed, progress, cancellation);
        var training = new RowFilter(
            options.HoldoutFraction > 0 ? RowShare.Training : RowShare.All, options.HoldoutFraction, options.Seed);
        TargetInfo? target = estimator.TargetKind switch
        {
            TargetKind.Classes => TargetScan.FindClasses(dataset, options.Target!, options.Workers, cancellation),
            TargetKind.Number => NumberTarget(dataset, options.Target!),
            _ => null,
        };
        FeatureScaling scaling = estimator.IsShiftInvariant || options.Standardize
            ? PivotPeek.Find(dataset, columns, cancellation)
            : FeatureScaling.Identity(columns.Features.Count);
        if (options.Standardize)
        {
            FeatureScaling pivots = scaling;
            Pass measure = StandardScaler.NewPass(pivots, measured => scaling = measured);
            await LearnAsync(runner, measure, new TileSource(dataset, columns, pivots, null, training, options.BatchSize)).ConfigureAwait(false);
        }

        var source = new TileSource(dataset, columns, scaling, target, training, options.BatchSize);
        var context = new FitContext(
            columns.Features, scaling, target, dataset.RowsToRead, options.Epochs, options.BatchSize, options.Seed);
        Fitting fitting = estimator.Begin(context);
        long rows = 0;
        while (fitting.NextPass() is { } pass)
            rows = await LearnAsync(runner, pass, source).ConfigureAwait(false);

        long heldOut = dataset.RowCount - runner.RowsFiltered - rows;
        var summary = new TrainingSummary(
            rows, heldOut, options.Epochs, progress.Passes, runner.PartitionCount, options.BatchSize, options.Seed,
            options.Standardize, options.Weight)
        {
            Where = dataset.Options.Where?.Text,
            FilteredRows = runner.RowsFiltered,
        };
        var header = new ModelHeader(
            estimator.Name, columns.Features, scaling, target, EstimatorParameters.ValuesOf(estimator), summary);
        Model model = fitting.ToModel(header);

        (IReadOnlyList<Metric> metrics, long scoredRows, string scoredOn) =
            await ScoreAsync(model, fitting, source, runner, options, rows, cancellation).ConfigureAwait(false);
        return new FitResult(
            model,
            metrics,
            scoredRows,
            scoredOn,
            0,
            runner.RowsFiltered,
            progress.Passes,
            runner.RowsUsed,
            progress.Elapsed,
            dataset.BytesRead - bytesBefore,
            dataset.Pool.PeakBytes);
    }

    // Runs a pass that must see rows: estimators can't make anything of none.
    static async Task<long> LearnAsync(PassRunner runner, Pass pass, TileSource source)
    {
        long rows = await runner.RunAsync(pass, source).ConfigureAwait(false);
        if (rows == 0 && runner.RowsFiltered > 0)
            throw source.Dataset.NoRows("learn from", runner.RowsFiltered);

        if (rows == 0)
            throw new DatasetException($"No row is left to learn from: all {source.Dataset.RowCount} are held out. Use a smaller holdout.");

        return rows;
    }

    static async Task<(IReadOnlyList<Metric> Metrics, long Rows, string On)> ScoreAsync(
        Model model, Fitting fitting, TileSource source, PassRunner runner, TrainingOptions options, long trainingRows, CancellationToken cancellation)
    {
        if (options.Validation != null)
        {
            EvaluationResult result = await Evaluator.EvaluateAsync(
                model, options.Validation, new EvaluationOptions { Workers = options.Workers, Weight = options.Weight }, cancellation).ConfigureAwait(false);
            return (result.Metrics, result.Rows, "validation");
        }

        if (options.HoldoutFraction == 0)
            return (fitting.TrainingMetrics(), trainingRows, "training");

        Scorer? total = null;
        var scoring = new SumPass<Scorer>("scoring held-out rows", model.NewScorer, s => total = s);
        await runner.RunAsync(scoring, source with { Filter = source.Filter with { Share = RowShare.Holdout } }).ConfigureAwait(false);
        return (total!.Results(), total.RowCount, "holdout");
    }

    static void CheckTarget(Estimator estimator, TrainingOptions options)
    {
        if (estimator.TargetKind != TargetKind.None && options.Target == null)
            throw new ArgumentException($"{estimator.Name} learns a target: say which column it is (--target).");

        if (estimator.TargetKind == TargetKind.None && options.Target != null)
            throw new ArgumentException($"{estimator.Name} learns without a target, found target '{options.Target}'. To keep that column out of the features, use --exclude.");
    }

    static TargetInfo NumberTarget(Dataset dataset, string name)
    {
        foreach (DatasetFile file in dataset.Files)
        {
            DatasetColumn? column = file.FindColumn(name);
            if (column is { Kind: not (Parquet.ColumnKind.Number or Parquet.ColumnKind.Boolean) })
                throw new DatasetException($"Target '{name}' must be numeric for a regressor; in '{file.Name}' it is {column.TypeName}. For classes use a classifier.");
        }

        return new TargetInfo(name, TargetKind.Number, ClassType.Integer, []);
    }
}
