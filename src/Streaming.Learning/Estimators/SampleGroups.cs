using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Sums of sampled rows by nearest centre, kept from one set of centres to the next: where few rows of a part have another centre than before, these are
/// moved from sum to sum, and no other is touched. Where many have, the part is summed afresh, which is quicker then and forgets what rounding left.
/// </summary>
sealed unsafe class SampleGroups
{
    const int None = -1;

    readonly AlignedBlock<int> labels;
    readonly GroupSums[] sums;
    readonly int[][] sizes;
    readonly int[][] moved;

    /// <summary>Creates sums without rows.</summary>
    /// <param name="rows">Room for rows, padded to whole tiles.</param>
    /// <param name="parts">Parts of the rows, which may be worked on side by side.</param>
    /// <param name="tileRows">Most rows that come at a time.</param>
    /// <param name="groups">Most centres.</param>
    /// <param name="features">Features.</param>
    public SampleGroups(int rows, int parts, int tileRows, int groups, int features)
    {
        labels = new AlignedBlock<int>(rows);
        Forget();
        sums = [.. Enumerable.Range(0, parts).Select(_ => new GroupSums(groups, features))];
        sizes = [.. Enumerable.Range(0, parts).Select(_ => new int[groups])];
        moved = [.. Enumerable.Range(0, parts).Select(_ => new int[tileRows])];
    }

    /// <summary>The sums of each part.</summary>
    public ReadOnlySpan<GroupSums> Parts => sums;

    /// <summary>Memory of such sums, for that many rows.</summary>
    public static long BytesFor(long rows, int parts, int tileRows, int groups, int features) =>
        sizeof(int) * rows + parts * (GroupSums.BytesFor(groups, features) + sizeof(int) * ((long)groups + tileRows));

    /// <summary>Forgets all rows: what comes next is summed afresh.</summary>
    public void Forget() => labels.Span.Fill(None);

    /// <summary>How many rows have another centre than before.</summary>
    /// <param name="first">Number of the first row; a multiple of 16.</param>
    /// <param name="nearest">The centre of each row from there on; read up to a multiple of 16.</param>
    /// <param name="rows">Rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int CountMoved(int first, int* nearest, int rows)
    {
        int count = 0;
        for (int i = 0; i < rows; i += Vector512<int>.Count)
            count += BitOperations.PopCount(Moved(first, nearest, rows, i));

        return count;
    }

    /// <summary>Forgets the rows of a part.</summary>
    public void Clear(int part)
    {
        sums[part].Clear();
        Array.Clear(sizes[part]);
    }

    /// <summary>Adds rows of a part that was cleared.</summary>
    /// <param name="part">The part.</param>
    /// <param name="columns">Column-major rows; read up to a multiple of 16.</param>
    /// <param name="stride">Floats from one column to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="weights">Weight per row.</param>
    /// <param name="first">Number of the first row.</param>
    /// <param name="nearest">The centre of each row.</param>
    public void Add(int part, float* columns, long stride, int rows, double* weights, int first, int* nearest)
    {
        sums[part].Add(columns, stride, rows, weights, nearest);
        foreach (int c in new ReadOnlySpan<int>(nearest, rows))
            sizes[part][c]++;

        new ReadOnlySpan<int>(nearest, rows).CopyTo(labels.Span[first..]);
    }

    /// <summary>Moves those rows that have another centre than before; parameters as of <see cref="Add"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Move(int part, float* columns, long stride, int rows, double* weights, int first, int* nearest)
    {
        int count = 0;
        fixed (int* listed = moved[part])
        {
            for (int i = 0; i < rows; i += Vector512<int>.Count)
            {
                for (uint bits = Moved(first, nearest, rows, i); bits != 0; bits &= bits - 1)
                    listed[count++] = i + BitOperations.TrailingZeroCount(bits);
            }

            sums[part].Move(columns, stride, listed, count, weights, labels.Pointer + first, nearest);
        }

        int[] sizesOfPart = sizes[part];
        Span<int> before = labels.Span.Slice(first, rows);
        foreach (int row in moved[part].AsSpan(0, count))
        {
            sizesOfPart[nearest[row]]++;
            sizesOfPart[before[row]]--;
        }

        // What rounding leaves of a group without rows is not a mean of anything.
        foreach (int row in moved[part].AsSpan(0, count))
        {
            if (sizesOfPart[before[row]] == 0)
                sums[part].Clear(before[row]);

            before[row] = nearest[row];
        }
    }

    // A bit for each of 16 rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    uint Moved(int first, int* nearest, int rows, int i)
    {
        Vector512<int> same = Vector512.Equals(Vector512.LoadAligned(labels.Pointer + first + i), Vector512.Load(nearest + i));
        uint bits = ~(uint)same.ExtractMostSignificantBits() & 0xFFFF;
        return rows - i < Vector512<int>.Count ? bits & ((1u << (rows - i)) - 1) : bits;
    }
}
