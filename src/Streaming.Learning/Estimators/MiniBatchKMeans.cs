using System.ComponentModel;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Mini-batch k-means (Sculley, "Web-scale k-means clustering", 2010). First, a start is found (<see cref="KMeansEstimator.InitMode"/>). Then
/// every epoch assigns the rows of each round to standing centres and moves these to the mean of all the rows they stand for:
/// scikit-learn's update, in which each epoch begins with the weights of the sample. With more centres than asked for
/// (<see cref="ExtraCenterFactor"/>), an epoch's centres are clustered by their weights into as many as wanted. In the end exact iterations
/// over all rows may follow (<see cref="LloydPasses"/>). Memory: 8 K·d bytes per partition for K centres, and the sample.
/// </summary>
public sealed class MiniBatchKMeans : KMeansEstimator
{
    /// <summary>
    /// How many times more centres than asked for an epoch moves, before they are reduced to as many as asked for. Default: 1.
    /// </summary>
    [Description("Times more centres than clusters in an epoch; they are clustered in the end. 1 moves the clusters' own centres.")]
    public double ExtraCenterFactor { get; set; } = 1;

    /// <summary>
    /// A centre that stands for less than this share of the heaviest centre's weight, in the sample or in a whole epoch, is chosen anew
    /// if that lowers the inertia of the sample; 0 keeps all. Default: 0.01.
    /// </summary>
    [Description("Centres with less than this share of the heaviest one's rows may be chosen anew; 0 keeps all.")]
    public double ReassignmentRatio { get; set; } = 0.01;

    /// <summary>
    /// For data that drift: weight of rows (their number, without weights) after which what came before counts for half. Default: null, all rows count alike.
    /// </summary>
    [Description("For data that drift: rows after which earlier rows count for half; without it all count alike.")]
    public double? HalfLife { get; set; }

    /// <summary>Exact iterations over all rows after the epochs, a pass each. Default: 0.</summary>
    [Description("Exact iterations over all rows after the epochs, a pass each.")]
    public int LloydPasses { get; set; }

    /// <inheritdoc/>
    public override string Name => "mini-batch-kmeans";

    /// <inheritdoc/>
    public override string Summary => "k-means clustering by mini-batches, from a start found on a sample of the whole data.";

    /// <summary>Centres that an epoch moves.</summary>
    internal int EpochCenters => (int)Math.Min(Math.Ceiling(NClusters * ExtraCenterFactor), int.MaxValue);

    /// <inheritdoc/>
    internal override double StarvedShare => ReassignmentRatio;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ParameterCheck.AtLeast("extra_center_factor", ExtraCenterFactor, 1);
        ParameterCheck.Share("reassignment_ratio", ReassignmentRatio);
        ParameterCheck.AtLeast("lloyd_passes", LloydPasses, 0);
        if (HalfLife is { } rows)
            ParameterCheck.Above("half_life", rows, 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PassPlan> Plan(RunShape run)
    {
        (IReadOnlyList<PassPlan> start, long held) = PlanStart(run);
        int moved = EpochCenters;
        long extra = moved == NClusters ? 0
            : ClusterCenters.BytesFor(moved, run.Features) + GroupSums.BytesFor(moved, run.Features) + SampleClustering.BytesFor(moved, NClusters, run.Features, 1);
        var epoch = new PassPlan(PassKind.Round, "epoch")
        {
            IsEpoch = true,
            Least = run.Epochs,
            Most = run.Epochs,
            PartitionBytes = GroupSums.BytesFor(moved, run.Features),
            FixedBytes = held + extra + GroupSums.BytesFor(moved, run.Features),
        };
        return LloydPasses == 0 ? [.. start, epoch] : [.. start, epoch, PlanLloyd(run, LloydPasses, held, least: 1)];
    }

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context) => new MiniBatchKMeansFitting(this, context, BeginStart(context));
}
