using Streaming.Learning.Data;

namespace Streaming.Learning.Models;

/// <summary>
/// Takes fitted arrays from the scaled features, <c>tile = (value - offset) * factor</c>, back to the units of the user's columns.
/// </summary>
static class UserUnits
{
    /// <summary>Weights per scaled feature, [outputs × features], as weights per unit of the user's features.</summary>
    internal static double[] Weights(FeatureScaling scaling, double[] scaled)
    {
        var weights = new double[scaled.Length];
        for (int i = 0; i < scaled.Length; i++)
            weights[i] = scaled[i] * scaling.Factor[i % scaling.Count];

        return weights;
    }

    /// <summary>The intercepts, length outputs, that go with <see cref="Weights"/>: the output where every user's feature is 0.</summary>
    internal static double[] Intercepts(FeatureScaling scaling, double[] scaledWeights, double[] scaledIntercepts)
    {
        double[] intercepts = [.. scaledIntercepts];
        for (int i = 0; i < scaledWeights.Length; i++)
        {
            int feature = i % scaling.Count;
            intercepts[i / scaling.Count] -= scaledWeights[i] * scaling.Factor[feature] * scaling.Offset[feature];
        }

        return intercepts;
    }

    /// <summary>Points in the scaled space, [points × features], as points in the user's units.</summary>
    internal static double[] Points(FeatureScaling scaling, double[] scaled)
    {
        var points = new double[scaled.Length];
        for (int i = 0; i < scaled.Length; i++)
            points[i] = scaling.Restore(i % scaling.Count, scaled[i]);

        return points;
    }
}
