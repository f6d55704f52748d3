using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>The weighted variance of every feature over the rows so far (Chan, Golub and LeVeque 1979, about the mean so far).</summary>
sealed unsafe class SgdFeatureSpread(int features) : IPersistent
{
    readonly double[] means = new double[features];
    readonly double[] squares = new double[features];
    double weightSum;

    /// <summary>The mean of a feature; 0 before the first row.</summary>
    public double Mean(int feature) => means[feature];

    /// <summary>The variance of a feature; 0 before the first row.</summary>
    public double Variance(int feature) => weightSum > 0 ? squares[feature] / weightSum : 0;

    /// <summary>Adds the rows of a panel; returns the sum of their weights.</summary>
    public double Add(SgdPanel panel)
    {
        double added = PanelKernel.Sum(panel.Weights, panel.PaddedRows), all = weightSum + added;
        if (added == 0)
            return 0;

        for (int j = 0; j < means.Length; j++)
        {
            Vector512<double> mean = Vector512.Create(means[j]), first = default, second = default;
            double* column = panel.Column(1 + j);
            for (int i = 0; i < panel.PaddedRows; i += 8)
            {
                Vector512<double> x = Vector512.Load(column + i) - mean, weighted = x * Vector512.Load(panel.Weights + i);
                first += weighted;
                second = Vector512.FusedMultiplyAdd(weighted, x, second);
            }

            double move = Lanes.Sum(first);
            means[j] += move / all;
            squares[j] = Math.Max(0, squares[j] + Lanes.Sum(second) - move * move / all);
        }

        weightSum = all;
        return added;
    }

    /// <summary>Per row of a panel its squared distance from the mean, in standard deviations; features that do not vary are left out. Returns the largest.</summary>
    public double Measure(SgdPanel panel, double[] distances)
    {
        Array.Clear(distances);
        for (int j = 0; j < means.Length; j++)
        {
            double variance = Variance(j);
            if (!(variance > 0 && double.IsFinite(1 / variance)))
                continue;

            Vector512<double> mean = Vector512.Create(means[j]), inverse = Vector512.Create(1 / variance);
            double* column = panel.Column(1 + j);
            for (int i = 0; i < panel.PaddedRows; i += 8)
            {
                Vector512<double> away = Vector512.Load(column + i) - mean;
                Span<double> sum = distances.AsSpan(i, 8);
                Vector512.FusedMultiplyAdd(away * away, inverse, Vector512.Create<double>(sum)).CopyTo(sum);
            }
        }

        Vector512<double> largest = default;
        for (int i = 0; i < panel.PaddedRows; i += 8)
            largest = Vector512.Max(largest, Vector512.Create<double>(distances.AsSpan(i, 8)));

        return Lanes.Max(largest);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Values(means.AsSpan());
        state.Values(squares.AsSpan());
        state.Value(ref weightSum);
    }
}
