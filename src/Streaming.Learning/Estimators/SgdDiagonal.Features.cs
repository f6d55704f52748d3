using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <content>The units of features and target.</content>
sealed unsafe partial class SgdDiagonal<TLoss>
{
    // Numbers are learned in units of the spread of the first tile: the steps of AdaGrad have a size of their own.
    void MeasureTarget(RowBatch tile)
    {
        (targetMean, targetUnit) = TLoss.Degree > 0 ? SgdTargetUnit.Of(tile.Target, hasIntercept) : (0, 1);
        UseUnits();
    }

    // What follows from the unit of the target.
    void UseUnits()
    {
        unitParameter = TLoss.ParameterIn(targetUnit, parameter);
        slopeUnit = TLoss.SlopeUnit(unitParameter);
    }

    // Moves means and spreads on by a tile, and the weights with them, so that the outputs stay what they were. Not so where a spread
    // grows by more than half at once: what was learned of a column's noise must not speak for its values.
    void MeasureFeatures(RowBatch tile, double tileWeight)
    {
        firsts.Span.Clear();
        seconds.Span.Clear();
        for (int i = 0; i < tile.RowCount; i++)
        {
            Vector512<double> weight = Vector512.Create(classWeights.Of(tile, i));
            float* values = tile.Rows + (long)i * stride;
            for (int j = 0; j < stride; j += 8)
            {
                Vector512<double> x = Lanes.Widen(values + j) - Vector512.LoadAligned(means.Pointer + j), weighted = x * weight;
                (Vector512.LoadAligned(firsts.Pointer + j) + weighted).StoreAligned(firsts.Pointer + j);
                Vector512.FusedMultiplyAdd(weighted, x, Vector512.LoadAligned(seconds.Pointer + j)).StoreAligned(seconds.Pointer + j);
            }
        }

        spreadWeight += tileWeight;
        for (int j = 0; j < features; j++)
        {
            // Without an intercept, features count from their own zero; then the second moment is their spread.
            double first = firsts.Pointer[j], move = hasIntercept ? first / spreadWeight : 0;
            double moved = hasIntercept ? first * move : 0;
            spreads.Pointer[j] = Math.Max(0, spreads.Pointer[j] + seconds.Pointer[j] - moved);
            double before = inverses.Pointer[j], spread = Math.Sqrt(spreads.Pointer[j] / spreadWeight);
            double after = spread > 0 && double.IsFinite(1 / spread) ? 1 / spread : 0;
            means.Pointer[j] += move;
            inverses.Pointer[j] = after;
            if (before > 0)
                Rescale(j, before, after, move);
        }
    }

    void Rescale(int feature, double before, double after, double move)
    {
        const double MostGrowth = 1.5;
        double ratio = after > 0 ? Math.Min(before / after, MostGrowth) : 0;
        for (int c = 0; c < outputs; c++)
        {
            int i = c * stride + feature;
            weights.Pointer[i] *= ratio;
            averages.Pointer[i] *= ratio;
            intercepts[c] += weights.Pointer[i] * after * move;
            averageIntercepts[c] += averages.Pointer[i] * after * move;
            squares.Pointer[i] *= ratio > 0 ? 1 / (ratio * ratio) : 0;
        }
    }
}
