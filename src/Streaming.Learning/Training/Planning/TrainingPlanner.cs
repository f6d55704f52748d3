using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Passes;
using Streaming.Learning.Training.Caching;
using Streaming.Learning.Training.Preparation;
using Streaming.Parquet;

namespace Streaming.Learning.Training.Planning;

/// <summary>Plans training runs from footers.</summary>
sealed class TrainingPlanner
{
    // Passes that are taken to come where nobody knows how many: what L-BFGS needs to get anywhere.
    const int LikelyPasses = 6;

    // A column of whole numbers with a wider range is not taken to have a class for each of them.
    const double MostClassesByRange = 100;

    readonly Sweep sweep;
    readonly Estimator estimator;
    readonly Dataset dataset;
    readonly FeaturePreparation preparation;
    readonly TrainingOptions options;
    readonly long footerBytes;

    // From all footers, and the plan is made anew when the classes are known.
    ReadingPlan? ofTarget;
    long stateBytes;

    /// <summary>Creates a planner of a run.</summary>
    public TrainingPlanner(Sweep sweep, Dataset dataset, FeaturePreparation preparation, TrainingOptions options)
    {
        this.sweep = sweep;
        estimator = sweep.First;
        this.dataset = dataset;
        this.preparation = preparation;
        this.options = options;
        Data = new DealtDataset(dataset, options.Partitions);
        footerBytes = dataset.FooterBytes + (options.Validation?.FooterBytes ?? 0);
    }

    /// <summary>The data, dealt as the run reads them.</summary>
    public DealtDataset Data { get; }

    ColumnSelection Columns => preparation.Columns;

    /// <summary>Plans the run.</summary>
    /// <param name="classes">Classes of the target, where they are known.</param>
    public TrainingPlan Plan(int? classes = null)
    {
        if (estimator.TargetKind == TargetKind.Classes)
            classes ??= options.Init?.Header.Target!.Classes.Count ?? LikelyClasses();

        var shape = new RunShape(
            Columns.Features.Count,
            classes ?? 0,
            dataset.RowsToRead,
            Data.Partitions.Count,
            Data.Partitions.Max(p => p.Sum(g => g.RowCount)),
            options.BatchSize,
            options.Epochs,
            Columns.Weight != null)
        {
            Memory = dataset.Pool.Limit,
        };
        IReadOnlyList<PassPlan> learning = [.. sweep.Plan(shape).Select(CutShort)];
        bool hasEpochs = learning.Any(p => p.IsEpoch);
        if (options.EarlyStopping && !hasEpochs)
            throw new ArgumentException($"Option early-stopping: {estimator.Name} does not learn in epochs.");

        if (sweep.DropAfter is { } dropAfter)
            CheckDropping(dropAfter, hasEpochs);

        PassPlan? measuring = preparation.NeedsPass ? preparation.Plan() : null;
        PassPlan? scoring = options.KeepsRowsForScoring ? Scoring(shape, learning) : null;
        stateBytes = new[] { measuring, scoring }.OfType<PassPlan>().Concat(learning).Max(p => p.StateBytes(Data.Partitions.Count));

        CachePlan? cache = options.Cache is { } caching ? PlanCache(caching, learning) : null;
        var passes = new List<PlannedPass>();
        if (estimator.TargetKind == TargetKind.Classes && options.Init == null)
            passes.Add(ClassScan());

        if (measuring != null)
            passes.Add(Plan(measuring, SourceOf(dataset, preparation.Measured, options.Rules.Drops ? Columns.Target : null)));

        PlannedPass[] learned =
        [
            .. learning.Select(p => Plan(p, SourceOf(dataset, Columns, Columns.Target), Data, cache?.IsUsed == true && Repeats(learning, p.NeedsDoubles))),
        ];
        passes.AddRange(learned);
        if (cache?.IsUsed == true && learned.All(p => p.Memory.Cache == 0))
            cache = cache with { IsUsed = false, Reason = "the memory for its blocks does not fit" };

        if (options.Validation is { } validation)
            passes.Add(PlanValidation(scoring!, validation));
        else if (scoring != null)
            passes.Add(Plan(scoring, SourceOf(dataset, Columns, Columns.Target)));

        return new TrainingPlan(
            dataset.Files.Count,
            dataset.RowGroups.Count,
            dataset.RowCount,
            dataset.RowsToRead,
            Columns.Features.Count,
            classes,
            Data.Partitions.Count,
            options.Workers,
            dataset.Pool.Limit,
            footerBytes,
            passes)
        {
            RemoteFiles = dataset.Files.Count(f => f.Parquet.Source.IsRemote),
            Cache = cache,
            CachedTiles = cache?.IsUsed == true ? [.. new[] { false, true }.Where(d => Repeats(learning, d))] : [],
        };
    }

    /// <summary>Whether passes with such tiles may come more than once.</summary>
    static bool Repeats(IEnumerable<PassPlan> learning, bool doubles) =>
        learning.Where(p => p.NeedsDoubles == doubles).Sum(p => p.Most ?? LikelyPasses) > 1;

    CachePlan PlanCache(CacheOptions caching, IReadOnlyList<PassPlan> learning)
    {
        // Passes that want doubles and passes that don't have nothing in common; where both repeat, those that come more often decide.
        (bool doubles, int passes) = new[] { false, true }
            .Select(d => (Doubles: d, Passes: learning.Where(p => p.NeedsDoubles == d).Sum(p => p.Most == null ? Math.Max(p.Least, LikelyPasses) : p.Least)))
            .MaxBy(p => p.Passes);
        var cost = CacheCost.Of(SourceOf(dataset, Columns, Columns.Target), doubles);
        bool repeats = Repeats(learning, doubles);
        bool pays = cost.Pays(passes);
        (bool isUsed, string reason) = (repeats, caching.OnlyIfItPays, pays) switch
        {
            (false, _, _) => (false, "the data are read once"),
            (_, true, false) => (false, "decoding them anew takes about as long"),
            (_, _, true) => (true, "reading them back is faster than decoding"),
            _ => (true, "asked for"),
        };
        return new CachePlan(
            caching.Folder,
            isUsed,
            reason,
            cost.Bytes,
            caching.MostBytes ?? new CacheFolder(caching.Folder).DefaultMostBytes,
            passes,
            TimeSpan.FromMicroseconds(cost.Decode / 1000),
            TimeSpan.FromMicroseconds(cost.Read / 1000));
    }

    void CheckDropping(int dropAfter, bool hasEpochs)
    {
        if (!hasEpochs)
            throw new ArgumentException($"Option drop-after: {estimator.Name} does not learn in epochs.");

        int epochs = sweep.Candidates.Max(c => Sweep.EpochsOf(c, options));
        if (dropAfter >= epochs)
        {
            throw new ArgumentException(
                $"Option drop-after: wanted less than the epochs of the run, {epochs}, so that somebody can be dropped before they are over; found {dropAfter}.");
        }
    }

    PassPlan CutShort(PassPlan pass) =>
        pass.IsEpoch && options.EarlyStopping ? pass with { Least = Math.Min(pass.Least, options.Patience + 1) } : pass;

    PlannedPass Plan(PassPlan pass, TileSource source) => Plan(pass, source, Data);

    PlannedPass Plan(PassPlan pass, TileSource source, DealtDataset dealt, bool isCached = false)
    {
        ReadingPlan reading = dealt.ReadingOf(source, pass.NeedsDoubles);
        PassMemory memory = PassMemory.Fit(pass, source, reading, options.Workers, dataset.Pool.Limit - footerBytes - stateBytes, isCached ? TileCache.BytesFor(source, pass.NeedsDoubles) : 0);
        ReadRequests requests = memory.Fetch > 0 ? TileFetches.RequestsFor(source, dealt.Partitions, memory.Fetch, memory.OpenPartitions) : reading.Requests;
        return new PlannedPass(pass.Purpose, pass.Least, pass.Most, source.Dataset.RowsToRead, requests, memory);
    }

    // Scoring comes after each epoch, or after learning, while what was learned is still there.
    PassPlan Scoring(RunShape shape, IReadOnlyList<PassPlan> learning) => new(PassKind.Sum, "scoring")
    {
        Least = learning.FirstOrDefault(p => p.IsEpoch)?.Least ?? 1,
        Most = learning.FirstOrDefault(p => p.IsEpoch) is { } epoch ? epoch.Most : 1,
        PartitionBytes = sweep.ModelCount * Evaluator.ScorerBytes(estimator.TargetKind, shape.Classes, shape.Features, shape.BatchSize),
        FixedBytes = learning.Max(p => p.FixedBytes),
    };

    PlannedPass PlanValidation(PassPlan scoring, Dataset validation)
    {
        ColumnSelection same = ColumnSelection.ForModel(validation, Columns.Features, Columns.Target, Columns.Weight, Columns.Encoded, Columns.Types);
        return Plan(
            scoring,
            SourceOf(validation, same, same.Target),
            new DealtDataset(validation, Partitions.Default));
    }

    PlannedPass ClassScan()
    {
        ofTarget ??= TargetScan.ReadingOf(dataset, Columns.Target!);
        (PassMemory memory, ReadRequests requests) = TargetScan.Plan(ofTarget, dataset, Columns.Target!, options.Workers, dataset.Pool.Limit - footerBytes - stateBytes);
        return new PlannedPass("classes of the target", 1, 1, dataset.RowsToRead, requests, memory);
    }

    TileSource SourceOf(Dataset data, ColumnSelection selected, string? target) => new(
        data,
        selected,
        FeatureScaling.Identity(selected.Features.Count),
        target == null ? null : new TargetInfo(target, estimator.TargetKind, ClassType.Integer, []),
        RowFilter.None,
        options.BatchSize);

    // What the footers tell of the classes: as many as the range of whole numbers has room for; else two, until they have been read.
    int LikelyClasses()
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (DatasetRowGroup group in dataset.RowGroups)
        {
            if (group.File.RequireColumn(Columns.Target!).Stored is not { IsInteger: true } stored
                || group.File.Parquet.RowGroups[group.Index].Chunks[stored.Index] is not { Min: { } min, Max: { } max })
            {
                return 2;
            }

            (low, high) = (Math.Min(low, min), Math.Max(high, max));
        }

        return high - low < MostClassesByRange ? Math.Max(2, (int)(high - low) + 1) : 2;
    }
}
