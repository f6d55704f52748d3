using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Training.Checkpoints;

namespace Streaming.Learning.Training;

/// <summary>Scores what a run has learned, on the rows that are kept for it.</summary>
/// <param name="rows">What it learns from.</param>
/// <param name="options">Where the rows for scoring are.</param>
/// <param name="runner">Runs the passes over the run's own data.</param>
/// <param name="progress">Told of the passes.</param>
/// <param name="checkpoints">Takes checkpoints; null for none.</param>
/// <param name="cancellation">Ends a pass.</param>
sealed class RunScoring(
    LearningRows rows, TrainingOptions options, PassRunner runner, ProgressMeter progress, Checkpointer? checkpoints, CancellationToken cancellation)
{
    /// <summary>All candidates in one pass over the rows kept for scoring; without such rows, what training itself tells.</summary>
    public async Task<IReadOnlyList<Scores>> ScoreAsync(IReadOnlyList<Candidate> candidates)
    {
        Model[] models = [.. candidates.Select(c => c.Model)];
        if (options.Validation is { } validation)
        {
            var other = new PassRunner(validation, Partitions.Default, options.Workers, 0, progress, cancellation, checkpoints);
            TileSource source = Evaluator.SourceFor(models[0].Header, validation, rows.Target, options.Weight);
            IReadOnlyList<Scorer> scorers = await Evaluator.ScoreAsync(models, other, source, "scoring validation rows").ConfigureAwait(false);
            return ResultsOf(scorers, Scores.Validation, other.Rejections.ByReason(source.Columns));
        }

        if (options.HoldoutFraction == 0)
            return [.. candidates.Select(c => new Scores(c.TrainingMetrics, rows.Used, Scores.Training))];

        IReadOnlyList<Scorer> totals = await Evaluator.ScoreAsync(models, runner, rows.HeldOut, "scoring held-out rows").ConfigureAwait(false);
        return ResultsOf(totals, Scores.Holdout, []);
    }

    // Ranking the rows takes as long as scoring them: each scorer's by one worker.
    Scores[] ResultsOf(IReadOnlyList<Scorer> scorers, string on, IReadOnlyList<RejectedRows> rejected)
    {
        var results = new Scores[scorers.Count];
        runner.Workers.Share(results.Length, i => results[i] = new Scores(scorers[i].Results(), scorers[i].RowCount, on) { Rejected = rejected });
        return results;
    }

    /// <summary>Completes the ledger of rows after the last scoring.</summary>
    /// <param name="choice">What was scored.</param>
    /// <returns>Rows that were held out and can be scored.</returns>
    /// <exception cref="DatasetException">Training has held out others than were scored.</exception>
    public long EndLedger(ModelChoice choice)
    {
        long heldOut = choice.Model.Header.Summary.HoldoutRows;
        if (choice.Scores.On != Scores.Holdout)
            return heldOut;

        rows.Rejected.Add(runner.Rejections);
        if (choice.Scores.Rows + runner.Rejections.Total != heldOut)
        {
            throw new DatasetException(
                $"Training held {heldOut} rows out, scoring found {choice.Scores.Rows + runner.Rejections.Total}: "
                + "no row may be lost or used twice, so the run ends here.");
        }

        return choice.Scores.Rows;
    }
}
