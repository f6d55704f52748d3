using Streaming.Learning.Data;

namespace Streaming.Learning.Estimators;

/// <summary>
/// An epoch with one output per class, each learned by itself: its class against the rest. The weight of a class
/// counts where it is learned, not where it is of the rest, as in scikit-learn.
/// </summary>
sealed unsafe class OneVersusRestPass<TLoss> : SgdPass
    where TLoss : ISgdLoss
{
    readonly SgdWeights weights;
    readonly ClassWeights classWeights;

    public OneVersusRestPass(string purpose, SgdWeights weights, ClassWeights classWeights, bool shuffle)
        : base(purpose, TLoss.Name, weights, shuffle)
    {
        this.weights = weights;
        this.classWeights = classWeights;
    }

    public override void Learn(RowBatch tile)
    {
        for (int i = 0; i < tile.RowCount; i++)
        {
            float* row = tile.Rows + (long)i * tile.RowStride;
            int target = (int)tile.TargetPointer[i], best = 0;
            double rowWeight = tile.WeightOf(i), ownWeight = classWeights.Of(tile, i), bestScore = double.NegativeInfinity, sum = 0;
            weights.BeginStep();
            for (int c = 0; c < weights.Outputs; c++)
            {
                double output = weights.Output(c, row);
                (double loss, double gradient) = TLoss.At(output, c == target ? 1 : 0, 0);
                weights.Move(c, row, gradient, c == target ? ownWeight : rowWeight);
                sum += loss;
                if (output > bestScore)
                    (best, bestScore) = (c, output);
            }

            weights.EndStep();
            Validation.Add(sum, best == target, rowWeight);
        }

        weights.ThrowIfDiverged();
    }
}
