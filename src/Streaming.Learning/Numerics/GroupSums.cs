using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Weighted sums of rows by group, in double: for each group the sum of its rows and of their weights; over all groups the sum of
/// weight · |row|². Columns are turned into rows 16 × 16 at a time, so that a row is added with vectors.
/// </summary>
sealed unsafe class GroupSums
{
    const int CacheLine = 64;

    readonly int features;
    readonly int stride;
    readonly AlignedBlock<double> sums;

    /// <summary>Creates empty sums.</summary>
    public GroupSums(int groups, int features)
    {
        this.features = features;
        stride = (features + Transpose.Block - 1) / Transpose.Block * Transpose.Block;
        sums = new AlignedBlock<double>(checked(groups * stride));
        Weights = new double[groups];
    }

    /// <summary>Memory of such sums.</summary>
    public static long BytesFor(int groups, int features) => sizeof(double) * groups * (features + Transpose.Block - 1L);

    /// <summary>Sum of the weights of each group; length: groups.</summary>
    public double[] Weights { get; }

    /// <summary>Sum of weight · |row|² over all rows.</summary>
    public double Squares { get; set; }

    /// <summary>The sums of all groups as they are kept: what a state writes down.</summary>
    public Span<double> Totals => sums.Span;

    /// <summary>Sum of a group's rows; length: features.</summary>
    public ReadOnlySpan<double> Of(int group) => new(sums.Pointer + (long)group * stride, features);

    /// <summary>Variance of the features over all rows, their mean.</summary>
    public double MeanVariance()
    {
        double weight = Weights.Sum(), means = 0;
        for (int j = 0; j < features; j++)
        {
            double sum = 0;
            for (int g = 0; g < Weights.Length; g++)
                sum += Of(g)[j];

            means += sum / weight * (sum / weight);
        }

        return Math.Max(Squares / weight - means, 0) / features;
    }

    public void Clear()
    {
        sums.Span.Clear();
        Array.Clear(Weights);
        Squares = 0;
    }

    /// <summary>Adds rows.</summary>
    /// <param name="columns">Column-major rows; read up to a multiple of 16.</param>
    /// <param name="columnStride">Floats from one column to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="weights">Weight per row, or null if all weigh 1.</param>
    /// <param name="groups">Group per row.</param>
    public void Add(float* columns, long columnStride, int rows, double* weights, int* groups)
    {
        if (weights == null)
            Add<Counted>(columns, columnStride, rows, weights, groups);
        else
            Add<Weighted>(columns, columnStride, rows, weights, groups);
    }

    /// <summary>Forgets the rows of a group. <see cref="Squares"/> stay.</summary>
    public void Clear(int group)
    {
        new Span<double>(sums.Pointer + (long)group * stride, stride).Clear();
        Weights[group] = 0;
    }

    /// <summary>Moves rows from the groups that they were added to, one after another: what is left of a sum is exact but for rounding.</summary>
    /// <param name="columns">Column-major rows.</param>
    /// <param name="columnStride">Floats from one column to the next.</param>
    /// <param name="moved">The rows to move.</param>
    /// <param name="count">How many.</param>
    /// <param name="weights">Weight per row.</param>
    /// <param name="from">The group of each row so far.</param>
    /// <param name="to">The group that each row is to be in.</param>
    public void Move(float* columns, long columnStride, int* moved, int count, double* weights, int* from, int* to)
    {
        float* row = stackalloc float[Transpose.Block];
        for (int m = 0; m < count; m++)
        {
            int r = moved[m];
            double weight = weights[r];
            Weights[from[r]] -= weight;
            Weights[to[r]] += weight;
            double* less = sums.Pointer + (long)from[r] * stride, more = sums.Pointer + (long)to[r] * stride;
            float* value = columns + r;
            for (int j = 0; j < stride; j += Transpose.Block)
            {
                int width = Math.Min(Transpose.Block, features - j);
                for (int t = 0; t < width; t++)
                    row[t] = value[(j + t) * columnStride];

                new Span<float>(row + width, Transpose.Block - width).Clear();
                MoveBlock(Vector512.Create(weight), Lanes.Widen(row), less + j, more + j);
                MoveBlock(Vector512.Create(weight), Lanes.Widen(row + 8), less + j + 8, more + j + 8);
            }
        }
    }

    /// <summary>Adds the rows of other sums.</summary>
    public void Add(GroupSums other)
    {
        RowKernels.AddTo(sums.Pointer, other.sums.Pointer, sums.Length);
        for (int g = 0; g < Weights.Length; g++)
            Weights[g] += other.Weights[g];

        Squares += other.Squares;
    }

    /// <summary>Becomes the sum of others, in their order. All are read side by side, each from beginning to end, so that memory sees what comes next.</summary>
    public void SetTo(ReadOnlySpan<GroupSums> parts)
    {
        Array.Clear(Weights);
        Squares = 0;
        double** from = stackalloc double*[parts.Length];
        for (int p = 0; p < parts.Length; p++)
        {
            from[p] = parts[p].sums.Pointer;
            for (int g = 0; g < Weights.Length; g++)
                Weights[g] += parts[p].Weights[g];

            Squares += parts[p].Squares;
        }

        RowKernels.Sum(from, parts.Length, sums.Length, sums.Pointer);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Add<TWeight>(float* columns, long columnStride, int rows, double* weights, int* groups)
        where TWeight : struct, IWeight
    {
        // Rows of a cache line each must not lie across two.
        float* room = stackalloc float[(Transpose.Block + 1) * Transpose.Block];
        float* turned = (float*)(((nuint)room + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        Vector512<double> low = default, high = default;
        fixed (double* groupWeights = Weights)
        {
            for (int i = 0; i < rows; i += Transpose.Block)
            {
                int count = Math.Min(Transpose.Block, rows - i);
                for (int r = i; r < i + count; r++)
                    groupWeights[groups[r]] += TWeight.Of(weights, r);

                for (int j = 0; j < stride; j += Transpose.Block)
                {
                    int width = Math.Min(Transpose.Block, features - j);
                    Transpose.BlockToRows(columns + j * columnStride + i, columnStride, width, turned, Transpose.Block);
                    (low, high) = AddRows<TWeight>(turned, count, weights + i, groups + i, sums.Pointer + j, stride, low, high);
                }
            }
        }

        Squares += Lanes.Sum(low + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<double> Low, Vector512<double> High) AddRows<TWeight>(
        float* rows, int count, double* weights, int* groups, double* sums, long stride, Vector512<double> low, Vector512<double> high)
        where TWeight : struct, IWeight
    {
        for (int i = 0; i < count; i++)
        {
            float* row = rows + i * Transpose.Block;
            Vector512<double> a = Lanes.Widen(row), b = Lanes.Widen(row + 8);
            Vector512<double> weightedA = TWeight.Times(a, weights, i), weightedB = TWeight.Times(b, weights, i);
            double* sum = sums + groups[i] * stride;
            (Vector512.LoadAligned(sum) + weightedA).StoreAligned(sum);
            (Vector512.LoadAligned(sum + 8) + weightedB).StoreAligned(sum + 8);
            low = Vector512.FusedMultiplyAdd(weightedA, a, low);
            high = Vector512.FusedMultiplyAdd(weightedB, b, high);
        }

        return (low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void MoveBlock(Vector512<double> weight, Vector512<double> values, double* less, double* more)
    {
        Vector512<double> weighted = values * weight;
        (Vector512.LoadAligned(less) - weighted).StoreAligned(less);
        (Vector512.LoadAligned(more) + weighted).StoreAligned(more);
    }

    // Known when the kernel is compiled: most data has no weights.
    interface IWeight
    {
        static abstract double Of(double* weights, int row);

        static abstract Vector512<double> Times(Vector512<double> values, double* weights, int row);
    }

    readonly struct Counted : IWeight
    {
        public static double Of(double* weights, int row) => 1;

        public static Vector512<double> Times(Vector512<double> values, double* weights, int row) => values;
    }

    readonly struct Weighted : IWeight
    {
        public static double Of(double* weights, int row) => weights[row];

        public static Vector512<double> Times(Vector512<double> values, double* weights, int row) => values * Vector512.Create(weights[row]);
    }
}
