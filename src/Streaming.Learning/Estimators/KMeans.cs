using System.ComponentModel;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>
/// k-means by Lloyd's iterations over all rows, exact, a pass each, to convergence as in scikit-learn's <c>KMeans</c>, from a start found in memory
/// (<see cref="KMeansEstimator.InitMode"/>). Memory: 8 k·d bytes per partition, and the sample.
/// </summary>
public sealed class KMeans : KMeansEstimator
{
    /// <summary>Most iterations over all rows. Default: 300.</summary>
    [Description("Most iterations over all rows, a pass each.")]
    public int MaxIter { get; set; } = 300;

    /// <summary>
    /// Iterations end when the squared distance that all centres moved is at most this share of the features' mean variance. Default: 1e-4.
    /// </summary>
    [Description("Iterations end when centres move no more than this, by the variance of the features.")]
    public double Tol { get; set; } = 1e-4;

    /// <inheritdoc/>
    public override string Name => "kmeans";

    /// <inheritdoc/>
    public override string Summary => "k-means clustering to convergence, with exact iterations over all rows.";

    /// <inheritdoc/>
    internal override string WhyNotContinued => "its centres are those of all rows, which every iteration reads; mini-batch-kmeans can";

    /// <inheritdoc/>
    internal override int SearchRows => 2;

    /// <inheritdoc/>
    /// <remarks>The iterations end in the optimum that the start is near to. More work, rather than more rows: a few searches of as many rows end in better ones than one search of more.</remarks>
    internal override int SearchEffort => 64;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ParameterCheck.AtLeast("max_iter", MaxIter, 1);
        ParameterCheck.AtLeast("tol", Tol, 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PassPlan> Plan(RunShape run)
    {
        (IReadOnlyList<PassPlan> start, long held) = PlanStart(run);
        return [.. start, PlanLloyd(run, MaxIter, held, least: 1)];
    }

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context) => new KMeansFitting(this, context, BeginStart(context));
}
