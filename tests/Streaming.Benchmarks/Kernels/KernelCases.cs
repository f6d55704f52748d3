using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Estimators.Logistic;
using Streaming.Learning.Numerics;

namespace Streaming.Benchmarks.Kernels;

/// <summary>The kernels that learning spends its time in.</summary>
static unsafe class KernelCases
{
    const string Giga = "GFLOP/s", SinglePeak = "float32 FMA peak", DoublePeak = "float64 FMA peak";

    // The tile of 784 columns and what else is touched stay in the second-level cache with fewer rows.
    static int RowsFor(int features) => features > 200 ? 256 : 1024;

    /// <summary>Finding the nearest of k centres.</summary>
    public static KernelCase Assignment(KernelTiles tiles, int features, int clusters, double goal)
    {
        int rows = RowsFor(features);
        RowBatch tile = tiles.Next(features, rows);
        ClusterCenters centers = Centers(features, clusters);
        var labels = new AlignedBlock<int>(rows);
        return new KernelCase(
            $"k-means assignment, d = {features}, k = {clusters}",
            Giga,
            () => centers.Assign(tile.Features, tile.Stride, rows, labels.Pointer),
            2e-9 * rows * features * clusters,
            Ceilings.SingleFma,
            1e-9 * Ceilings.SingleFlops,
            SinglePeak,
            goal);
    }

    /// <summary>The sums of products of all pairs of columns, each pair once.</summary>
    public static KernelCase Covariance(KernelTiles tiles, int features, double goal)
    {
        int rows = RowsFor(features);
        RowBatch tile = tiles.Next(features, rows, isDouble: true);
        var sums = new CrossProducts(features, hasTarget: false);
        return new KernelCase(
            $"covariance, d = {features}",
            Giga,
            () => sums.Add(tile),
            1e-9 * rows * features * (features + 1),
            Ceilings.DoubleFma,
            1e-9 * Ceilings.DoubleFlops,
            DoublePeak,
            goal);
    }

    /// <summary>The same for principal components, in float32 but for the sums of sums.</summary>
    public static KernelCase FloatCovariance(KernelTiles tiles, int features, double goal)
    {
        int rows = RowsFor(features);
        RowBatch tile = tiles.Next(features, rows, isDouble: true);
        var sums = new CovarianceSums(FeatureScaling.Identity(features));

        // The first rows are multiplied in double.
        while (sums.IsExact)
            sums.Add(tile);

        return new KernelCase(
            $"covariance for components, d = {features}",
            Giga,
            () => sums.Add(tile),
            1e-9 * rows * features * (features + 1),
            Ceilings.SingleFma,
            1e-9 * Ceilings.SingleFlops,
            SinglePeak,
            goal);
    }

    /// <summary>Adding rows to the sums of their centres.</summary>
    public static KernelCase Update(KernelTiles tiles, int features, int clusters)
    {
        int rows = RowsFor(features);
        RowBatch tile = tiles.Next(features, rows);
        var labels = new AlignedBlock<int>(rows);
        Centers(features, clusters).Assign(tile.Features, tile.Stride, rows, labels.Pointer);
        var groups = new GroupSums(clusters, features);
        double[] sums = new double[clusters * features], weights = new double[clusters];
        return Rows(
            $"k-means update, d = {features}, k = {clusters}",
            rows,
            () => groups.Add(tile.Features, tile.Stride, rows, null, labels.Pointer),
            () => PlainLoops.AddToGroups(tile, labels.Pointer, sums, weights));
    }

    /// <summary>A gradient step per row, as scikit-learn takes them.</summary>
    public static KernelCase PerSample(KernelTiles tiles, int features)
    {
        var parameters = new SgdClassifier { LearningRate = LearningRateSchedule.Optimal };
        return Descent($"SGD row by row, d = {features}", tiles, features, rows =>
        {
            var pass = new SgdPass<LogisticLoss>("", new SgdWeights(parameters, 1, features), ClassWeights.None, shuffle: false);
            foreach (RowBatch tile in rows)
                pass.Learn(tile);
        });
    }

    /// <summary>The steps by curvature, which are the default.</summary>
    public static KernelCase Curvature(KernelTiles tiles, int features)
    {
        string[] names = [.. Enumerable.Range(0, features).Select(j => $"x{j}")];
        var context = new FitContext(names, FeatureScaling.Identity(features), null, 1_000_000, 1, 1024, 0);
        return Descent($"SGD by curvature, d = {features}", tiles, features, rows =>
        {
            SgdPass pass = SgdLearner.Of<SgdSeparateLoss<LogisticLanes>>(new SgdClassifier(), context, 1, ClassWeights.None).NewPass("", "", shuffle: false);
            foreach (RowBatch tile in rows)
                pass.Learn(tile);
        });
    }

    /// <summary>Loss and gradient of a dense tile, as L-BFGS wants them.</summary>
    public static KernelCase LogisticGradient(KernelTiles tiles, int features, double goal)
    {
        RowBatch tile = tiles.Next(features, RowsFor(features), isDouble: true);
        var shape = new LogisticShape(1, true, new double[features], HasAllPairs: false);
        var sums = new LogisticSums(shape, new LogisticTrial(new double[shape.Length]), ClassWeights.None);
        var memory = new float[1 << 26];

        // What was never written is one page of zeros, which stays in the first-level cache.
        Array.Fill(memory, 1);
        return new KernelCase(
            $"logistic loss and gradient, d = {features}",
            "GB/s",
            () => sums.Add(tile),
            1e-9 * sizeof(double) * tile.RowCount * features,
            () => Ceilings.Read(memory),
            1e-9 * sizeof(float) * memory.Length,
            "read of memory",
            goal);
    }

    // From the beginning in every call: what a row costs depends on how much has been learned. So the tiles come round several times.
    static KernelCase Descent(string name, KernelTiles tiles, int features, Action<IReadOnlyList<RowBatch>> learn)
    {
        const int Rounds = 16;
        RowBatch[] few = [.. Enumerable.Range(0, 32).Select(_ => tiles.Next(features, RowsFor(features), isRowMajor: true))];
        RowBatch[] rows = [.. Enumerable.Repeat(few, Rounds).SelectMany(t => t)];
        var weights = new double[features];
        return Rows(name, rows.Sum(t => t.RowCount), () => learn(rows), () =>
        {
            double intercept = 0;
            Array.Clear(weights);
            foreach (RowBatch tile in rows)
                PlainLoops.Descend(tile, weights, ref intercept);
        });
    }

    // Rows per second beside a plain loop.
    static KernelCase Rows(string name, int rows, Action run, Action plain) =>
        new(name, "Mrow/s", run, 1e-6 * rows, plain, 1e-6 * rows, "plain loop");

    static ClusterCenters Centers(int features, int clusters)
    {
        var random = new KeyedRandom(clusters, "kernels");
        var centers = new ClusterCenters(clusters, features);
        foreach (ref double value in centers.Values.AsSpan())
            value = 2 * random.NextDouble() - 1;

        centers.Pack();
        return centers;
    }
}
