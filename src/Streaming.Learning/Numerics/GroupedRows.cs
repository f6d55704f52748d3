using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Rows in an order that puts those of a group next to each other, and a column in that order: so a group's values are summed with vectors, however
/// the groups are mixed. Every group is filled up to a multiple of 8 rows by some that weigh nothing.
/// </summary>
sealed unsafe class GroupedRows
{
    const int Width = 8;

    readonly int[] next;
    readonly List<Run> runs;
    readonly int[] order;
    readonly AlignedBlock<double> weights;
    readonly AlignedBlock<double> values;

    /// <summary>Makes room.</summary>
    /// <param name="groups">Groups.</param>
    /// <param name="rows">Most rows.</param>
    public GroupedRows(int groups, int rows)
    {
        next = new int[groups];
        runs = new List<Run>(Math.Min(groups, rows));
        order = new int[RoomFor(groups, rows)];
        weights = new AlignedBlock<double>(order.Length);
        values = new AlignedBlock<double>(order.Length);
    }

    /// <summary>Memory of such rows.</summary>
    public static long BytesFor(int groups, int rows) =>
        (sizeof(int) + (long)sizeof(Run)) * groups + (sizeof(int) + 2L * sizeof(double)) * RoomFor(groups, rows);

    /// <summary>The groups that have rows, ascending.</summary>
    public ReadOnlySpan<Run> Runs => CollectionsMarshal.AsSpan(runs);

    /// <summary>Finds the order; rows of a group stay in theirs.</summary>
    /// <param name="groups">The group of each row, a whole number.</param>
    /// <param name="rowWeights">The weight of each row; empty: 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sort(ReadOnlySpan<double> groups, ReadOnlySpan<double> rowWeights)
    {
        Array.Clear(next);
        foreach (double group in groups)
            next[(int)group]++;

        runs.Clear();
        int length = 0;
        for (int g = 0; g < next.Length; g++)
        {
            int start = length;
            length += (next[g] + Width - 1) / Width * Width;
            next[g] = start;
            if (length > start)
                runs.Add(new Run(g, start, length, 0));
        }

        // What fills up is the first row again, without weight.
        order.AsSpan(0, length).Clear();
        weights.Span[..length].Clear();
        for (int row = 0; row < groups.Length; row++)
        {
            int at = next[(int)groups[row]]++;
            order[at] = row;
            weights.Pointer[at] = rowWeights.IsEmpty ? 1 : rowWeights[row];
        }

        for (int r = 0; r < runs.Count; r++)
            runs[r] = runs[r] with { Weight = rowWeights.IsEmpty ? next[runs[r].Group] - runs[r].Start : WeightOf(runs[r]) };
    }

    /// <summary>Takes over a column.</summary>
    /// <param name="column">Its values by row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take<T>(T* column)
        where T : unmanaged, INumberBase<T>
    {
        int length = runs.Count > 0 ? runs[^1].End : 0;
        double* to = values.Pointer;
        fixed (int* from = order)
        {
            // Two rows per load of the order, and two values per store.
            for (int i = 0; i < length; i += Width)
            {
                var pairs = (ulong*)(from + i);
                TakePair(column, pairs[0], to + i);
                TakePair(column, pairs[1], to + i + 2);
                TakePair(column, pairs[2], to + i + 4);
                TakePair(column, pairs[3], to + i + 6);
            }
        }
    }

    /// <summary>The weighted sum of the column within a group, in the lanes that <see cref="MomentsOf"/> describes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double SumOf(Run run) => Sum<Values>(run, 0);

    /// <summary>
    /// Moments of the column within a group: its mean, then squares of the distances from it, so nothing cancels. Of 32 rows at a time row i adds to lane i;
    /// what is left adds 8 at a time to the lanes 0 to 7. Lanes 8 to 31 are then added to these, eight by eight.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public WeightedMoments MomentsOf(Run run)
    {
        double mean = SumOf(run) / run.Weight;
        return new WeightedMoments(run.Weight, mean, Sum<SquaredDistances>(run, mean));
    }

    double WeightOf(Run run)
    {
        double weight = 0;
        for (int i = run.Start; i < run.End; i++)
            weight += weights.Pointer[i];

        return weight;
    }

    // Four chains of additions, as one waits for itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    double Sum<TTerm>(Run run, double origin)
        where TTerm : struct, ITerm
    {
        double* w = weights.Pointer, x = values.Pointer;
        Vector512<double> o = Vector512.Create(origin), sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int i = run.Start;
        for (; i + 4 * Width <= run.End; i += 4 * Width)
        {
            sum0 = TTerm.Add(sum0, Vector512.LoadAligned(w + i), Vector512.LoadAligned(x + i), o);
            sum1 = TTerm.Add(sum1, Vector512.LoadAligned(w + i + Width), Vector512.LoadAligned(x + i + Width), o);
            sum2 = TTerm.Add(sum2, Vector512.LoadAligned(w + i + 2 * Width), Vector512.LoadAligned(x + i + 2 * Width), o);
            sum3 = TTerm.Add(sum3, Vector512.LoadAligned(w + i + 3 * Width), Vector512.LoadAligned(x + i + 3 * Width), o);
        }

        for (; i < run.End; i += Width)
            sum0 = TTerm.Add(sum0, Vector512.LoadAligned(w + i), Vector512.LoadAligned(x + i), o);

        return Lanes.Sum((sum0 + sum1) + (sum2 + sum3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void TakePair<T>(T* column, ulong rows, double* to)
        where T : unmanaged, INumberBase<T> =>
        Vector128.Create(double.CreateTruncating(column[(uint)rows]), double.CreateTruncating(column[rows >> 32])).StoreAligned(to);

    static int RoomFor(int groups, int rows) => checked(rows + (Width - 1) * Math.Min(groups, rows));

    /// <summary>The rows of a group, those that fill up included.</summary>
    /// <param name="Group">The group.</param>
    /// <param name="Start">Its first row, in the order of groups.</param>
    /// <param name="End">Behind its last row.</param>
    /// <param name="Weight">What its rows weigh together.</param>
    internal readonly record struct Run(int Group, int Start, int End, double Weight);

    interface ITerm
    {
        static abstract Vector512<double> Add(Vector512<double> sum, Vector512<double> weight, Vector512<double> value, Vector512<double> origin);
    }

    readonly struct Values : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Add(Vector512<double> sum, Vector512<double> weight, Vector512<double> value, Vector512<double> origin) =>
            Vector512.FusedMultiplyAdd(weight, value, sum);
    }

    readonly struct SquaredDistances : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Add(Vector512<double> sum, Vector512<double> weight, Vector512<double> value, Vector512<double> origin) =>
            Vector512.FusedMultiplyAdd(weight * (value - origin), value - origin, sum);
    }
}
