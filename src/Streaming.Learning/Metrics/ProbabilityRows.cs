using System.Buffers;
using System.Runtime.InteropServices;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>Takes rows of an octave.</summary>
delegate void TakeOctave(int octave, ReadOnlySpan<ProbabilityRow> rows, ReadOnlySpan<double> weights);

/// <summary>
/// Rows that wait for their bins. Writing a row down costs next to nothing, and handing it on less; bins for every model of a sweep in every partition would
/// hardly be filled, and cost more memory than all rows. Blocks go round: those of rows that have found their bins serve whoever writes the next ones.
/// </summary>
/// <param name="capacity">Rows that are many, a power of two.</param>
sealed class ProbabilityRows(int capacity) : IPersistent
{
    const int MostPerBlock = 2048;

    readonly int perBlock = Math.Min(MostPerBlock, capacity);
    readonly List<Block> blocks = [];
    int count;

    /// <summary>How many wait.</summary>
    public int Count => count;

    /// <summary>Room behind the last row, for one row at least; <see cref="Add"/> tells what was written there.</summary>
    public Span<ProbabilityRow> Room
    {
        get
        {
            if (blocks.Count == 0 || blocks[^1].Count == perBlock)
                blocks.Add(new Block(perBlock));

            return blocks[^1].Rows.AsSpan(blocks[^1].Count, perBlock - blocks[^1].Count);
        }
    }

    /// <summary>Adds the first rows in <see cref="Room"/>.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="weights">The weight of each; those of weight 0 are left out. Empty where all are 1.</param>
    public void Add(int rows, ReadOnlySpan<double> weights)
    {
        Block block = blocks[^1];
        int before = block.Count;
        if (weights.IsEmpty)
            block.Add(rows);
        else
            block.Add(weights);

        count += block.Count - before;
    }

    /// <summary>Adds the rows of another, behind those that are here, as they lie; the other one is not used afterwards.</summary>
    public void TakeOver(ProbabilityRows other)
    {
        blocks.AddRange(other.blocks);
        count += other.count;
    }

    /// <summary>
    /// Hands all rows over, octave by octave: the bins of one stay in the cache, those of all don't. In each they come in their order, with a weight for each,
    /// or none where all are 1.
    /// </summary>
    public void Drain(TakeOctave take)
    {
        Span<int> ends = stackalloc int[2 * ProbabilityRow.Octaves];
        ends.Clear();
        foreach (Block block in blocks)
        {
            foreach (ProbabilityRow row in block.Rows.AsSpan(0, block.Count))
                ends[row.PlaceOf(0)]++;
        }

        for (int octave = 0, before = 0; octave < ends.Length; octave++)
            (ends[octave], before) = (before, before + ends[octave]);

        bool isWeighted = blocks.Exists(block => block.Weights != null);
        ProbabilityRow[] rows = ArrayPool<ProbabilityRow>.Shared.Rent(count);
        double[] weights = isWeighted ? ArrayPool<double>.Shared.Rent(count) : [];
        foreach (Block block in blocks)
        {
            for (int i = 0; i < block.Count; i++)
            {
                int at = ends[block.Rows[i].PlaceOf(0)]++;
                rows[at] = block.Rows[i];
                if (isWeighted)
                    weights[at] = block.Weights?[i] ?? 1;
            }

            ArrayPool<ProbabilityRow>.Shared.Return(block.Rows);
        }

        for (int octave = 0, first = 0; octave < ends.Length; first = ends[octave++])
        {
            int length = ends[octave] - first;
            if (length > 0)
                take(octave, rows.AsSpan(first, length), isWeighted ? weights.AsSpan(first, length) : []);
        }

        ArrayPool<ProbabilityRow>.Shared.Return(rows);
        ArrayPool<double>.Shared.Return(weights);
        blocks.Clear();
        count = 0;
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        int number = blocks.Count;
        state.Count<int>(ref number);
        CollectionsMarshal.SetCount(blocks, number);
        count = 0;
        foreach (ref Block block in CollectionsMarshal.AsSpan(blocks))
        {
            block ??= new Block(perBlock);
            block.Persist(state);
            count += block.Count;
        }
    }

    sealed class Block(int capacity) : IPersistent
    {
        double[]? weights;
        int count;

        public ProbabilityRow[] Rows { get; } = ArrayPool<ProbabilityRow>.Shared.Rent(capacity);

        /// <summary>A weight per row; null: all are 1.</summary>
        public double[]? Weights => weights;

        public int Count => count;

        public void Add(int rows)
        {
            weights?.AsSpan(count, rows).Fill(1);
            count += rows;
        }

        public void Add(ReadOnlySpan<double> weightsOfRows)
        {
            if (weights == null)
                (weights = new double[capacity]).AsSpan(0, count).Fill(1);

            Span<ProbabilityRow> written = Rows.AsSpan(count);
            for (int i = 0; i < weightsOfRows.Length; i++)
            {
                if (weightsOfRows[i] == 0)
                    continue;

                Rows[count] = written[i];
                weights[count++] = weightsOfRows[i];
            }
        }

        public void Persist(StateStream state)
        {
            state.Count<ProbabilityRow>(ref count);
            if (count > capacity)
                throw new StateException($"wanted at most {capacity} rows, found {count}.");

            state.Values(Rows.AsSpan(0, count));
            bool isWeighted = weights != null;
            state.Value(ref isWeighted);
            weights = isWeighted ? weights ?? new double[capacity] : null;
            state.Values(weights.AsSpan(0, isWeighted ? count : 0));
        }
    }
}
