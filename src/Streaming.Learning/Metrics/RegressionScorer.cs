using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// Scores predicted numbers: <c>r2</c>, <c>rmse</c> (root of the mean squared error) and <c>mae</c> (mean absolute error), weighted by
/// the rows' weights; the last two in the units of the target. <c>r2</c> is NaN (not defined) if all targets are equal.
/// </summary>
/// <remarks>
/// The variance of the targets is taken tile by tile in two passes and merged as in Chan, Golub, LeVeque, "Updating formulae and a
/// pairwise algorithm for computing sample variances" (1979), so targets that are large beside their spread keep their digits.
/// </remarks>
public sealed class RegressionScorer : Scorer
{
    readonly PredictionBuffer predictions;
    double weight;
    double mean;
    double squaredDeviations;
    double squaredErrors;
    double absoluteErrors;

    /// <summary>Creates an empty scorer.</summary>
    /// <param name="predict">Writes the predicted number.</param>
    public RegressionScorer(TilePrediction predict) => predictions = new PredictionBuffer(predict, columns: 1);

    /// <inheritdoc/>
    public override void Add(RowBatch tile)
    {
        ReadOnlySpan<double> output = predictions.Of(tile);
        ReadOnlySpan<double> target = tile.Target;
        double tileWeight = 0, weighted = 0, squared = 0, absolute = 0;
        for (int row = 0; row < target.Length; row++)
        {
            double rowWeight = tile.WeightOf(row);
            double error = target[row] - output[row];
            tileWeight += rowWeight;
            weighted += rowWeight * (target[row] - mean);
            squared += rowWeight * error * error;
            absolute += rowWeight * Math.Abs(error);
        }

        RowCount += tile.RowCount;
        if (tileWeight == 0)
            return;

        double tileMean = mean + weighted / tileWeight;
        double deviations = 0;
        for (int row = 0; row < target.Length; row++)
            deviations += tile.WeightOf(row) * (target[row] - tileMean) * (target[row] - tileMean);

        squaredErrors += squared;
        absoluteErrors += absolute;
        MergeVariance(tileWeight, tileMean, deviations);
    }

    /// <inheritdoc/>
    public override void Merge(Scorer other)
    {
        var from = (RegressionScorer)other;
        RowCount += from.RowCount;
        squaredErrors += from.squaredErrors;
        absoluteErrors += from.absoluteErrors;
        if (from.weight > 0)
            MergeVariance(from.weight, from.mean, from.squaredDeviations);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Results() =>
    [
        new Metric("r2", squaredDeviations > 0 ? 1 - squaredErrors / squaredDeviations : double.NaN),
        new Metric("rmse", Math.Sqrt(squaredErrors / weight)),
        new Metric("mae", absoluteErrors / weight),
    ];

    /// <inheritdoc/>
    protected override void PersistSums(StateStream state)
    {
        state.Value(ref weight);
        state.Value(ref mean);
        state.Value(ref squaredDeviations);
        state.Value(ref squaredErrors);
        state.Value(ref absoluteErrors);
    }

    void MergeVariance(double otherWeight, double otherMean, double otherDeviations)
    {
        double total = weight + otherWeight;
        double distance = otherMean - mean;
        squaredDeviations += otherDeviations + distance * distance * weight * (otherWeight / total);
        mean += distance * (otherWeight / total);
        weight = total;
    }
}
