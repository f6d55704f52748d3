namespace Streaming.Learning.Training;

/// <summary>What a worker does next. Smaller items go first.</summary>
/// <param name="Kind">Learning goes before decoding, so that decoded tiles do not pile up.</param>
/// <param name="Round">Earlier rounds, or partitions with more rows left, go first, so that partitions advance together.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Part">The part of the columns, where several workers decode one partition.</param>
readonly record struct WorkItem(WorkKind Kind, long Round, int Partition, int Part = 0) : IComparable<WorkItem>
{
    public int CompareTo(WorkItem other)
    {
        // As numbers: comparing two values of an enum would put both on the heap.
        int byKind = ((int)Kind).CompareTo((int)other.Kind);
        int byRound = byKind != 0 ? byKind : Round.CompareTo(other.Round);
        int byPartition = byRound != 0 ? byRound : Partition.CompareTo(other.Partition);
        return byPartition != 0 ? byPartition : Part.CompareTo(other.Part);
    }
}

/// <summary>Kinds of work, the most urgent first.</summary>
enum WorkKind
{
    EndRound,
    Learn,
    Decode,
}
