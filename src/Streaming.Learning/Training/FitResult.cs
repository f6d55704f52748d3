using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;

namespace Streaming.Learning.Training;

/// <summary>
/// What a training run gives. Rows in the footers = <see cref="TrainingSummary.Rows"/> + <paramref name="RowsHeldOut"/> +
/// <paramref name="RowsFiltered"/> + <see cref="RowsRejected"/>, or the run fails.
/// </summary>
/// <param name="Model">The model.</param>
/// <param name="Scores">Scores on the held-out or validation rows; without such rows, what training itself tells.</param>
/// <param name="RowsHeldOut">Rows kept back and scored.</param>
/// <param name="Rejected">Rows left out for their values, held out or not, by reason.</param>
/// <param name="RowsFiltered">Rows in the footers for which the dataset's condition is not true.</param>
/// <param name="Passes">Passes over the data.</param>
/// <param name="RowsUsed">Rows used in all passes together.</param>
/// <param name="Elapsed">Time from the first byte to the model.</param>
/// <param name="BytesRead">Bytes read from storage.</param>
/// <param name="PlannedBytes">Most memory that the run was planned to take (<see cref="Planning.TrainingPlan.Bytes"/>).</param>
/// <param name="PeakBufferBytes">Most memory that counted against the budget at once: buffers for data, states of the estimator, footers.</param>
public sealed record FitResult(
    Model Model,
    Scores Scores,
    long RowsHeldOut,
    IReadOnlyList<RejectedRows> Rejected,
    long RowsFiltered,
    int Passes,
    long RowsUsed,
    TimeSpan Elapsed,
    long BytesRead,
    long PlannedBytes,
    long PeakBufferBytes)
{
    /// <summary>The models to choose from and their scores; empty when there was one only.</summary>
    public IReadOnlyList<CandidateScore> Candidates { get; init; } = [];

    /// <summary>What the workers spent their time on, and so what bounded the run.</summary>
    public WorkTimes Work { get; init; } = new();

    /// <summary>What cached tiles have brought; null where none were cached.</summary>
    public CacheUse? Cache { get; init; }

    /// <summary>What the run decided by itself and a person should know.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The epochs and their scores, for estimators that have epochs, where there are held-out or validation rows.</summary>
    public IReadOnlyList<EpochScore> History { get; init; } = [];

    /// <summary>Rows left out for their values.</summary>
    public long RowsRejected => Rejected.Sum(r => r.Rows);

    /// <summary>The scores themselves.</summary>
    public IReadOnlyList<Metric> Metrics => Scores.Metrics;

    /// <summary>Rows that the scores are about.</summary>
    public long ScoredRows => Scores.Rows;
}

/// <summary>What the cached tiles of a run have brought.</summary>
/// <param name="Folder">Where they are.</param>
/// <param name="BytesWritten">Bytes of files that the run has written.</param>
/// <param name="BytesRead">Bytes read from them, in place of decoding Parquet.</param>
/// <param name="PartitionsRead">Partitions read so, in all passes together.</param>
public sealed record CacheUse(string Folder, long BytesWritten, long BytesRead, int PartitionsRead);

/// <summary>How good a model is.</summary>
/// <param name="Metrics">The scores.</param>
/// <param name="Rows">Rows that they are about.</param>
/// <param name="On">Which rows those are: <see cref="Holdout"/>, <see cref="Validation"/> or <see cref="Training"/>.</param>
public sealed record Scores(IReadOnlyList<Metric> Metrics, long Rows, string On)
{
    /// <summary>Rows that were held out.</summary>
    public const string Holdout = "holdout";

    /// <summary>Other data.</summary>
    public const string Validation = "validation";

    /// <summary>The rows that were learned from.</summary>
    public const string Training = "training";

    /// <summary>Rows of the validation data left out for their values, by reason.</summary>
    public IReadOnlyList<RejectedRows> Rejected { get; init; } = [];
}
