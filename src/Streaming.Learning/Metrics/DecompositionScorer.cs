using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// Scores how much of the rows a few components keep, in the space of the scaled features x and weighted by the rows' weights:
/// <list type="bullet">
/// <item><c>explained_variance_ratio</c>: Σ var(pc[c]) / Σ var(x[j]), both over the scored rows and about their own mean. For the
/// training rows it is the sum of scikit-learn's <c>explained_variance_ratio_</c>. NaN if the rows don't vary.</item>
/// <item><c>reconstruction_error</c>: the mean over the rows of |x - x̂|² (summed over the features), where
/// x̂ = mean + Σ pc[c] · component[c] is the row as its components give it back.</item>
/// </list>
/// </summary>
public sealed unsafe class DecompositionScorer : Scorer
{
    const int Lanes = 8;

    readonly PredictionBuffer predictions;
    readonly int features;
    readonly int components;
    readonly double[] mean;
    readonly double[] directions;
    readonly double[] lanes;
    readonly double[] sums;
    double weight;
    double squares;
    double projectedSquares;
    double squaredErrors;

    /// <summary>Creates an empty scorer.</summary>
    /// <param name="mean">Mean of each scaled feature; length: features.</param>
    /// <param name="components">Orthonormal directions; [k × features].</param>
    /// <param name="predict">Writes k columns: the projections of row - mean on the components.</param>
    public DecompositionScorer(ReadOnlySpan<double> mean, ReadOnlySpan<double> components, TilePrediction predict)
    {
        features = mean.Length;
        this.components = components.Length / features;
        this.mean = mean.ToArray();
        predictions = new PredictionBuffer(predict, this.components);
        lanes = new double[(features + this.components) * Lanes];
        sums = new double[features + this.components];

        // Transposed, [features × k]: a feature is rebuilt from all its components at once.
        directions = new double[components.Length];
        for (int i = 0; i < components.Length; i++)
            directions[i % features * this.components + i / features] = components[i];
    }

    /// <summary>Memory of such a scorer.</summary>
    public static long BytesFor(int features, int components, int batchSize) =>
        sizeof(double) * ((long)components * (features + batchSize) + (Lanes + 1L) * (features + components));

    /// <inheritdoc/>
    public override void Add(RowBatch tile)
    {
        int rows = tile.RowCount;
        ReadOnlySpan<double> output = predictions.Of(tile);
        Array.Clear(lanes);
        Vector512<double> w = default, x2 = default, p2 = default, e2 = default;
        double* tileWeights = stackalloc double[Lanes];
        fixed (double* projected = output)
        {
            for (int row = 0; row < rows; row += Lanes)
            {
                for (int lane = 0; lane < Lanes; lane++)
                    tileWeights[lane] = row + lane < rows ? tile.WeightOf(row + lane) : 0;

                Vector512<double> rowWeights = Vector512.Load(tileWeights);
                w += rowWeights;
                AddRows(tile, row, projected + row, rowWeights, ref x2, ref p2, ref e2);
            }
        }

        RowCount += rows;
        weight += SumOf(w);
        squares += SumOf(x2);
        projectedSquares += SumOf(p2);
        squaredErrors += SumOf(e2);
        for (int i = 0; i < sums.Length; i++)
            sums[i] += SumOf(Vector512.Create(lanes, i * Lanes));
    }

    /// <inheritdoc/>
    public override void Merge(Scorer other)
    {
        var from = (DecompositionScorer)other;
        RowCount += from.RowCount;
        weight += from.weight;
        squares += from.squares;
        projectedSquares += from.projectedSquares;
        squaredErrors += from.squaredErrors;
        for (int i = 0; i < sums.Length; i++)
            sums[i] += from.sums[i];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Results()
    {
        // The sums are about the model's mean, which is near that of the rows, so little is lost in these differences.
        double whole = squares - sums.Take(features).Sum(s => s * s) / weight;
        double kept = projectedSquares - sums.Skip(features).Sum(s => s * s) / weight;
        return
        [
            new Metric("explained_variance_ratio", whole > 0 ? kept / whole : double.NaN),
            new Metric("reconstruction_error", squaredErrors / weight),
        ];
    }

    /// <inheritdoc/>
    protected override void PersistSums(StateStream state)
    {
        state.Value(ref weight);
        state.Value(ref squares);
        state.Value(ref projectedSquares);
        state.Value(ref squaredErrors);
        state.Values(sums.AsSpan());
    }

    /// <summary>Adds eight rows; a lane is a row.</summary>
    void AddRows(
        RowBatch tile,
        int row,
        double* projected,
        Vector512<double> w,
        ref Vector512<double> x2,
        ref Vector512<double> p2,
        ref Vector512<double> e2)
    {
        // What lies behind the last row may be anything, NaN too: such lanes are set to 0, a weight of 0 alone would not do.
        Vector512<double> inside = Vector512.LessThan(
            Vector512.Create(0.0, 1, 2, 3, 4, 5, 6, 7), Vector512.Create((double)(tile.RowCount - row)));
        for (int c = 0; c < components; c++)
        {
            Vector512<double> p = Vector512.Load(projected + (long)c * tile.RowCount) & inside;
            p2 = Vector512.FusedMultiplyAdd(w * p, p, p2);
            AddToLanes(features + c, w * p);
        }

        fixed (double* direction = directions)
        {
            for (int j = 0; j < features; j++)
            {
                Vector512<double> raw = Vector512.WidenLower(Vector512.Load(tile.Features + (long)j * tile.Stride + row));
                Vector512<double> rest = (raw - Vector512.Create(mean[j])) & inside;
                x2 = Vector512.FusedMultiplyAdd(w * rest, rest, x2);
                AddToLanes(j, w * rest);
                for (int c = 0; c < components; c++)
                {
                    Vector512<double> p = Vector512.Load(projected + (long)c * tile.RowCount) & inside;
                    rest = Vector512.FusedMultiplyAdd(p, Vector512.Create(-direction[j * components + c]), rest);
                }

                e2 = Vector512.FusedMultiplyAdd(w * rest, rest, e2);
            }
        }
    }

    void AddToLanes(int sum, Vector512<double> values)
    {
        Span<double> lane = lanes.AsSpan(sum * Lanes, Lanes);
        (Vector512.Create((ReadOnlySpan<double>)lane) + values).CopyTo(lane);
    }

    /// <summary>The lanes from first to last: an order that doesn't depend on the machine.</summary>
    static double SumOf(Vector512<double> vector)
    {
        double sum = 0;
        for (int lane = 0; lane < Lanes; lane++)
            sum += vector[lane];

        return sum;
    }
}
