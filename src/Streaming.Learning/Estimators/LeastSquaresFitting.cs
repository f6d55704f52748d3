using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>A run of least squares: one pass, then a candidate per set of features and penalty.</summary>
sealed class LeastSquaresFitting : Fitting, IContinuing
{
    /// <summary>What the pass is for.</summary>
    public const string Purpose = "products of columns";

    readonly LeastSquaresEstimator estimator;
    readonly IReadOnlyList<FeatureSet> sets;
    readonly FeatureScaling scaling;
    readonly string target;
    readonly LearnedSum<CrossProducts> learned;
    List<(string Name, LeastSquaresSolution Found)>? solutions;

    /// <summary>Creates the run.</summary>
    /// <param name="estimator">The parameters.</param>
    /// <param name="context">The run.</param>
    /// <param name="other">A run whose sum is that of this one too; null: it sums for itself.</param>
    public LeastSquaresFitting(LeastSquaresEstimator estimator, FitContext context, LeastSquaresFitting? other = null)
    {
        this.estimator = estimator;
        sets = FeatureSet.Parse(estimator.FeatureSets, context.Features);
        scaling = context.Scaling;
        target = context.Target!.Name;
        learned = other?.learned
            ?? new LearnedSum<CrossProducts>(Purpose, () => new CrossProducts(scaling.Count, hasTarget: true), needsDoubles: true);
    }

    /// <inheritdoc/>
    public override Pass? NextPass() => learned.NextPass();

    /// <inheritdoc/>
    public override IReadOnlyList<Candidate> Candidates(ModelHeader header) =>
        [.. Solutions.Select(s => new Candidate(s.Name, ModelOf(header, s.Found), MetricsOf(s.Found)))];

    /// <inheritdoc/>
    public override Model ToModel(ModelHeader header) => ModelOf(header, Best);

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> TrainingMetrics() => MetricsOf(Best);

    /// <inheritdoc/>
    public override void Persist(StateStream state) => learned.Persist(state);

    /// <inheritdoc/>
    public void PersistLearned(StateStream state) => learned.PersistLearned(state);

    List<(string Name, LeastSquaresSolution Found)> Solutions => solutions ??= Solve();

    LeastSquaresSolution Best => Solutions.MinBy(s => s.Found.CrossValidation).Found;

    List<(string Name, LeastSquaresSolution Found)> Solve()
    {
        CrossProducts sums = learned.Total;
        WeightCheck.RequireSome(sums.WeightSum);
        var problem = new LeastSquaresProblem(sums, scaling, estimator.FitIntercept);
        if (!problem.IsTargetFinite)
        {
            throw new DivergenceException(
                $"The values of the target '{target}' are too large to learn from: the sum of their squares is more than the largest number (1.8e308). Try a larger unit "
                + "for it, or leave rows out (--where); streaming describe shows its range.");
        }

        return
        [
            .. sets.SelectMany(set => estimator.Alpha.Select(alpha => (NameOf(set, alpha), problem.Solve(alpha, set.Indices)))),
        ];
    }

    static LinearRegressorModel ModelOf(ModelHeader header, LeastSquaresSolution found) =>
        new(header, found.Coef, found.Intercept, found.Statistics);

    // With one candidate nobody has to choose, so the score that is there to choose by says nothing.
    IReadOnlyList<Metric> MetricsOf(LeastSquaresSolution found) =>
    [
        new("r2", found.R2),
        new("adjusted_r2", found.Statistics.AdjustedR2),
        new("rmse", found.Rmse),
        .. Solutions.Count > 1 ? [new Metric("gcv", found.CrossValidation)] : Array.Empty<Metric>(),
    ];

    static string NameOf(FeatureSet set, double alpha)
    {
        string penalty = FormattableString.Invariant($"alpha={alpha}");
        return set.Name.Length > 0 ? $"{penalty} features={set.Name}" : penalty;
    }
}
