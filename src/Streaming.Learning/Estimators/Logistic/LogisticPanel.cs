using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators.Logistic;

/// <summary>
/// Some rows of a tile as columns of doubles: ones for the intercept, the features about their means, then zeros up to a multiple of 4
/// columns. Rows up to a multiple of 8 are zeros that weigh nothing.
/// </summary>
sealed unsafe class LogisticPanel
{
    // The panel stays in the second-level cache (1 MiB on the machines we know), with rows enough for products of pairs of columns; without those, in the first-level
    // cache.
    const int MostRows = 256;
    const int MostDoubles = 100_000;
    const int MostDoublesOfGradient = 4096;

    readonly LogisticShape shape;
    readonly ClassWeights classWeights;
    readonly AlignedBlock<double> values;
    readonly AlignedBlock<double> targets;
    readonly AlignedBlock<double> weights;

    public LogisticPanel(LogisticShape shape, ClassWeights classWeights)
    {
        this.shape = shape;
        this.classWeights = classWeights;
        Capacity = CapacityFor(shape);
        Stride = Capacity + 8;
        values = new AlignedBlock<double>(checked(shape.Columns * Stride));
        targets = new AlignedBlock<double>(Capacity);
        weights = new AlignedBlock<double>(Capacity);
    }

    /// <summary>Rows that a panel takes.</summary>
    public static int CapacityFor(LogisticShape shape) =>
        Math.Clamp((shape.HasAllPairs ? MostDoubles : MostDoublesOfGradient) / shape.Columns / 16 * 16, 64, MostRows);

    /// <summary>Most rows.</summary>
    public int Capacity { get; }

    /// <summary>Doubles from one column to the next.</summary>
    public int Stride { get; }

    /// <summary>Rows up to a multiple of 8.</summary>
    public int Rows { get; private set; }

    public double* Targets => targets.Pointer;

    public double* Weights => weights.Pointer;

    public double* Column(int column) => values.Pointer + (long)column * Stride;

    /// <summary>Takes rows of a tile.</summary>
    /// <param name="tile">The tile, with doubles or floats.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows, up to <see cref="Capacity"/>.</param>
    public void Fill(RowBatch tile, int first, int count)
    {
        Rows = (count + 7) / 8 * 8;
        for (int j = 0; j < shape.Features; j++)
        {
            double* to = Column(1 + j);
            if (tile.Doubles != null)
                Shift(tile.Doubles + (long)j * tile.Stride + first, shape.Origin[j], count, to);
            else
                Shift(tile.Features + (long)j * tile.Stride + first, shape.Origin[j], count, to);
        }

        Set(Column(0), shape.HasIntercept ? 1 : 0, count);
        tile.Target.Slice(first, count).CopyTo(new Span<double>(Targets, count));
        new Span<double>(Targets + count, Rows - count).Clear();
        Set(Weights, 1, count);
        if (tile.HasWeight)
            tile.Weight.Slice(first, count).CopyTo(new Span<double>(Weights, count));

        classWeights.MultiplyInto(Weights, Targets, count);
    }

    void Set(double* column, double value, int count)
    {
        new Span<double>(column, count).Fill(value);
        new Span<double>(column + count, Rows - count).Clear();
    }

    // Tiles have room beyond their rows; what stands there is made 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Shift(double* from, double origin, int count, double* to)
    {
        Vector512<double> o = Vector512.Create(origin);
        for (int i = 0; i < Rows; i += 8)
            (Vector512.Load(from + i) - o).Store(to + i);

        new Span<double>(to + count, Rows - count).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Shift(float* from, double origin, int count, double* to)
    {
        Vector512<double> o = Vector512.Create(origin);
        for (int i = 0; i < Rows; i += 8)
            (Lanes.Widen(from + i) - o).Store(to + i);

        new Span<double>(to + count, Rows - count).Clear();
    }
}
