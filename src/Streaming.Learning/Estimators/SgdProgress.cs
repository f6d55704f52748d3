using System.Runtime.CompilerServices;
using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Progressive validation of one epoch: every row is predicted before it is learned, so the mean loss is that of unseen rows (in the
/// first epoch), at no cost.
/// </summary>
sealed class SgdProgress : IPersistent
{
    double weightSum;
    double lossSum;
    double rightSum;

    /// <summary>Weights of the rows so far.</summary>
    public double WeightSum { get => weightSum; set => weightSum = value; }

    /// <summary>Their losses, by their weights.</summary>
    public double LossSum { get => lossSum; set => lossSum = value; }

    /// <summary>Weights of those whose class was predicted.</summary>
    public double RightSum { get => rightSum; set => rightSum = value; }

    /// <summary>Mean loss of the rows so far, by their weights; NaN before the first.</summary>
    public double Loss => lossSum / weightSum;

    /// <summary>Share of the rows so far whose class was predicted, by their weights; NaN before the first.</summary>
    public double Accuracy => rightSum / weightSum;

    /// <summary>Adds many rows.</summary>
    /// <param name="loss">Sum of their losses, by their weights.</param>
    /// <param name="rightWeight">Weights of the rows whose class was predicted.</param>
    /// <param name="weight">Their weights.</param>
    public void AddMany(double loss, double rightWeight, double weight)
    {
        weightSum += weight;
        lossSum += loss;
        rightSum += rightWeight;
    }

    public void Add(double loss, bool right, double weight)
    {
        weightSum += weight;
        lossSum += loss * weight;
        rightSum += right ? weight : 0;
    }

    /// <summary>Adds rows of a tile, one after another, whose only output tells class 1 by its sign.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="first">Their first row.</param>
    /// <param name="end">The row behind the last.</param>
    /// <param name="classWeights">What rows weigh by their class.</param>
    /// <param name="outputs">Their outputs.</param>
    /// <param name="losses">Their losses.</param>
    public unsafe void Add(RowBatch tile, int first, int end, ClassWeights classWeights, double* outputs, double* losses)
    {
        // Sums in registers: through memory, each row would wait for the one before.
        double sumOfWeights = weightSum, sumOfLosses = lossSum, sumOfRight = rightSum;
        for (int i = first; i < end; i++)
        {
            double weight = classWeights.Of(tile, i);
            bool right = outputs[i - first] > 0 == tile.TargetPointer[i] > 0.5;
            sumOfWeights += weight;
            sumOfLosses += losses[i - first] * weight;

            // No branch: whether a row is right can't be foreseen.
            sumOfRight += weight * Unsafe.BitCast<bool, byte>(right);
        }

        (weightSum, lossSum, rightSum) = (sumOfWeights, sumOfLosses, sumOfRight);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref weightSum);
        state.Value(ref lossSum);
        state.Value(ref rightSum);
    }
}
