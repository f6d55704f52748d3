using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>Rows with what decides whether a sample takes them: a random number, and the weighted squared distance from what stands already.</summary>
/// <param name="features">Features.</param>
/// <param name="capacity">Rows that there will be room for.</param>
sealed unsafe class NumberedRows(int features, int capacity) : IPersistent
{
    readonly List<ulong> numbers = new(capacity);
    readonly List<double> distances = new(capacity);
    readonly List<double> weights = new(capacity);
    readonly List<float> values = new(checked(capacity * features));

    /// <summary>Memory of that many rows.</summary>
    public static long BytesFor(long rows, int features) => rows * (sizeof(ulong) + 2 * sizeof(double) + sizeof(float) * (long)features);

    /// <summary>Rows.</summary>
    public int Count => numbers.Count;

    /// <summary>The random number of each row.</summary>
    public ReadOnlySpan<ulong> Numbers => CollectionsMarshal.AsSpan(numbers);

    /// <summary>Weight · squared distance of each row.</summary>
    public ReadOnlySpan<double> Distances => CollectionsMarshal.AsSpan(distances);

    /// <summary>The weight of each row.</summary>
    public ReadOnlySpan<double> Weights => CollectionsMarshal.AsSpan(weights);

    /// <summary>The values of a row; length: features.</summary>
    public ReadOnlySpan<float> Values(int row) => CollectionsMarshal.AsSpan(values).Slice(row * features, features);

    /// <summary>Adds a row of a tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(RowBatch tile, int row, ulong number, double distance)
    {
        numbers.Add(number);
        distances.Add(distance);
        weights.Add(tile.WeightOf(row));
        int start = values.Count;
        CollectionsMarshal.SetCount(values, start + features);
        Span<float> added = CollectionsMarshal.AsSpan(values)[start..];
        float* value = tile.Features + row;
        for (int j = 0; j < added.Length; j++)
            added[j] = value[(long)j * tile.Stride];
    }

    /// <summary>Adds rows.</summary>
    public void Add(NumberedRows other)
    {
        numbers.AddRange(other.numbers);
        distances.AddRange(other.distances);
        weights.AddRange(other.weights);
        values.AddRange(other.values);
    }

    /// <summary>Removes all rows but those wanted, which keep their order.</summary>
    public void Keep(Func<int, bool> isWanted)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (!isWanted(i))
                continue;

            numbers[kept] = numbers[i];
            distances[kept] = distances[i];
            weights[kept] = weights[i];
            Values(i).CopyTo(CollectionsMarshal.AsSpan(values)[(kept * features)..]);
            kept++;
        }

        Truncate(kept);
    }

    /// <summary>Removes all rows; their memory stays.</summary>
    public void Clear() => Truncate(0);

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.List(numbers);
        state.List(distances);
        state.List(weights);
        state.List(values);
    }

    void Truncate(int count)
    {
        CollectionsMarshal.SetCount(numbers, count);
        CollectionsMarshal.SetCount(distances, count);
        CollectionsMarshal.SetCount(weights, count);
        CollectionsMarshal.SetCount(values, count * features);
    }
}
