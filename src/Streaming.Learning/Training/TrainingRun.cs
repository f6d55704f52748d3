using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.State;
using Streaming.Learning.Training.Checkpoints;
using Streaming.Learning.Training.Planning;

namespace Streaming.Learning.Training;

/// <summary>
/// One run of an estimator over a dataset: a string of passes. What a pass begins with is noted before it runs, so that the run can be
/// written down in the middle of it, and taken up there.
/// </summary>
sealed class TrainingRun : IPersistent, IDisposable
{
    // Estimators can't make anything of no rows.
    const string LearnFrom = "learn from";

    readonly Estimator estimator;
    readonly Dataset dataset;
    readonly TrainingOptions options;
    readonly FeaturePreparation preparation;
    readonly ProgressMeter progress;
    readonly PassRunner runner;
    readonly Checkpointer? checkpoints;
    readonly CancellationToken cancellation;
    readonly TrainingPlanner planner;
    TrainingPlan plan;
    RunStage stage;
    TargetInfo? target;
    long trainingRows;

    // Rows that the last pass of learning left out for their values.
    readonly Rejections rejected = new();

    readonly EpochHistory history;

    // Whether nothing was learned since the last epoch was scored.
    bool isScored;

    // What the last epoch told of itself.
    string? progressiveName;
    double progressiveValue;

    // What the fitting knew before the pass that is running; kept for checkpoints only.
    byte[] fittingBefore = [];
    IDisposable? fittingHeld;

    /// <summary>Creates a run, or takes it up where <paramref name="checkpoints"/> has it.</summary>
    public TrainingRun(
        Estimator estimator, Dataset dataset, TrainingOptions options, Checkpointer? checkpoints, CancellationToken cancellation)
    {
        this.estimator = estimator;
        this.dataset = dataset;
        this.options = options;
        this.checkpoints = checkpoints;
        this.cancellation = cancellation;
        preparation = new FeaturePreparation(estimator, dataset, options, cancellation);
        planner = new TrainingPlanner(estimator, dataset, preparation, options);
        plan = planner.Plan();
        plan.EnsureFits();
        history = new EpochHistory(options);
        progress = new ProgressMeter(options.Progress, () => dataset.BytesRead + (options.Validation?.BytesRead ?? 0));
        runner = new PassRunner(dataset, options.Partitions, options.Workers, options.Seed, progress, cancellation, checkpoints);
        checkpoints?.Begin(this);
    }

    /// <summary>How far a run is. A checkpoint is always that of a pass, so never of the first stage.</summary>
    enum RunStage
    {
        Preparing,
        Measuring,
        Learning,
        Validating,
        Scoring,
    }

    /// <summary>The rows that the estimator sees.</summary>
    TileSource Source =>
        new(dataset, preparation.Columns, preparation.Scaling, target, TrainingShare, options.BatchSize) { Rules = preparation.Rules };

    long EarlierRows => options.Init == null ? 0 : options.Init.Header.Summary.EarlierRows + options.Init.Header.Summary.Rows;

    RowFilter TrainingShare => new(
        options.HoldoutFraction > 0 ? RowShare.Training : RowShare.All, options.HoldoutFraction, options.Seed);

    /// <summary>Runs to the end.</summary>
    public async Task<FitResult> RunAsync()
    {
        using System.Diagnostics.Activity? span = Telemetry.Spans.StartActivity($"fit {estimator.Name}");
        using IDisposable watch = Telemetry.Watch(dataset.Pool);
        if (stage == RunStage.Preparing)
            Prepare();

        // The first plan has taken a guess at the classes, and until they are found at the categories.
        Replan();
        if (stage == RunStage.Measuring)
        {
            using IDisposable measuring = dataset.Pool.Reserve(plan.StateBytes, "what is measured of the columns");
            await MeasureAsync().ConfigureAwait(false);
        }

        Replan();
        using IDisposable states = dataset.Pool.Reserve(plan.StateBytes, "what the estimator holds");
        Fitting fitting = await LearnAsync().ConfigureAwait(false);
        ModelHeader header = Header(fitting);
        IReadOnlyList<Candidate> candidates = fitting.Candidates(header);
        IReadOnlyList<Scores> scores = (isScored || options.EarlyStopping) && history.Chosen is { } epoch ? [epoch.Scores] : await ScoreAsync(candidates).ConfigureAwait(false);
        int best = CandidateScore.BestOf([.. scores.Select(s => s.Metrics)]);
        long heldOut = header.Summary.HoldoutRows;
        if (scores[best].On == Scores.Holdout)
        {
            rejected.Add(runner.Rejections);
            if (scores[best].Rows + runner.Rejections.Total != heldOut)
            {
                throw new DatasetException(
                    $"Training held {heldOut} rows out, scoring found {scores[best].Rows + runner.Rejections.Total}: "
                    + "no row may be lost or used twice, so the run ends here.");
            }

            heldOut = scores[best].Rows;
        }

        return new FitResult(
            candidates[best].Model,
            scores[best],
            heldOut,
            rejected.ByReason(preparation.Columns),
            runner.RowsFiltered,
            progress.Passes,
            runner.RowsUsed,
            progress.Elapsed,
            progress.BytesRead,
            plan.Bytes,
            dataset.Pool.PeakBytes)
        {
            Candidates = candidates.Count == 1 ? [] : [.. candidates.Select((c, i) => new CandidateScore(c.Name, scores[i].Metrics, i == best))],
            Remarks = fitting.Remarks,
            Work = runner.Times,
            History = history.Epochs,
        };
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref stage);
        target = RunTarget.Persisted(state, target);
        preparation.Persist(state);
        rejected.Persist(state);
        state.Value(ref trainingRows);
        state.Array(ref fittingBefore);
        state.Text(ref progressiveName);
        state.Value(ref progressiveValue);
        history.Persist(state);
        progress.Persist(state);
        runner.Persist(state);
    }

    void Prepare()
    {
        if (options.Init is { } init)
        {
            target = RunTarget.OfModel(init, dataset);
            preparation.Take(init.Header);
            stage = RunStage.Learning;
            return;
        }

        target = RunTarget.Find(estimator, dataset, options, preparation.Rules, cancellation);
        preparation.FindPivots(cancellation);
        stage = preparation.NeedsPass ? RunStage.Measuring : RunStage.Learning;
    }

    void Replan()
    {
        plan = planner.Plan(target is { Kind: TargetKind.Classes } ? target.Classes.Count : null);
        plan.EnsureFits();
    }

    async Task MeasureAsync()
    {
        // Rows that their target rules out are none to be measured.
        ValueRules rules = preparation.Rules;
        TileSource source = Source with
        {
            Columns = preparation.Measured,
            Scaling = preparation.MeasuredScaling,
            Target = rules.Drops ? target : null,
            Rules = rules with { IsMeasuring = true },
        };
        await runner.RunAsync(preparation.NewPass(), source, LearnFrom).ConfigureAwait(false);
        stage = RunStage.Learning;
    }

    async Task<Fitting> LearnAsync()
    {
        Fitting fitting = Begin(fittingBefore);
        while (true)
        {
            Note(fitting);
            if (stage == RunStage.Validating)
            {
                await ValidateAsync(fitting).ConfigureAwait(false);
                stage = RunStage.Learning;
                if (!history.IsStuck)
                    continue;
            }

            if (history.IsStuck || fitting.NextPass() is not { } pass)
                break;

            trainingRows = await runner.RunAsync(pass, Source, LearnFrom).ConfigureAwait(false);
            rejected.CopyFrom(runner.Rejections);
            isScored = false;
            if (fitting.Epochs > history.Epochs.Count && options.KeepsRowsForScoring)
            {
                (progressiveName, progressiveValue) = pass.Progress is { } told ? told : (null, 0);
                stage = RunStage.Validating;
            }
        }

        stage = RunStage.Scoring;
        return options.EarlyStopping ? Begin(history.BestState) : fitting;
    }

    Fitting Begin(byte[] state)
    {
        Fitting fitting = estimator.Begin(new FitContext(
            preparation.Columns.Features, preparation.Scaling, target, dataset.RowsToRead, options.Epochs, options.BatchSize, options.Seed)
        {
            EarlierRows = EarlierRows,
        });
        if (options.Init != null)
            EarlierModel.TakeUp(options.Init, fitting);

        if (state.Length > 0)
            StateReader.Restore(fitting, state);

        return fitting;
    }

    // What the fitting knows before a pass, where the run may be written down in the middle of it.
    void Note(Fitting fitting)
    {
        if (checkpoints == null)
            return;

        fittingHeld?.Dispose();
        fittingBefore = StateWriter.ToBytes(fitting);
        fittingHeld = dataset.Pool.Reserve(fittingBefore.Length, "what the estimator knew before the pass, for checkpoints");
    }

    // Scores what has been learned by the end of an epoch.
    async Task ValidateAsync(Fitting fitting)
    {
        Scores scores = (await ScoreAsync([new Candidate("", fitting.ToModel(Header(fitting)), [])]).ConfigureAwait(false))[0];
        Metric? progressive = progressiveName == null ? null : new Metric(progressiveName, progressiveValue);
        history.Add(new EpochScore(fitting.Epochs, progressive, scores), () => StateWriter.ToBytes(fitting));
        isScored = true;
        progress.Validation = CandidateScore.Decisive(scores.Metrics) is { } error ? (error.Name, error.Value) : null;
    }

    int LearnedEpochs => stage == RunStage.Scoring && options.EarlyStopping ? history.Chosen!.Epoch : options.Epochs;

    ModelHeader Header(Fitting fitting)
    {
        long heldOut = dataset.RowCount - runner.RowsFiltered - rejected.Total - trainingRows;
        var summary = new TrainingSummary(
            trainingRows, heldOut, LearnedEpochs, progress.Passes, runner.PartitionCount, options.BatchSize, options.Seed, options.Init?.Header.Summary.Standardized ?? options.Scaler is StandardScaler, options.Weight)
        {
            Where = dataset.Options.Where?.Text,
            FilteredRows = runner.RowsFiltered,
            RejectedRows = rejected.Total,
            EarlierRows = EarlierRows,
        };
        return new ModelHeader(
            estimator.Name, preparation.Columns.Features, preparation.Scaling, target, EstimatorParameters.ValuesOf(estimator), summary)
        {
            Encoded = preparation.Columns.Encoded,
            Rules = preparation.Rules,
            TrainingState = EarlierModel.StateOf(fitting, options),
        };
    }

    // All candidates in one pass over the rows kept for scoring; without such rows, what training itself tells.
    async Task<IReadOnlyList<Scores>> ScoreAsync(IReadOnlyList<Candidate> candidates)
    {
        Model[] models = [.. candidates.Select(c => c.Model)];
        if (options.Validation is { } validation)
        {
            var other = new PassRunner(validation, Partitions.Default, options.Workers, 0, progress, cancellation, checkpoints);
            TileSource source = Evaluator.SourceFor(models[0].Header, validation, target, options.Weight);
            IReadOnlyList<Scorer> scorers = await Evaluator.ScoreAsync(models, other, source, "scoring validation rows").ConfigureAwait(false);
            return [.. scorers.Select(s => new Scores(s.Results(), s.RowCount, Scores.Validation) { Rejected = other.Rejections.ByReason(source.Columns) })];
        }

        if (options.HoldoutFraction == 0)
            return [.. candidates.Select(c => new Scores(c.TrainingMetrics, trainingRows, Scores.Training))];

        TileSource heldOut = Source with { Filter = TrainingShare with { Share = RowShare.Holdout } };
        IReadOnlyList<Scorer> totals = await Evaluator.ScoreAsync(models, runner, heldOut, "scoring held-out rows").ConfigureAwait(false);
        return [.. totals.Select(s => new Scores(s.Results(), s.RowCount, Scores.Holdout))];
    }

    /// <summary>Gives memory back to the dataset's ledger.</summary>
    public void Dispose()
    {
        fittingHeld?.Dispose();
        preparation.Dispose();
    }
}
