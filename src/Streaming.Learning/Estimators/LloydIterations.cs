using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>Lloyd's iterations over rows in memory.</summary>
/// <param name="rows">The rows.</param>
/// <param name="clusters">Centres.</param>
/// <param name="features">Features.</param>
sealed class LloydIterations(SampledRows rows, int clusters, int features)
{
    readonly GroupSums[] parts = [.. Enumerable.Range(0, SampledRows.Parts).Select(_ => new GroupSums(clusters, features))];

    /// <summary>Memory of the sums.</summary>
    public static long BytesFor(int clusters, int features) => (1 + SampledRows.Parts) * GroupSums.BytesFor(clusters, features);

    /// <summary>Sums of the rows by nearest centre, of the centres asked for last.</summary>
    public GroupSums Sums { get; } = new(clusters, features);

    /// <summary>Sum of weight · squared distance of the rows to their nearest centres.</summary>
    public double InertiaOf(ClusterCenters centers)
    {
        rows.Sum(centers, Sums, parts);
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
