using System.Runtime.CompilerServices;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Progressive validation of one epoch: every row is predicted before it is learned, so the mean loss is that of unseen rows (in the
/// first epoch), at no cost.
/// </summary>
sealed class SgdProgress
{
    double weightSum;
    double lossSum;
    double rightSum;

    /// <summary>Mean loss of the rows so far, by their weights; NaN before the first.</summary>
    public double Loss => lossSum / weightSum;

    /// <summary>Share of the rows so far whose class was predicted, by their weights; NaN before the first.</summary>
    public double Accuracy => rightSum / weightSum;

    public void Add(double loss, bool right, double weight)
    {
        weightSum += weight;
        lossSum += loss * weight;

        // No branch: whether a row is right can't be foreseen.
        rightSum += weight * Unsafe.BitCast<bool, byte>(right);
    }
}
