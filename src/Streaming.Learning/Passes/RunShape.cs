namespace Streaming.Learning.Passes;

/// <summary>The size of a run, as far as it is known before a row is read: what passes hold depends on it.</summary>
/// <param name="Features">Number of features.</param>
/// <param name="Classes">Classes of the target; 0 for a target that is a number, and without one.</param>
/// <param name="RowCount">Most rows that a pass can bring.</param>
/// <param name="Partitions">Partitions.</param>
/// <param name="PartitionRows">Most rows that a partition can bring.</param>
/// <param name="BatchSize">Most rows per tile.</param>
/// <param name="Epochs">Passes of the training loop, for estimators that have one.</param>
/// <param name="HasWeights">Whether rows have weights of their own.</param>
public sealed record RunShape(
    int Features, int Classes, long RowCount, int Partitions, long PartitionRows, int BatchSize, int Epochs, bool HasWeights)
{
    /// <summary>The memory budget in bytes. Default: no end of it.</summary>
    public long Memory { get; init; } = long.MaxValue;
}
