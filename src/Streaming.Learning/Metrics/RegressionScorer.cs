using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// Scores predicted numbers, weighted by the rows' weights, with the error being target - prediction:
/// <list type="bullet">
/// <item><c>r2</c>: 1 - Σ error² / Σ (target - mean)²; <c>explained_variance</c>: the same with the errors taken about their mean. Both
/// are NaN (not defined) if all targets are equal;</item>
/// <item><c>rmse</c> (root of the mean squared error), <c>mae</c> (mean absolute error) and <c>max_error</c>, in the units of the target;</item>
/// <item><c>mape</c>: mean of |error| / |target|, targets nearer to 0 than 2⁻⁵² counting as 2⁻⁵², as in scikit-learn;</item>
/// <item><c>mean_pinball_loss</c> of a quantile (<see cref="PinballLoss"/>).</item>
/// </list>
/// </summary>
public sealed class RegressionScorer : Scorer
{
    // numpy's finfo(float64).eps.
    const double Epsilon = 2.220446049250313e-16;

    readonly PredictionBuffer predictions;
    readonly double quantile;
    WeightedMoments targets;
    WeightedMoments errors;
    double squaredErrors;
    double above;
    double below;
    double shares;
    double maxError = double.NegativeInfinity;

    /// <summary>Creates an empty scorer.</summary>
    /// <param name="predict">Writes the predicted number.</param>
    /// <param name="quantile">The quantile that <c>mean_pinball_loss</c> is about; from 0 to 1. Default: the median.</param>
    public RegressionScorer(TilePrediction predict, double quantile = 0.5)
    {
        predictions = new PredictionBuffer(predict, columns: 1);
        this.quantile = quantile;
    }

    /// <summary>
    /// The mean over the rows of max(q · error, (q - 1) · error): the loss that is least where a share q of the targets lies below the
    /// prediction (Koenker and Bassett, "Regression quantiles", Econometrica 1978).
    /// </summary>
    /// <param name="q">The quantile, from 0 to 1.</param>
    public double PinballLoss(double q) => (q * above + (1 - q) * below) / targets.Weight;

    /// <summary>Memory of such a scorer.</summary>
    public static long BytesFor(int batchSize) => sizeof(double) * (long)batchSize;

    /// <inheritdoc/>
    public override void Add(RowBatch tile)
    {
        ReadOnlySpan<double> output = predictions.Of(tile);
        ReadOnlySpan<double> target = tile.Target;
        double tileWeight = 0, targetSum = 0, errorSum = 0, squared = 0, tileAbove = 0, tileBelow = 0, tileShares = 0;
        for (int row = 0; row < target.Length; row++)
        {
            double weight = tile.WeightOf(row);
            double error = target[row] - output[row];
            tileWeight += weight;
            targetSum += weight * (target[row] - targets.Mean);
            errorSum += weight * error;
            squared += weight * error * error;
            tileAbove += weight * Math.Max(error, 0);
            tileBelow += weight * Math.Max(-error, 0);
            tileShares += weight * (Math.Abs(error) / Math.Max(Math.Abs(target[row]), Epsilon));
            if (weight > 0)
                maxError = Math.Max(maxError, Math.Abs(error));
        }

        RowCount += tile.RowCount;
        if (tileWeight == 0)
            return;

        double targetMean = targets.Mean + targetSum / tileWeight, errorMean = errorSum / tileWeight;
        double targetSquares = 0, errorSquares = 0;
        for (int row = 0; row < target.Length; row++)
        {
            double weight = tile.WeightOf(row);
            double deviation = target[row] - targetMean, errorDeviation = target[row] - output[row] - errorMean;
            targetSquares += weight * deviation * deviation;
            errorSquares += weight * errorDeviation * errorDeviation;
        }

        targets = targets.Merge(new WeightedMoments(tileWeight, targetMean, targetSquares));
        errors = errors.Merge(new WeightedMoments(tileWeight, errorMean, errorSquares));
        squaredErrors += squared;
        above += tileAbove;
        below += tileBelow;
        shares += tileShares;
    }

    /// <inheritdoc/>
    public override void Merge(Scorer other)
    {
        var from = (RegressionScorer)other;
        RowCount += from.RowCount;
        targets = targets.Merge(from.targets);
        errors = errors.Merge(from.errors);
        squaredErrors += from.squaredErrors;
        above += from.above;
        below += from.below;
        shares += from.shares;
        maxError = Math.Max(maxError, from.maxError);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Results() =>
    [
        new Metric("r2", targets.Squares > 0 ? 1 - squaredErrors / targets.Squares : double.NaN),
        new Metric("rmse", Math.Sqrt(squaredErrors / targets.Weight)),
        new Metric("mae", (above + below) / targets.Weight),
        new Metric("mape", shares / targets.Weight),
        new Metric("mean_pinball_loss", PinballLoss(quantile)),
        new Metric("explained_variance", targets.Squares > 0 ? 1 - errors.Squares / targets.Squares : double.NaN),
        new Metric("max_error", maxError >= 0 ? maxError : double.NaN),
    ];

    /// <inheritdoc/>
    protected override void PersistSums(StateStream state)
    {
        state.Value(ref targets);
        state.Value(ref errors);
        state.Value(ref squaredErrors);
        state.Value(ref above);
        state.Value(ref below);
        state.Value(ref shares);
        state.Value(ref maxError);
    }
}
