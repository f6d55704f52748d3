using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>One run of an estimator: says which pass it needs next, and turns what the passes found into a model.</summary>
public abstract class Fitting : IPersistent
{
    /// <summary>The next pass over the data, or null when the estimator has learned all it wants. Asked after the previous pass is over.</summary>
    public abstract Pass? NextPass();

    /// <summary>The model, of several the one that training itself thinks best; asked when <see cref="NextPass"/> has returned null, and after epochs.</summary>
    public abstract Model ToModel(ModelHeader header);

    /// <summary>What training itself tells about quality, at no further pass (progressive loss, R² of the training rows).</summary>
    public abstract IReadOnlyList<Metric> TrainingMetrics();

    /// <summary>
    /// The models to choose from, when training offers several at no further pass: all are scored in one pass over the held-out or
    /// validation rows. One that is <see cref="ToModel"/>, unless overridden.
    /// </summary>
    public virtual IReadOnlyList<Candidate> Candidates(ModelHeader header) => [new Candidate("", ToModel(header), TrainingMetrics())];

    /// <summary>Epochs begun so far; between two passes after an epoch, <see cref="ToModel"/> may be asked as well. 0 where there are no epochs.</summary>
    public virtual int Epochs => 0;

    /// <summary>What the run decided by itself and a person should know, in whole sentences; asked when all passes are over.</summary>
    public virtual IReadOnlyList<string> Remarks => [];

    /// <inheritdoc/>
    /// <remarks>
    /// Asked between passes only, before <see cref="NextPass"/>: the epoch, what past passes found, weights. What the pass to come then
    /// changes, its own <c>Persist</c> covers.
    /// </remarks>
    public abstract void Persist(StateStream state);
}

/// <summary>A model that training offers.</summary>
/// <param name="Name">What sets it apart from the others: "alpha=0.1"; empty when there is one only.</param>
/// <param name="Model">The model.</param>
/// <param name="TrainingMetrics">What training tells about its quality.</param>
public sealed record Candidate(string Name, Model Model, IReadOnlyList<Metric> TrainingMetrics);

/// <summary>What a run knows before its first pass.</summary>
/// <param name="Features">Names of the feature columns.</param>
/// <param name="Scaling">How file values become tile values.</param>
/// <param name="Target">The target, or null for estimators without one.</param>
/// <param name="RowCount">Most rows that a pass can bring.</param>
/// <param name="Epochs">Passes of the training loop, for estimators that have one.</param>
/// <param name="BatchSize">Most rows per tile.</param>
/// <param name="Seed">Seed of all randomness.</param>
public sealed record FitContext(
    IReadOnlyList<string> Features, FeatureScaling Scaling, TargetInfo? Target, long RowCount, int Epochs, int BatchSize, long Seed)
{
    /// <summary>Rows that the model has learned from that the run goes on from (<see cref="IContinuing"/>); 0 without one.</summary>
    public long EarlierRows { get; init; }

    /// <summary>Partitions that a pass deals its rows to. Default: 1.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>The memory budget in bytes. Default: no end of it.</summary>
    public long Memory { get; init; } = long.MaxValue;

    /// <summary>The workers of the run, for what is computed in memory; nothing may depend on how many they are. Default: one.</summary>
    public Workers Workers { get; init; } = new(1);
}
