using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// Scores clusters: <c>inertia</c>, the sum of the squared distances of the rows to their nearest centres in the space of the scaled
/// features, weighted by the rows' weights; and <c>inertia_per_row</c>, the same divided by the sum of the weights.
/// </summary>
public sealed class ClusteringScorer : Scorer
{
    readonly PredictionBuffer predictions;
    double weight;
    double inertia;

    /// <summary>Creates an empty scorer.</summary>
    /// <param name="predict">Writes the index of the nearest centre and the distance to it.</param>
    public ClusteringScorer(TilePrediction predict) => predictions = new PredictionBuffer(predict, columns: 2);

    /// <inheritdoc/>
    public override void Add(RowBatch tile)
    {
        int rows = tile.RowCount;
        ReadOnlySpan<double> distance = predictions.Of(tile).Slice(rows, rows);
        double tileWeight = 0, tileInertia = 0;
        for (int row = 0; row < rows; row++)
        {
            double rowWeight = tile.WeightOf(row);
            tileWeight += rowWeight;
            tileInertia += rowWeight * distance[row] * distance[row];
        }

        weight += tileWeight;
        inertia += tileInertia;
        RowCount += rows;
    }

    /// <inheritdoc/>
    public override void Merge(Scorer other)
    {
        var from = (ClusteringScorer)other;
        weight += from.weight;
        inertia += from.inertia;
        RowCount += from.RowCount;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Results() =>
        [new Metric("inertia", inertia), new Metric("inertia_per_row", inertia / weight)];

    /// <inheritdoc/>
    protected override void PersistSums(StateStream state)
    {
        state.Value(ref weight);
        state.Value(ref inertia);
    }
}
