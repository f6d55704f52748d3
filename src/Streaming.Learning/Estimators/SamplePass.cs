using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Draws a sample: the rows of a round that may be among it are picked side by side, then the one sample takes them in. So there is no sample per
/// partition in memory, and of most tiles only a few rows are copied.
/// </summary>
/// <param name="purpose">What progress shows.</param>
/// <param name="sample">The sample.</param>
/// <param name="features">Features.</param>
/// <param name="batchSize">Most rows per tile.</param>
/// <param name="completed">Receives the sample of all rows.</param>
sealed class SamplePass(string purpose, RowSample sample, int features, int batchSize, Action<RowSample> completed)
    : RoundPass<SamplePass.Contribution>(purpose)
{
    /// <summary>Memory of what a partition contributes.</summary>
    public static long ContributionBytes(int features, int batchSize) => NumberedRows.BytesFor(batchSize, features) + TileDistances.BytesFor(batchSize);

    /// <inheritdoc/>
    public override void Persist(StateStream state) => sample.Persist(state);

    /// <inheritdoc/>
    protected override Contribution NewContribution() => new(features, batchSize);

    /// <inheritdoc/>
    protected override void Contribute(Contribution contribution, RowBatch tile) => sample.Pick(tile, contribution.Distances, contribution.Picked);

    /// <inheritdoc/>
    protected override void Apply(Contribution contribution) => sample.Take(contribution.Picked);

    /// <inheritdoc/>
    protected override void EndRound()
    {
    }

    /// <inheritdoc/>
    protected internal override void Complete() => completed(sample);

    /// <summary>What a tile contributes.</summary>
    internal sealed class Contribution(int features, int batchSize)
    {
        public TileDistances Distances { get; } = new(features, batchSize);

        public NumberedRows Picked { get; } = new(features, batchSize);
    }
}
