using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.State;
using Streaming.Learning.Training.Caching;
using Streaming.Learning.Training.Checkpoints;
using Streaming.Learning.Training.Planning;
using Streaming.Learning.Training.Preparation;

namespace Streaming.Learning.Training;

/// <summary>
/// One run of an estimator over a dataset: a string of passes. What a pass begins with is noted before it runs, so that the run can be
/// written down in the middle of it, and taken up there.
/// </summary>
sealed class TrainingRun : IPersistent, IDisposable
{
    // Estimators can't make anything of no rows.
    const string LearnFrom = "learn from";

    readonly Sweep sweep;

    // What holds for one candidate in all that comes before learning, holds for all.
    readonly Estimator estimator;
    readonly Dataset dataset;
    readonly TrainingOptions options;
    readonly FeaturePreparation preparation;
    readonly ProgressMeter progress;
    readonly PassRunner runner;
    readonly LearningRows rows;
    readonly RunScoring scoring;
    readonly RunHeaders headers;
    readonly Checkpointer? checkpoints;
    readonly CancellationToken cancellation;
    readonly TrainingPlanner planner;
    TrainingPlan plan;
    TileCache? cache;
    RunStage stage;

    // What the passes are for, once learning has begun.
    string[] begun = [];

    // What had been learned before the pass that is running; kept for checkpoints only.
    byte[] learnedBefore = [];
    IDisposable? learnedHeld;

    /// <summary>Creates a run, or takes it up where <paramref name="checkpoints"/> has it.</summary>
    public TrainingRun(
        Sweep sweep, Dataset dataset, TrainingOptions options, Checkpointer? checkpoints, CancellationToken cancellation)
    {
        this.sweep = sweep;
        estimator = sweep.First;
        this.dataset = dataset;
        this.options = options;
        this.checkpoints = checkpoints;
        this.cancellation = cancellation;
        preparation = new FeaturePreparation(estimator, dataset, options, cancellation);
        planner = new TrainingPlanner(sweep, dataset, preparation, options);
        plan = planner.Plan();
        plan.EnsureFits();
        OpenCache();
        progress = new ProgressMeter(options.Progress, () => dataset.BytesRead + (options.Validation?.BytesRead ?? 0));
        runner = new PassRunner(planner.Data, options.Workers, options.Seed, progress, cancellation, checkpoints);
        rows = new LearningRows(dataset, options, preparation);
        scoring = new RunScoring(rows, options, runner, progress, checkpoints, cancellation);
        headers = new RunHeaders(rows, dataset, options, preparation, runner, progress);
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
        RequireSamePasses();
        if (cache == null && options.Cache is { OnlyIfItPays: false })
            options.Notices?.Report($"warning: nothing is cached in '{options.Cache.Folder}', {plan.Cache!.Reason}.");

        using IDisposable states = dataset.Pool.Reserve(plan.StateBytes, "what the estimator holds");
        Contest contest = await LearnAsync().ConfigureAwait(false);
        ModelChoice choice = await ModelChoice.MakeAsync(contest, headers.WithState, scoring.ScoreAsync).ConfigureAwait(false);
        long heldOut = scoring.EndLedger(choice);
        return new FitResult(
            choice.Model,
            choice.Scores,
            heldOut,
            rows.Rejected.ByReason(preparation.Columns),
            runner.RowsFiltered,
            progress.Passes,
            runner.RowsUsed,
            progress.Elapsed,
            progress.BytesRead,
            plan.Bytes,
            dataset.Pool.PeakBytes)
        {
            Candidates = choice.Table(),
            Remarks = choice.Winner.Fitting.Remarks,
            Work = runner.Times,
            History = choice.Winner.History.Epochs,
            Cache = cache == null ? null : new CacheUse(options.Cache!.Folder, cache.Ledger.BytesWritten, cache.Ledger.BytesRead, cache.Ledger.PartitionsRead),
        };
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref stage);
        rows.Persist(state);
        state.Texts(ref begun);
        state.Array(ref learnedBefore);
        progress.Persist(state);
        runner.Persist(state);
    }

    void Prepare()
    {
        rows.Target = options.Init is { } init
            ? RunTarget.InData(init.Header.Target, dataset)
            : RunTarget.Find(estimator, dataset, options, preparation.Rules, cancellation);
        if (options.Validation is { } validation)
            RunTarget.InData(rows.Target, validation);

        if (options.Init is { } earlier)
        {
            preparation.Take(earlier.Header);
            stage = RunStage.Learning;
            return;
        }

        if (RunTarget.DoubtAbout(rows.Target) is { } doubt)
            options.Notices?.Report($"warning: {doubt}");

        preparation.FindPivots(cancellation);
        stage = preparation.NeedsPass ? RunStage.Measuring : RunStage.Learning;
    }

    // Before the first row is read, so that a folder that can't be used is told of at once.
    void OpenCache()
    {
        if (plan.Cache is { IsUsed: true })
            cache ??= TileCache.Open(options.Cache!, options.Notices);
    }

    void Replan()
    {
        plan = planner.Plan(rows.Target is { Kind: TargetKind.Classes } target ? target.Classes.Count : null);
        plan.EnsureFits();
        dataset.Pool.KeepWithin = plan.Bytes;
        OpenCache();
    }

    // Memory decides between ways to learn where one of them can't fit; a run that has begun must not change its way.
    void RequireSamePasses()
    {
        string[] passes = [.. plan.Passes.Select(p => p.Purpose)];
        if (begun.Length > 0 && !begun.SequenceEqual(passes))
        {
            throw new CheckpointException(
                $"The run can't be resumed: with the memory that it had it passes for '{string.Join("', '", begun)}', with {dataset.Pool.Limit} bytes for '{string.Join("', '", passes)}'. "
                + "Resume with the memory that it was started with (--memory).");
        }

        begun = passes;
    }

    async Task MeasureAsync()
    {
        // Rows that their target rules out are none to be measured.
        ValueRules rules = preparation.Rules;
        TileSource source = rows.Source with
        {
            Columns = preparation.Measured,
            Scaling = preparation.MeasuredScaling,
            Target = rules.Drops ? rows.Target : null,
            Rules = rules with { IsMeasuring = true },
        };
        await runner.RunAsync(preparation.NewPass(), source, LearnFrom).ConfigureAwait(false);
        stage = RunStage.Learning;
    }

    async Task<Contest> LearnAsync()
    {
        Contest contest = Begin();
        while (true)
        {
            Note(contest);
            if (stage == RunStage.Validating)
            {
                await ValidateAsync(contest).ConfigureAwait(false);
                stage = RunStage.Learning;
                continue;
            }

            if (contest.NextPass(progress.Passes) is not { } pass)
                break;

            rows.Used = await runner.RunAsync(pass, rows.Source, LearnFrom, plan.IsCached(pass) ? cache : null).ConfigureAwait(false);
            rows.Rejected.CopyFrom(runner.Rejections);
            contest.EndPass(pass);
            if (options.KeepsRowsForScoring && contest.AwaitingScores.Length > 0)
                stage = RunStage.Validating;
        }

        stage = RunStage.Scoring;
        if (options.EarlyStopping)
        {
            foreach (Contender contender in contest.Contenders.Where(c => c.IsInContest))
                contender.ReturnToBest(Begin);
        }

        return contest;
    }

    Contest Begin()
    {
        List<Contender> contenders = [];
        foreach (SweepCandidate candidate in sweep.Candidates)
        {
            Contender? leader = estimator.SharesPasses ? contenders.FirstOrDefault() : null;
            Fitting fitting = leader == null ? Begin(candidate) : candidate.Estimator.BeginBeside(ContextOf(candidate), leader.Fitting);
            contenders.Add(new Contender(candidate, Sweep.EpochsOf(candidate, options), fitting, leader, options));
        }

        var contest = new Contest(sweep, contenders);
        if (learnedBefore.Length > 0)
            StateReader.Restore(contest, learnedBefore);

        return contest;
    }

    Fitting Begin(SweepCandidate candidate)
    {
        Fitting fitting = candidate.Estimator.Begin(ContextOf(candidate));
        if (options.Init != null)
            EarlierModel.TakeUp(options.Init, fitting);

        return fitting;
    }

    FitContext ContextOf(SweepCandidate candidate) => new(
        preparation.Columns.Features, preparation.Scaling, rows.Target, dataset.RowsToRead, Sweep.EpochsOf(candidate, options), options.BatchSize, options.Seed)
    {
        EarlierRows = rows.Earlier,
        Partitions = runner.PartitionCount,
        Memory = dataset.Pool.Limit,
        Workers = runner.Workers,
    };

    // What has been learned before a pass, where the run may be written down in the middle of it.
    void Note(Contest contest)
    {
        if (checkpoints == null)
            return;

        learnedHeld?.Dispose();
        learnedBefore = StateWriter.ToBytes(contest);
        learnedHeld = dataset.Pool.Reserve(learnedBefore.Length, "what the estimator knew before the pass, for checkpoints");
    }

    // Scores what has been learned by the end of an epoch.
    async Task ValidateAsync(Contest contest)
    {
        Contender[] waiting = contest.AwaitingScores;
        IReadOnlyList<Scores> scores = await scoring.ScoreAsync([.. waiting.Select(c => new Candidate("", c.Fitting.ToModel(headers.Of(c)), []))]).ConfigureAwait(false);
        for (int i = 0; i < waiting.Length; i++)
            waiting[i].EndEpoch(scores[i]);

        contest.DropPoor();
        Metric? best = CandidateScore.Decisive([.. scores.Select(s => s.Metrics)]);
        progress.Validation = best == null ? null : (best.Name, best.Value);
    }

    /// <summary>Gives memory back to the dataset's ledger.</summary>
    public void Dispose()
    {
        learnedHeld?.Dispose();
        preparation.Dispose();
    }
}
