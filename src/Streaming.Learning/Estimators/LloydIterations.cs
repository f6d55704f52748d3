using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>Lloyd's iterations over rows in memory.</summary>
/// <param name="rows">The rows.</param>
/// <param name="clusters">Most centres.</param>
/// <param name="features">Features.</param>
sealed class LloydIterations(SampledRows rows, int clusters, int features)
{
    readonly SampleGroups groups = rows.NewGroups(clusters);

    /// <summary>Memory of the sums.</summary>
    public static long BytesFor(int rows, int clusters, int features) =>
        SampledRows.GroupBytesFor(rows, clusters, features) + GroupSums.BytesFor(clusters, features);

    /// <summary>Sums of the rows by nearest centre, of the centres asked for last; nothing of centres that these didn't have.</summary>
    public GroupSums Sums { get; } = new(clusters, features);

    /// <summary>Forgets what was summed before: what comes next has the bits of a run that goes on from a checkpoint here.</summary>
    public void Forget() => groups.Forget();

    /// <summary>Sum of weight · squared distance of the rows to their nearest centres.</summary>
    public double InertiaOf(ClusterCenters centers)
    {
        rows.Sum(centers, groups);
        Sums.SetTo(groups.Parts);
        return centers.InertiaOf(Sums);
    }

    /// <summary>Moves centres until an iteration lowers the inertia by less than a share of it.</summary>
    /// <returns>The inertia of the centres as they are left.</returns>
    public double Run(ClusterCenters centers, int mostIterations, double tolerance)
    {
        double inertia = InertiaOf(centers);
        for (int i = 0; i < mostIterations; i++)
        {
            centers.MoveToMeans(Sums);
            double after = InertiaOf(centers);
            bool settled = after >= inertia * (1 - tolerance);
            inertia = after;
            if (settled)
                break;
        }

        return inertia;
    }
}
