using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>Lloyd's iterations over rows in memory.</summary>
/// <param name="rows">The rows.</param>
/// <param name="clusters">Centres.</param>
/// <param name="features">Features.</param>
sealed class LloydIterations(SampledRows rows, int clusters, int features)
{
    // Adding a row to its sums takes as long as comparing it with about so many centres.
    const int SumCost = 16;

    /// <summary>Sums of the rows by nearest centre, of the centres asked for last.</summary>
    public GroupSums Sums { get; } = new(clusters, features);

    /// <summary>Multiplications so far, about: what stands for time where no clock may.</summary>
    public long Work { get; set; }

    /// <summary>Sum of weight · squared distance of the rows to their nearest centres.</summary>
    public double InertiaOf(ClusterCenters centers)
    {
        Work += (long)rows.Count * (centers.Count + SumCost) * centers.Features;
        rows.Sum(centers, Sums);
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
