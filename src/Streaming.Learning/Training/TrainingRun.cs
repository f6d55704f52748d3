using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.State;
using Streaming.Learning.Training.Checkpoints;
using Streaming.Learning.Training.Planning;

namespace Streaming.Learning.Training;

/// <summary>
/// One run of an estimator over a dataset: a string of passes. What a pass begins with is noted before it runs, so that the run can be
/// written down in the middle of it, and taken up there.
/// </summary>
sealed class TrainingRun : IPersistent
{
    readonly Estimator estimator;
    readonly Dataset dataset;
    readonly TrainingOptions options;
    readonly ColumnSelection columns;
    readonly ProgressMeter progress;
    readonly PassRunner runner;
    readonly Checkpointer? checkpoints;
    readonly CancellationToken cancellation;
    readonly TrainingPlanner planner;
    TrainingPlan plan;
    RunStage stage;
    TargetInfo? target;
    FeatureScaling scaling;
    long trainingRows;

    // What the fitting knew before the pass that is running; kept for checkpoints only.
    byte[] fittingBefore = [];

    /// <summary>Creates a run, or takes it up where <paramref name="checkpoints"/> has it.</summary>
    public TrainingRun(
        Estimator estimator, Dataset dataset, TrainingOptions options, Checkpointer? checkpoints, CancellationToken cancellation)
    {
        this.estimator = estimator;
        this.dataset = dataset;
        this.options = options;
        this.checkpoints = checkpoints;
        this.cancellation = cancellation;
        columns = ColumnSelection.Resolve(dataset, options.Features, options.Exclude, options.Target, options.Weight, cancellation);
        planner = new TrainingPlanner(estimator, dataset, columns, options);
        plan = planner.Plan();
        plan.EnsureFits();
        scaling = FeatureScaling.Identity(columns.Features.Count);
        progress = new ProgressMeter(options.Progress, () => dataset.BytesRead + (options.Validation?.BytesRead ?? 0));
        runner = new PassRunner(dataset, options.Partitions, options.Workers, options.Seed, progress, cancellation, checkpoints);
        checkpoints?.Begin(this);
    }

    /// <summary>How far a run is. A checkpoint is always that of a pass, so never of the first stage.</summary>
    enum RunStage
    {
        Preparing,
        Standardizing,
        Learning,
        Scoring,
    }

    /// <summary>The rows that the estimator sees.</summary>
    TileSource Source => new(dataset, columns, scaling, target, TrainingShare, options.BatchSize);

    RowFilter TrainingShare => new(
        options.HoldoutFraction > 0 ? RowShare.Training : RowShare.All, options.HoldoutFraction, options.Seed);

    /// <summary>Runs to the end.</summary>
    public async Task<FitResult> RunAsync()
    {
        if (stage == RunStage.Preparing)
            Prepare();

        // The first plan has taken a guess at the classes.
        plan = planner.Plan(target is { Kind: TargetKind.Classes } ? target.Classes.Count : null);
        plan.EnsureFits();
        using IDisposable states = dataset.Pool.Reserve(plan.StateBytes, "what the estimator holds");
        if (stage == RunStage.Standardizing)
            await StandardizeAsync().ConfigureAwait(false);

        Fitting fitting = await LearnAsync().ConfigureAwait(false);
        IReadOnlyList<Candidate> candidates = fitting.Candidates(Header());
        (IReadOnlyList<IReadOnlyList<Metric>> scores, long scoredRows, string scoredOn) = await ScoreAsync(candidates).ConfigureAwait(false);
        int best = CandidateScore.BestOf(scores);
        return new FitResult(
            candidates[best].Model,
            scores[best],
            scoredRows,
            scoredOn,
            0,
            runner.RowsFiltered,
            progress.Passes,
            runner.RowsUsed,
            progress.Elapsed,
            progress.BytesRead,
            plan.Bytes,
            dataset.Pool.PeakBytes)
        {
            Candidates = candidates.Count == 1 ? [] : [.. candidates.Select((c, i) => new CandidateScore(c.Name, scores[i], i == best))],
            Remarks = fitting.Remarks,
        };
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref stage);
        target = RunTarget.Persisted(state, target);
        (double[] offset, double[] factor) = (scaling.Offset.ToArray(), scaling.Factor.ToArray());
        state.Values(offset.AsSpan());
        state.Values(factor.AsSpan());
        scaling = new FeatureScaling(offset, factor);
        state.Value(ref trainingRows);
        state.Array(ref fittingBefore);
        progress.Persist(state);
        runner.Persist(state);
    }

    void Prepare()
    {
        target = RunTarget.Find(estimator, dataset, options, cancellation);
        if (estimator.IsShiftInvariant || options.Standardize)
            scaling = PivotPeek.Find(dataset, columns, cancellation);

        stage = options.Standardize ? RunStage.Standardizing : RunStage.Learning;
    }

    async Task StandardizeAsync()
    {
        FeatureScaling measured = scaling;
        Pass measure = StandardScaler.NewPass(scaling, found => measured = found);
        await UseAsync(measure, Source with { Target = null }).ConfigureAwait(false);
        scaling = measured;
        stage = RunStage.Learning;
    }

    async Task<Fitting> LearnAsync()
    {
        Fitting fitting = estimator.Begin(new FitContext(
            columns.Features, scaling, target, dataset.RowsToRead, options.Epochs, options.BatchSize, options.Seed));
        if (fittingBefore.Length > 0)
            StateReader.Restore(fitting, fittingBefore);

        while (NextPass(fitting) is { } pass)
            trainingRows = await UseAsync(pass, Source).ConfigureAwait(false);

        stage = RunStage.Scoring;
        return fitting;
    }

    Pass? NextPass(Fitting fitting)
    {
        if (checkpoints != null)
            fittingBefore = StateWriter.ToBytes(fitting);

        return fitting.NextPass();
    }

    // Runs a pass that must see rows: estimators can't make anything of none.
    async Task<long> UseAsync(Pass pass, TileSource source)
    {
        long rows = await runner.RunAsync(pass, source).ConfigureAwait(false);
        if (rows == 0 && runner.RowsFiltered > 0)
            throw dataset.NoRows("learn from", runner.RowsFiltered);

        if (rows == 0)
            throw new DatasetException($"No row is left to learn from: all {dataset.RowCount} are held out. Use a smaller holdout.");

        return rows;
    }

    ModelHeader Header()
    {
        long heldOut = dataset.RowCount - runner.RowsFiltered - trainingRows;
        var summary = new TrainingSummary(
            trainingRows, heldOut, options.Epochs, progress.Passes, runner.PartitionCount, options.BatchSize, options.Seed, options.Standardize, options.Weight)
        {
            Where = dataset.Options.Where?.Text,
            FilteredRows = runner.RowsFiltered,
        };
        return new ModelHeader(estimator.Name, columns.Features, scaling, target, EstimatorParameters.ValuesOf(estimator), summary);
    }

    // All candidates in one pass over the rows kept for scoring; without such rows, what training itself tells.
    async Task<(IReadOnlyList<IReadOnlyList<Metric>> Scores, long Rows, string On)> ScoreAsync(IReadOnlyList<Candidate> candidates)
    {
        Model[] models = [.. candidates.Select(c => c.Model)];
        if (options.Validation is { } validation)
        {
            var other = new PassRunner(validation, Partitions.Default, options.Workers, 0, progress, cancellation, checkpoints);
            TileSource source = Evaluator.SourceFor(models[0].Header, validation, target, options.Weight);
            return Scores(await Evaluator.ScoreAsync(models, other, source, "scoring validation rows").ConfigureAwait(false), "validation");
        }

        if (options.HoldoutFraction == 0)
            return ([.. candidates.Select(c => c.TrainingMetrics)], trainingRows, "training");

        TileSource heldOut = Source with { Filter = TrainingShare with { Share = RowShare.Holdout } };
        return Scores(await Evaluator.ScoreAsync(models, runner, heldOut, "scoring held-out rows").ConfigureAwait(false), "holdout");

        static (IReadOnlyList<IReadOnlyList<Metric>>, long, string) Scores(IReadOnlyList<Scorer> scorers, string on) =>
            ([.. scorers.Select(s => s.Results())], scorers[0].RowCount, on);
    }
}
