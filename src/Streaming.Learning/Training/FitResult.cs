using Streaming.Learning.Metrics;
using Streaming.Learning.Models;

namespace Streaming.Learning.Training;

/// <summary>What a training run gives.</summary>
/// <param name="Model">The model.</param>
/// <param name="Metrics">Scores on the held-out or validation rows; without such rows, what training itself tells.</param>
/// <param name="ScoredRows">Rows that the metrics are about: held-out, validation or training rows.</param>
/// <param name="ScoredOn">Which rows those are: <c>holdout</c>, <c>validation</c> or <c>training</c>.</param>
/// <param name="RowsRejected">Rows in the footers that were neither used nor held out nor filtered; zero, as rows that can't be used end the run.</param>
/// <param name="RowsFiltered">Rows in the footers for which the dataset's condition is not true.</param>
/// <param name="Passes">Passes over the data.</param>
/// <param name="RowsUsed">Rows used in all passes together.</param>
/// <param name="Elapsed">Time from the first byte to the model.</param>
/// <param name="BytesRead">Bytes read from storage.</param>
/// <param name="PlannedBytes">Most memory that the run was planned to take (<see cref="Planning.TrainingPlan.Bytes"/>).</param>
/// <param name="PeakBufferBytes">Most memory that counted against the budget at once: buffers for data, states of the estimator, footers.</param>
public sealed record FitResult(
    Model Model,
    IReadOnlyList<Metric> Metrics,
    long ScoredRows,
    string ScoredOn,
    long RowsRejected,
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

    /// <summary>What the run decided by itself and a person should know.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
