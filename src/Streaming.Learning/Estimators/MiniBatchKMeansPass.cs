using System.Runtime.InteropServices;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>An epoch of mini-batch k-means: the rows of a round are assigned to standing centres, then the centres move.</summary>
sealed unsafe class MiniBatchKMeansPass : RoundPass<GroupSums>
{
    // How much of a round still counts in what progress shows one round later.
    const double Memory = 0.8;

    // Of wide tiles, rows that are still in the second-level cache when they are added to the sums, with the centres beside them.
    const int PartBytes = 256 << 10;

    // Rows whose labels lie on the worker's stack, in its first-level cache: those of a whole tile, kept by partition, would go from processor to processor.
    const int MostPartRows = 256;

    readonly ClusterCenters centers;
    readonly double[] weights;
    readonly int partRows;
    readonly double halfLife;
    readonly GroupSums round;
    readonly List<GroupSums> taken = [];
    double inertia;
    double recentInertia;
    double recentWeight;

    /// <summary>Creates an epoch.</summary>
    /// <param name="purpose">What progress shows.</param>
    /// <param name="centers">The centres to move.</param>
    /// <param name="weights">The weight that holds each centre in place at first.</param>
    /// <param name="halfLife">Weight of rows after which earlier rows count for half; infinite: never.</param>
    public MiniBatchKMeansPass(string purpose, ClusterCenters centers, double[] weights, double halfLife)
        : base(purpose)
    {
        this.centers = centers;
        this.weights = weights;
        partRows = Math.Clamp(PartBytes / sizeof(float) / centers.Features / NearestKernel.Rows * NearestKernel.Rows, NearestKernel.Rows, MostPartRows);
        this.halfLife = halfLife;
        round = new GroupSums(centers.Count, centers.Features);
        Counts = new double[centers.Count];
    }

    /// <summary>The centres, as they stand.</summary>
    public ClusterCenters Centers => centers;

    /// <summary>Weight of the rows assigned to each centre in this epoch; length: clusters.</summary>
    public double[] Counts { get; }

    /// <summary>Squared distance of a row to the nearest centre as it stood when the row came, mean by weight.</summary>
    public double InertiaPerRow => inertia / Counts.Sum();

    public override (string Name, double Value)? Progress =>
        recentWeight > 0 ? ("inertia per row", recentInertia / recentWeight) : null;

    public override void Persist(StateStream state)
    {
        centers.Persist(state);
        state.Values(weights.AsSpan());
        state.Values(Counts.AsSpan());
        state.Value(ref inertia);
        state.Value(ref recentInertia);
        state.Value(ref recentWeight);
    }

    protected override GroupSums NewContribution() => new(centers.Count, centers.Features);

    protected override void Contribute(GroupSums contribution, RowBatch tile)
    {
        int* labels = stackalloc int[MostPartRows];
        contribution.Clear();
        for (int first = 0; first < tile.RowCount; first += partRows)
        {
            int rows = Math.Min(partRows, tile.RowCount - first);
            float* columns = tile.Features + first;
            centers.Assign(columns, tile.Stride, rows, labels);
            contribution.Add(columns, tile.Stride, rows, tile.HasWeight ? tile.WeightPointer + first : null, labels);
        }
    }

    protected override void Apply(GroupSums contribution) => taken.Add(contribution);

    protected override void EndRound()
    {
        round.SetTo(CollectionsMarshal.AsSpan(taken));
        taken.Clear();
        double roundWeight = 0, roundInertia = centers.InertiaOf(round);
        for (int c = 0; c < Counts.Length; c++)
        {
            Counts[c] += round.Weights[c];
            roundWeight += round.Weights[c];
        }

        // What stood before the round is older by all of its rows.
        double kept = Elementary.Pow(0.5, roundWeight / halfLife);
        for (int c = 0; halfLife < double.PositiveInfinity && c < weights.Length; c++)
            weights[c] *= kept;

        inertia += roundInertia;
        recentInertia = recentInertia * Memory + roundInertia;
        recentWeight = recentWeight * Memory + roundWeight;
        centers.Move(round, weights);
    }
}
