using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>The weighted variance of every feature over the rows so far (Chan, Golub and LeVeque 1979, about the mean so far).</summary>
sealed unsafe class SgdFeatureSpread(int features) : IPersistent
{
    readonly double[] means = new double[features];
    readonly double[] squares = new double[features];

    // While distances are measured: the features that vary, and one over the variance of each.
    readonly int[] varying = new int[features];
    readonly double[] inverses = new double[features];
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

        // Four at a time, as one waits for its own sums, and for columns that lie beyond the first-level cache.
        int j = 0;
        for (; j + 4 <= means.Length; j += 4)
            AddFour(panel, j, all);

        for (; j < means.Length; j++)
        {
            Vector512<double> mean = Vector512.Create(means[j]), first = default, second = default;
            double* column = panel.Column(1 + j), weights = panel.Weights;
            for (int i = 0, rows = panel.PaddedRows; i < rows; i += 8)
                AddTo(ref first, ref second, column + i, mean, Vector512.Load(weights + i));

            Take(j, first, second, all);
        }

        weightSum = all;
        return added;
    }

    /// <summary>Per row of a panel its squared distance from the mean, in standard deviations; features that do not vary are left out. Returns the largest.</summary>
    public double Measure(SgdPanel panel, double[] distances)
    {
        Array.Clear(distances);
        int count = 0;
        for (int j = 0; j < means.Length; j++)
        {
            double variance = Variance(j);
            (varying[count], inverses[count]) = (j, 1 / variance);
            if (variance > 0 && double.IsFinite(inverses[count]))
                count++;
        }

        // The same sums in the same order whether by fours or by ones.
        fixed (double* sums = distances)
        {
            int k = 0;
            for (; k + 4 <= count; k += 4)
                MeasureFour(panel, k, sums);

            for (; k < count; k++)
            {
                Vector512<double> mean = Vector512.Create(means[varying[k]]), inverse = Vector512.Create(inverses[k]);
                double* column = panel.Column(1 + varying[k]);
                for (int i = 0, rows = panel.PaddedRows; i < rows; i += 8)
                    Further(Vector512.Load(sums + i), column + i, mean, inverse).Store(sums + i);
            }

            Vector512<double> largest = default;
            for (int i = 0; i < panel.PaddedRows; i += 8)
                largest = Vector512.Max(largest, Vector512.Load(sums + i));

            return Lanes.Max(largest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddFour(SgdPanel panel, int j, double all)
    {
        Vector512<double> meanA = Vector512.Create(means[j]), meanB = Vector512.Create(means[j + 1]);
        Vector512<double> meanC = Vector512.Create(means[j + 2]), meanD = Vector512.Create(means[j + 3]);
        Vector512<double> firstA = default, firstB = default, firstC = default, firstD = default;
        Vector512<double> secondA = default, secondB = default, secondC = default, secondD = default;
        double* a = panel.Column(1 + j), b = panel.Column(2 + j), c = panel.Column(3 + j), d = panel.Column(4 + j), weights = panel.Weights;
        for (int i = 0, rows = panel.PaddedRows; i < rows; i += 8)
        {
            Vector512<double> weight = Vector512.Load(weights + i);
            AddTo(ref firstA, ref secondA, a + i, meanA, weight);
            AddTo(ref firstB, ref secondB, b + i, meanB, weight);
            AddTo(ref firstC, ref secondC, c + i, meanC, weight);
            AddTo(ref firstD, ref secondD, d + i, meanD, weight);
        }

        Take(j, firstA, secondA, all);
        Take(j + 1, firstB, secondB, all);
        Take(j + 2, firstC, secondC, all);
        Take(j + 3, firstD, secondD, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddTo(ref Vector512<double> first, ref Vector512<double> second, double* column, Vector512<double> mean, Vector512<double> weight)
    {
        Vector512<double> x = Vector512.Load(column) - mean, weighted = x * weight;
        first += weighted;
        second = Vector512.FusedMultiplyAdd(weighted, x, second);
    }

    void Take(int j, Vector512<double> first, Vector512<double> second, double all)
    {
        double move = Lanes.Sum(first);
        means[j] += move / all;
        squares[j] = Math.Max(0, squares[j] + Lanes.Sum(second) - move * move / all);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void MeasureFour(SgdPanel panel, int k, double* sums)
    {
        (int a, int b, int c, int d) = (varying[k], varying[k + 1], varying[k + 2], varying[k + 3]);
        Vector512<double> meanA = Vector512.Create(means[a]), meanB = Vector512.Create(means[b]);
        Vector512<double> meanC = Vector512.Create(means[c]), meanD = Vector512.Create(means[d]);
        Vector512<double> inverseA = Vector512.Create(inverses[k]), inverseB = Vector512.Create(inverses[k + 1]);
        Vector512<double> inverseC = Vector512.Create(inverses[k + 2]), inverseD = Vector512.Create(inverses[k + 3]);
        double* columnA = panel.Column(1 + a), columnB = panel.Column(1 + b), columnC = panel.Column(1 + c), columnD = panel.Column(1 + d);
        for (int i = 0, rows = panel.PaddedRows; i < rows; i += 8)
        {
            Vector512<double> sum = Further(Vector512.Load(sums + i), columnA + i, meanA, inverseA);
            sum = Further(sum, columnB + i, meanB, inverseB);
            sum = Further(sum, columnC + i, meanC, inverseC);
            Further(sum, columnD + i, meanD, inverseD).Store(sums + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Further(Vector512<double> sum, double* column, Vector512<double> mean, Vector512<double> inverse)
    {
        Vector512<double> away = Vector512.Load(column) - mean;
        return Vector512.FusedMultiplyAdd(away * away, inverse, sum);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Values(means.AsSpan());
        state.Values(squares.AsSpan());
        state.Value(ref weightSum);
    }
}
