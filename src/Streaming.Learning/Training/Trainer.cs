using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Training.Checkpoints;
using Streaming.Learning.Training.Planning;
using Streaming.Learning.Training.Preparation;

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
    /// <param name="cancellation">Ends the run between two tiles; with <see cref="TrainingOptions.Checkpoint"/>, after a last checkpoint.</param>
    /// <exception cref="ArgumentException">A parameter or option is out of range.</exception>
    /// <exception cref="DatasetException">The data do not fit what was asked: a missing column, a value that is not finite, one class only.</exception>
    /// <exception cref="Parquet.ParquetException">A file is broken.</exception>
    /// <exception cref="CheckpointException">The run can't be resumed: says what is broken or has changed.</exception>
    /// <exception cref="Storage.MemoryBudgetException">The run can't fit into the dataset's memory budget.</exception>
    /// <exception cref="IOException">A file or a checkpoint can't be read or written.</exception>
    /// <exception cref="DivergenceException">Values or steps are so large that no finite model comes of them.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static async Task<FitResult> FitAsync(
        this Estimator estimator, Dataset dataset, TrainingOptions? options = null, CancellationToken cancellation = default)
    {
        return await Sweep.Of(estimator).FitAsync(dataset, options, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Fits all candidates of a sweep on <paramref name="dataset"/>, which is read once for all of them, and chooses the best by the rows kept for
    /// scoring: its model is that of <see cref="FitAsync(Estimator, Dataset, TrainingOptions?, CancellationToken)"/> with its parameters.
    /// <see cref="FitResult.Candidates"/> tells how all of them did.
    /// </summary>
    /// <param name="sweep">What to try.</param>
    /// <param name="dataset">The rows.</param>
    /// <param name="options">How to train; null: the defaults.</param>
    /// <param name="cancellation">Ends the run between two tiles; with <see cref="TrainingOptions.Checkpoint"/>, after a last checkpoint.</param>
    /// <inheritdoc cref="FitAsync(Estimator, Dataset, TrainingOptions?, CancellationToken)"/>
    public static async Task<FitResult> FitAsync(
        this Sweep sweep, Dataset dataset, TrainingOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new TrainingOptions();
        Check(sweep, dataset, options);
        using Checkpointer? checkpoints = options.Checkpoint == null
            ? null
            : Checkpointer.Open(options.Checkpoint, RunFingerprint.Of(sweep, dataset, options), options.Notices);
        using var run = new TrainingRun(sweep, dataset, options, checkpoints, cancellation);
        try
        {
            return await run.RunAsync().ConfigureAwait(false);
        }
        catch (NotFiniteException e)
        {
            // What any estimator makes of values that are finite, and so large that their squares or sums are not.
            throw new DivergenceException(
                $"The values are too large, or too different, to learn from: {e.Message} Try to standardise the features (--standardize), or leave "
                + "such columns (--exclude) or rows (--where) out; streaming describe shows which they are.");
        }
    }

    /// <summary>
    /// What a run would do and take: passes, bytes to be read, memory by purpose. Reads the footers, and of a column of lists its first row.
    /// </summary>
    /// <param name="estimator">What to learn.</param>
    /// <param name="dataset">The rows.</param>
    /// <param name="options">How to train; null: the defaults.</param>
    /// <param name="cancellation">Ends the search for the first row.</param>
    /// <exception cref="ArgumentException">A parameter or option is out of range.</exception>
    /// <exception cref="DatasetException">The columns do not fit what was asked.</exception>
    public static TrainingPlan Plan(
        this Estimator estimator, Dataset dataset, TrainingOptions? options = null, CancellationToken cancellation = default) =>
        Sweep.Of(estimator).Plan(dataset, options, cancellation);

    /// <summary>What a sweep would do and take.</summary>
    /// <param name="sweep">What to try.</param>
    /// <param name="dataset">The rows.</param>
    /// <param name="options">How to train; null: the defaults.</param>
    /// <param name="cancellation">Ends the search for the first row.</param>
    /// <inheritdoc cref="Plan(Estimator, Dataset, TrainingOptions?, CancellationToken)"/>
    public static TrainingPlan Plan(
        this Sweep sweep, Dataset dataset, TrainingOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new TrainingOptions();
        Check(sweep, dataset, options);
        using var preparation = new FeaturePreparation(sweep.First, dataset, options, cancellation);
        return new TrainingPlanner(sweep, dataset, preparation, options).Plan();
    }

    static void Check(Sweep sweep, Dataset dataset, TrainingOptions options)
    {
        Estimator estimator = sweep.First;
        options.Validate();
        sweep.Validate(options);
        RunTarget.Check(estimator, options);
        if (estimator.NeedsCounts && options.Scalers.FirstOrDefault(s => s is not MinMaxScaler) is { } scaler)
            throw new ArgumentException($"{estimator.Name} learns counts, at least 0, which standardised features are not: leave {(options.Standardize ? "standardize" : scaler.Name)} out.");

        if (dataset.RowsToRead == 0)
            throw dataset.NoRows("learn from", dataset.RowCount);

        // Known now, and not after hours of learning.
        if (options.Validation is { RowsToRead: 0 } validation)
            throw validation.NoRows("score", validation.RowCount);
    }
}
