using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// The schedule <c>normalized</c> for many features, where the curvature of all pairs would not fit: normalized, adaptive, implicit
/// descent row by row. After Ross, Mineiro and Langford ("Normalized online learning", arXiv 1305.6646) and Duchi, Hazan and Singer
/// (AdaGrad, JMLR 12, 2011), with three changes: features count from their running mean in units of their running standard deviation, which
/// makes the location as little matter as the scale; a step is implicit on a parabola above the loss (as the importance-aware updates of
/// Karampatziakis and Langford, arXiv 1011.1576, it never overshoots, whatever a row weighs); and the model gets the average of the weights,
/// later ones counting more (Shamir and Zhang, ICML 2013). In scalar words, per row, z being the row in those units, g the derivative of the loss by the
/// output, h the row's weight, k the most that the loss curves:
/// <code>
/// G[j] += h g² z[j]²;  r[j] = z[j] / √(10 + G[j]);  s = η √(rows / Σ |z|²)
/// w[j] -= s h g / (1 + k s h Σ r z) · r[j]
/// average[j] += (p + 1) / (t + p) · (w[j] - average[j])
/// </code>
/// A loss with kinks has no such parabola; its step goes to the kink at most, which is what those updates do. The perceptron's goes on.
/// The penalties, on w, are applied once per tile, by their proximal maps. Cost per row and output: about 10 d multiply-adds, with d roots.
/// </summary>
sealed unsafe partial class SgdDiagonal<TLoss> : ISgdLearner
    where TLoss : ISgdTileLoss
{
    // Chosen on Fashion-MNIST and covertype, both of which want between 0.5 and 1.
    const double Eta = 0.7;
    const double AveragePower = 8;

    // What the squared gradients start from. Without it the first step of every weight is as long as any step can be, and with
    // hundreds of features the first rows' noise is never forgotten.
    const double Caution = 10;

    readonly SgdNormalizedPenalty penalty;
    readonly int outputs;
    readonly int features;
    readonly int stride;
    readonly bool hasIntercept;
    readonly ClassWeights classWeights;
    readonly AlignedBlock<double> weights;
    readonly AlignedBlock<double> squares;
    readonly AlignedBlock<double> averages;
    readonly AlignedBlock<double> row;
    readonly AlignedBlock<double> rates;
    readonly AlignedBlock<double> means;
    readonly AlignedBlock<double> inverses;
    readonly AlignedBlock<double> spreads;
    readonly AlignedBlock<double> firsts;
    readonly AlignedBlock<double> seconds;
    readonly double[] intercepts;
    readonly double[] interceptSquares;
    readonly double[] averageIntercepts;
    readonly double parameter;

    // One row as its loss sees it: eight lanes, of which one is used.
    readonly AlignedBlock<double> lanes;
    double spreadWeight;
    double rowWeights;
    double lengths;
    long steps;
    double targetMean;
    double targetUnit;
    double unitParameter;
    double slopeUnit;

    public SgdDiagonal(
        SgdNormalizedPenalty penalty, int outputs, int features, bool hasIntercept, ClassWeights classWeights, double parameter)
    {
        this.parameter = parameter;
        this.penalty = penalty;
        this.outputs = outputs;
        this.features = features;
        this.hasIntercept = hasIntercept;
        this.classWeights = classWeights;
        stride = BatchShape.RowStrideOf(features);
        weights = new AlignedBlock<double>(checked(outputs * stride));
        squares = new AlignedBlock<double>(weights.Length);
        averages = new AlignedBlock<double>(weights.Length);
        row = new AlignedBlock<double>(stride);
        rates = new AlignedBlock<double>(stride);
        means = new AlignedBlock<double>(stride);
        inverses = new AlignedBlock<double>(stride);
        spreads = new AlignedBlock<double>(stride);
        firsts = new AlignedBlock<double>(stride);
        seconds = new AlignedBlock<double>(stride);
        intercepts = new double[outputs];
        interceptSquares = new double[outputs];
        averageIntercepts = new double[outputs];
        lanes = new AlignedBlock<double>((3 + 4 * outputs) * 8);
    }

    public SgdPass NewPass(string purpose, string lossName, bool shuffle) => new SgdLearnerPass(purpose, lossName, this, Learn, shuffle);

    void Learn(RowBatch tile, SgdProgress progress)
    {
        double tileWeight = 0;
        for (int i = 0; i < tile.RowCount; i++)
            tileWeight += classWeights.Of(tile, i);

        if (tileWeight == 0)
            return;

        if (targetUnit == 0)
            MeasureTarget(tile);

        MeasureFeatures(tile, tileWeight);
        SgdStepRows seen = Lanes8();
        for (int i = 0; i < tile.RowCount; i++)
        {
            double weight = classWeights.Of(tile, i);
            if (weight > 0)
            {
                seen.Targets[0] = (tile.TargetPointer[i] - targetMean) / targetUnit;
                LearnRow(seen, tile.Rows + (long)i * stride, weight, tile.WeightOf(i), progress);
            }
        }

        Shrink(tileWeight);
    }

    public (double[] Coef, double[] Intercept) Result()
    {
        var coef = new double[outputs * features];
        var intercept = new double[outputs];
        for (int c = 0; c < outputs; c++)
        {
            double zero = averageIntercepts[c];
            for (int j = 0; j < features; j++)
            {
                // The average of weights that L1 has set to 0 now and then is not 0 itself; the last weights decide.
                bool isOut = penalty.L1 > 0 && weights.Pointer[c * stride + j] == 0;
                double slope = isOut ? 0 : averages.Pointer[c * stride + j] * inverses.Pointer[j];
                coef[c * features + j] = slope * targetUnit;
                zero -= slope * means.Pointer[j];
            }

            intercept[c] = hasIntercept ? zero * targetUnit + targetMean : 0;
        }

        return (coef, intercept);
    }

    public double[] Means() => means.Span[..features].ToArray();

    public void Persist(StateStream state)
    {
        foreach (AlignedBlock<double> block in (ReadOnlySpan<AlignedBlock<double>>)[weights, squares, averages, means, inverses, spreads])
            state.Values(block.Span);

        state.Values(intercepts.AsSpan());
        state.Values(interceptSquares.AsSpan());
        state.Values(averageIntercepts.AsSpan());
        state.Value(ref spreadWeight);
        state.Value(ref rowWeights);
        state.Value(ref lengths);
        state.Value(ref steps);
        state.Value(ref targetMean);
        state.Value(ref targetUnit);
        UseUnits();
    }

    SgdStepRows Lanes8()
    {
        double* at = lanes.Pointer;
        return new SgdStepRows
        {
            Count = 8,
            OutputCount = outputs,
            Stride = 8,
            Targets = at,
            Weights = at + 8,
            RestWeights = at + 16,
            Outputs = at + 24,
            Moves = at + 24 + 8 * outputs,
            Slopes = at + 24 + 16 * outputs,
            Curvatures = at + 24 + 24 * outputs,
            Parameter = unitParameter,
        };
    }

    void LearnRow(in SgdStepRows seen, float* values, double weight, double restWeight, SgdProgress progress)
    {
        double length = Standardise(values) + 1;
        rowWeights += weight;
        lengths += weight * length;
        steps++;
        for (int c = 0; c < outputs; c++)
            seen.Outputs[8 * c] = Dot(weights.Pointer + (long)c * stride) + intercepts[c];

        seen.Weights[0] = seen.RestWeights[0] = 1;
        double loss = TLoss.Reported(TLoss.Derive(seen, 0)) * LossUnit;
        progress.Add(loss, TLoss.RightWeight(seen) > 0, weight);
        TLoss.MeasureDistances(seen);
        double rate = Rate, share = (AveragePower + 1) / (steps + AveragePower);
        for (int c = 0; c < outputs; c++)
        {
            // Against the rest a row weighs what it does without its class.
            double own = TLoss.IsJoint || outputs == 1 || seen.Targets[0] == c ? weight : restWeight;
            double slope = seen.Slopes[8 * c] / slopeUnit, squared = own * slope * slope;
            double reach = Adapt(squares.Pointer + (long)c * stride, squared);
            double step = rate * own * slope;
            if (hasIntercept)
            {
                interceptSquares[c] += squared;
                reach += Inverse(interceptSquares[c]);
            }

            // Up to the kink at most, or as far as a parabola above the loss goes down.
            step = TLoss.HasKinks
                ? Math.CopySign(Math.Min(Math.Abs(step), seen.Moves[8 * c] / Math.Max(reach, double.Epsilon)), step)
                : step / (1 + TLoss.MostCurvature * rate * own * reach);
            Move(weights.Pointer + (long)c * stride, averages.Pointer + (long)c * stride, step, share);
            if (hasIntercept)
                intercepts[c] -= step * Inverse(interceptSquares[c]);

            averageIntercepts[c] += share * (intercepts[c] - averageIntercepts[c]);
        }
    }

    double LossUnit => TLoss.Degree switch { 2 => targetUnit * targetUnit, 1 => targetUnit, _ => 1 };

    double Rate => Eta * Math.Sqrt(rowWeights / lengths);

    static double Inverse(double square) => 1 / Math.Sqrt(square + Caution);

    // The row in units of the features' spread; returns its squared length.
    double Standardise(float* values)
    {
        Vector512<double> length = default;
        for (int j = 0; j < stride; j += 8)
        {
            Vector512<double> z = (Lanes.Widen(values + j) - Vector512.LoadAligned(means.Pointer + j)) * Vector512.LoadAligned(inverses.Pointer + j);
            z.StoreAligned(row.Pointer + j);
            length = Vector512.FusedMultiplyAdd(z, z, length);
        }

        return Lanes.Sum(length);
    }

    double Dot(double* vector)
    {
        Vector512<double> even = default, odd = default;
        for (int j = 0; j < stride; j += 16)
        {
            even = Vector512.FusedMultiplyAdd(Vector512.LoadAligned(vector + j), Vector512.LoadAligned(row.Pointer + j), even);
            odd = Vector512.FusedMultiplyAdd(Vector512.LoadAligned(vector + j + 8), Vector512.LoadAligned(row.Pointer + j + 8), odd);
        }

        return Lanes.Sum(even + odd);
    }

    // Adds to the squared gradients, keeps each weight's direction of the step, and returns how far a step reaches in the output.
    double Adapt(double* sums, double squared)
    {
        Vector512<double> caution = Vector512.Create(Caution), g = Vector512.Create(squared), reach = default;
        for (int j = 0; j < stride; j += 8)
        {
            Vector512<double> z = Vector512.LoadAligned(row.Pointer + j);
            Vector512<double> sum = Vector512.FusedMultiplyAdd(g * z, z, Vector512.LoadAligned(sums + j));
            sum.StoreAligned(sums + j);
            Vector512<double> direction = z / Vector512.Sqrt(sum + caution);
            direction.StoreAligned(rates.Pointer + j);
            reach = Vector512.FusedMultiplyAdd(direction, z, reach);
        }

        return Lanes.Sum(reach);
    }

    void Move(double* vector, double* average, double step, double share)
    {
        Vector512<double> back = Vector512.Create(-step), part = Vector512.Create(share);
        for (int j = 0; j < stride; j += 8)
        {
            Vector512<double> w = Vector512.FusedMultiplyAdd(back, Vector512.LoadAligned(rates.Pointer + j), Vector512.LoadAligned(vector + j));
            w.StoreAligned(vector + j);
            Vector512<double> a = Vector512.LoadAligned(average + j);
            Vector512.FusedMultiplyAdd(part, w - a, a).StoreAligned(average + j);
        }
    }

    // The penalties of a tile's rows, by the proximal maps of their sum: w / (1 + rate · L2), then towards 0 by rate · L1.
    void Shrink(double tileWeight)
    {
        if (penalty == default)
            return;

        // Of the loss in units of the target and of its slopes.
        double unit = LossUnit * slopeUnit, own = penalty.IsRelative ? TLoss.CurvatureOver(1, unitParameter) / slopeUnit : targetUnit * targetUnit / unit;
        double l2 = Rate * penalty.L2 * own * tileWeight, l1 = Rate * penalty.L1 * tileWeight * targetUnit / unit;
        for (int i = 0; i < weights.Length; i++)
        {
            double inverse = Inverse(squares.Pointer[i]), shrunk = weights.Pointer[i] / (1 + l2 * inverse);
            weights.Pointer[i] = Math.CopySign(Math.Max(0, Math.Abs(shrunk) - l1 * inverse), shrunk);
        }
    }
}
