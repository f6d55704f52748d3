using System.Buffers;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// Rows that wait for their bins. Writing a row down costs next to nothing; finding its bin costs a miss of the cache, and bins for every model of a sweep
/// in every partition would hardly be filled.
/// </summary>
/// <param name="capacity">Most rows, a power of two.</param>
sealed class ProbabilityRows(int capacity) : IPersistent
{
    const int MostPerBlock = 2048;

    readonly int perBlock = Math.Min(MostPerBlock, capacity);
    readonly ProbabilityRow[]?[] blocks = new ProbabilityRow[]?[capacity / Math.Min(MostPerBlock, capacity)];

    // Of blocks in which a row does not weigh 1.
    readonly double[]?[] weights = new double[]?[capacity / Math.Min(MostPerBlock, capacity)];
    int count;

    /// <summary>Whether there is no more room.</summary>
    public bool IsFull => count == capacity;

    /// <summary>Adds rows that weigh 1, as many as one block has room for, and says how many; there must be room for one.</summary>
    public int Add(ReadOnlySpan<ProbabilityRow> rows)
    {
        (int block, int at) = Math.DivRem(count, perBlock);
        int taken = Math.Min(rows.Length, perBlock - at);
        rows[..taken].CopyTo(Block(block).AsSpan(at));
        if (at == 0)
            weights[block] = null;

        weights[block]?.AsSpan(at, taken).Fill(1);
        count += taken;
        return taken;
    }

    /// <summary>Adds a row; there must be room.</summary>
    public void Add(ProbabilityRow row, double weight)
    {
        (int block, int at) = Math.DivRem(count, perBlock);
        Block(block)[at] = row;
        count++;
        if (at == 0)
            weights[block] = null;

        if (weight == 1 && weights[block] == null)
            return;

        if (weights[block] == null)
            (weights[block] = new double[perBlock]).AsSpan(0, at).Fill(1);

        weights[block]![at] = weight;
    }

    /// <summary>Hands all rows over, bin after bin, those of a bin in the order in which they came.</summary>
    /// <param name="bits">Bins of an octave, as a power of two.</param>
    /// <param name="take">Receives octave after octave: its number (<see cref="ProbabilityRow.OctaveOf"/>), and its bins that have rows, ascending.</param>
    public void Drain(int bits, ProbabilityOctave take)
    {
        if (count == 0)
            return;

        bool isWeighted = weights.AsSpan(0, (count + perBlock - 1) / perBlock).ContainsAnyExcept((double[]?)null);
        ProbabilityRow[] rows = ArrayPool<ProbabilityRow>.Shared.Rent(2 * count);
        double[] numbers = isWeighted ? ArrayPool<double>.Shared.Rent(2 * count) : [];
        ProbabilityBin[] bins = ArrayPool<ProbabilityBin>.Shared.Rent(Math.Min(count, 1 << bits));
        CopyTo(rows, numbers);
        ProbabilityRow.Sort(bits, rows.AsSpan(0, count), rows.AsSpan(count, count), isWeighted ? numbers.AsSpan(0, count) : [], isWeighted ? numbers.AsSpan(count, count) : []);
        for (int first = 0; first < count;)
        {
            int octave = rows[first].OctaveOf(bits), filled = 0;
            bins[0] = default;
            for (; first < count && rows[first].OctaveOf(bits) == octave; first++)
            {
                ProbabilityBin row = rows[first].ToBin(bits, isWeighted ? numbers[first] : 1);
                if (!bins[filled].IsEmpty && bins[filled].Number != row.Number)
                    bins[++filled] = default;

                bins[filled].TakeIn(row);
            }

            take(octave, bins.AsSpan(0, filled + 1));
        }

        count = 0;
        ArrayPool<ProbabilityRow>.Shared.Return(rows);
        ArrayPool<ProbabilityBin>.Shared.Return(bins);
        if (isWeighted)
            ArrayPool<double>.Shared.Return(numbers);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Count<ProbabilityRow>(ref count);
        if (count > capacity)
            throw new StateException($"wanted at most {capacity} rows, found {count}.");

        for (int first = 0; first < count; first += perBlock)
        {
            int block = first / perBlock, rows = Math.Min(perBlock, count - first);
            state.Values(Block(block).AsSpan(0, rows));
            bool isWeighted = weights[block] != null;
            state.Value(ref isWeighted);
            weights[block] = isWeighted ? weights[block] ?? new double[perBlock] : null;
            state.Values(weights[block].AsSpan(0, isWeighted ? rows : 0));
        }
    }

    // What is not written yet is not read, and need not be cleared.
    ProbabilityRow[] Block(int block) => blocks[block] ??= GC.AllocateUninitializedArray<ProbabilityRow>(perBlock);

    void CopyTo(Span<ProbabilityRow> rows, Span<double> numbers)
    {
        for (int first = 0; first < count; first += perBlock)
        {
            int block = first / perBlock, length = Math.Min(perBlock, count - first);
            blocks[block].AsSpan(0, length).CopyTo(rows[first..]);
            if (numbers.IsEmpty)
                continue;

            if (weights[block] is { } own)
                own.AsSpan(0, length).CopyTo(numbers[first..]);
            else
                numbers.Slice(first, length).Fill(1);
        }
    }
}

/// <summary>Receives bins of one octave, ascending.</summary>
delegate void ProbabilityOctave(int octave, ReadOnlySpan<ProbabilityBin> bins);
