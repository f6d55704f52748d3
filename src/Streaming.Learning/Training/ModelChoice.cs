using Streaming.Learning.Estimators;
using Streaming.Learning.Models;

namespace Streaming.Learning.Training;

/// <summary>The models that a run has come to, how they did, and the best of them.</summary>
sealed class ModelChoice
{
    readonly Contest contest;
    readonly Offer[] offers;
    readonly Offer best;

    ModelChoice(Contest contest, Offer[] offers)
    {
        this.contest = contest;
        this.offers = offers;
        best = offers[CandidateScore.BestOf([.. offers.Select(o => o.Candidate.Model)], [.. offers.Select(o => o.Scores!.Metrics)])];
    }

    /// <summary>The best model.</summary>
    public Model Model => best.Candidate.Model;

    /// <summary>Its scores.</summary>
    public Scores Scores => best.Scores!;

    /// <summary>What has learned it.</summary>
    public Contender Winner => best.Of;

    /// <summary>Scores the models that have learned since they were last scored, and chooses.</summary>
    /// <param name="contest">What has learned.</param>
    /// <param name="header">What a contender's model knows about itself.</param>
    /// <param name="score">Scores models, all on the same rows.</param>
    public static async Task<ModelChoice> MakeAsync(
        Contest contest, Func<Contender, ModelHeader> header, Func<IReadOnlyList<Candidate>, Task<IReadOnlyList<Scores>>> score)
    {
        Offer[] offers =
            [.. contest.Contenders.Where(c => c.IsInContest).SelectMany(c => c.Fitting.Candidates(header(c)).Select(m => new Offer(c, m, c.Settled)))];
        Candidate[] open = [.. offers.Where(o => o.Scores == null).Select(o => o.Candidate)];
        IReadOnlyList<Scores> scores = open.Length == 0 ? [] : await score(open).ConfigureAwait(false);
        int next = 0;
        return new ModelChoice(contest, [.. offers.Select(o => o.Scores == null ? o with { Scores = scores[next++] } : o)]);
    }

    /// <summary>How all did, those that were dropped with the scores that they had then; empty where there was nothing to choose from.</summary>
    public IReadOnlyList<CandidateScore> Table() => contest.Contenders.Count == 1 && offers.Length == 1 ? [] : [.. contest.Contenders.SelectMany(RowsOf)];

    IEnumerable<CandidateScore> RowsOf(Contender contender)
    {
        string name = contender.Candidate.Name;
        if (contender.IsInContest)
            return offers.Where(o => o.Of == contender).Select(o => new CandidateScore($"{name} {o.Candidate.Name}".Trim(), o.Scores!.Metrics, o == best));

        var row = new CandidateScore(name, contender.HasDiverged ? [] : contender.History.Epochs[^1].Scores.Metrics, IsChosen: false);
        return [row with { DroppedAfter = contender.DroppedAfter, HasDiverged = contender.HasDiverged }];
    }

    /// <summary>A model to choose from.</summary>
    sealed record Offer(Contender Of, Candidate Candidate, Scores? Scores);
}
