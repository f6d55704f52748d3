using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>The sums of one of Lloyd's iterations over all rows: for every centre those of the rows that are nearest to it.</summary>
/// <param name="centers">The centres, which stand still meanwhile.</param>
/// <param name="batchSize">Most rows per tile.</param>
sealed unsafe class LloydSums(ClusterCenters centers, int batchSize) : ISum<LloydSums>
{
    readonly AlignedBlock<int> labels = new((batchSize + NearestKernel.Rows - 1) / NearestKernel.Rows * NearestKernel.Rows);

    /// <summary>The sums.</summary>
    public GroupSums Groups { get; } = new(centers.Count, centers.Features);

    /// <summary>Memory of the sums.</summary>
    public static long BytesFor(int clusters, int features, int batchSize) =>
        GroupSums.BytesFor(clusters, features) + sizeof(int) * (long)batchSize;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        centers.Assign(tile.Features, tile.Stride, tile.RowCount, labels.Pointer);
        Groups.Add(tile.Features, tile.Stride, tile.RowCount, tile.HasWeight ? tile.WeightPointer : null, labels.Pointer);
    }

    /// <inheritdoc/>
    public void Merge(LloydSums other) => Groups.Add(other.Groups);

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        double squares = Groups.Squares;
        state.Values(Groups.Totals);
        state.Values(Groups.Weights.AsSpan());
        state.Value(ref squares);
        Groups.Squares = squares;
    }
}
