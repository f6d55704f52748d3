using System.Runtime.InteropServices;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Data;

/// <summary>
/// Values of one weight in a <see cref="QuantileSketch"/>, as whole numbers that are ordered as the values are (<see cref="KeyOf"/>). Runs that ascend are
/// merged as they come, so that a level is hardly ever sorted.
/// </summary>
sealed class SketchLevel : IPersistent
{
    readonly List<long> keys = [];

    // What ascends; the rest stands as it came.
    int sorted;

    /// <summary>Number of values.</summary>
    public int Count => keys.Count;

    /// <summary>The values in any order.</summary>
    public ReadOnlySpan<long> Keys => CollectionsMarshal.AsSpan(keys);

    /// <summary>A number that is ordered as the value is, -0 before 0. NaN has none that is any use.</summary>
    public static long KeyOf(double value) => Turned(BitConverter.DoubleToInt64Bits(value));

    /// <summary>The value of a key.</summary>
    public static double ValueOf(long key) => BitConverter.Int64BitsToDouble(Turned(key));

    /// <summary>Adds a value.</summary>
    public void Add(long key) => keys.Add(key);

    /// <summary>Adds values that ascend.</summary>
    public void AddRun(ReadOnlySpan<long> run)
    {
        bool isSorted = sorted == keys.Count;
        int before = keys.Count;
        CollectionsMarshal.SetCount(keys, before + run.Length);
        Span<long> all = CollectionsMarshal.AsSpan(keys);
        if (!isSorted)
        {
            run.CopyTo(all[before..]);
            return;
        }

        BlockSort.MergeInto(all, run);
        sorted = keys.Count;
    }

    /// <summary>Adds the values of another level.</summary>
    public void AddAll(SketchLevel other)
    {
        if (other.sorted == other.Count)
            AddRun(other.Keys);
        else
            keys.AddRange(other.Keys);
    }

    /// <summary>Gives every other value in ascending order to another level; the smallest stays where their number is odd. Says how many went.</summary>
    /// <param name="above">Where they go.</param>
    /// <param name="from">0: beginning with the first, 1: with the second.</param>
    public int GoUp(SketchLevel above, int from)
    {
        Span<long> values = CollectionsMarshal.AsSpan(keys);
        if (sorted < values.Length)
            values.Sort();

        int stay = values.Length & 1, half = values.Length / 2;
        for (int i = 0; i < half; i++)
            values[stay + i] = values[stay + from + 2 * i];

        above.AddRun(values.Slice(stay, half));
        CollectionsMarshal.SetCount(keys, stay);
        sorted = stay;
        return half;
    }

    // Of negative numbers all bits but the sign are turned round: there and back.
    static long Turned(long bits) => bits ^ (long)((ulong)(bits >> 63) >> 1);

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.List(keys);
        state.Value(ref sorted);
    }
}
