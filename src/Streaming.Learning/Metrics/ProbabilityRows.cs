using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>One row as a <see cref="ProbabilityHistogram"/> takes it.</summary>
/// <param name="Smaller">The smaller of the probabilities of the two classes; with a minus if that is the probability of the negative one.</param>
/// <param name="Weight">The row's weight; with a minus if the row is negative.</param>
readonly record struct ProbabilityRow(double Smaller, double Weight);

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
    int count;

    /// <summary>Whether there is no more room.</summary>
    public bool IsFull => count == capacity;

    /// <summary>Adds a row; there must be room.</summary>
    public void Add(ProbabilityRow row)
    {
        (blocks[count / perBlock] ??= new ProbabilityRow[perBlock])[count % perBlock] = row;
        count++;
    }

    /// <summary>Hands all rows over, in order.</summary>
    public void Drain(Action<ProbabilityRow> take)
    {
        int rows = count;
        count = 0;
        for (int i = 0; i < rows; i++)
            take(blocks[i / perBlock]![i % perBlock]);
    }

    /// <summary>The rows, which stay.</summary>
    public IEnumerable<ProbabilityRow> All => Enumerable.Range(0, count).Select(i => blocks[i / perBlock]![i % perBlock]);

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Count<ProbabilityRow>(ref count);
        if (count > capacity)
            throw new StateException($"wanted at most {capacity} rows, found {count}.");

        for (int first = 0; first < count; first += perBlock)
            state.Values((blocks[first / perBlock] ??= new ProbabilityRow[perBlock]).AsSpan(0, Math.Min(perBlock, count - first)));
    }
}
