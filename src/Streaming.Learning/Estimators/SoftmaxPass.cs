using Streaming.Learning.Data;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>An epoch with one output per class, learned jointly: the loss is -ln of the softmax probability of the row's class.</summary>
sealed unsafe class SoftmaxPass : SgdPass
{
    readonly SgdWeights weights;
    readonly ClassWeights classWeights;
    readonly double[] scores;

    public SoftmaxPass(string purpose, SgdWeights weights, ClassWeights classWeights, bool shuffle)
        : base(purpose, LogisticLoss.Name, weights, shuffle)
    {
        this.weights = weights;
        this.classWeights = classWeights;
        scores = new double[weights.Outputs];
    }

    public override void Learn(RowBatch tile)
    {
        for (int i = 0; i < tile.RowCount; i++)
        {
            float* row = tile.Rows + (long)i * tile.RowStride;
            int target = (int)tile.TargetPointer[i];
            double rowWeight = classWeights.Of(tile, i);
            int best = Scores(row);
            double bestScore = scores[best], targetScore = scores[target], sum = 0;
            foreach (ref double score in scores.AsSpan())
                sum += score = Elementary.Exp(score - bestScore);

            weights.BeginStep();
            for (int c = 0; c < scores.Length; c++)
                weights.Move(c, row, scores[c] / sum - (c == target ? 1 : 0), rowWeight);

            weights.EndStep();
            Validation.Add(Elementary.Log(sum) + bestScore - targetScore, best == target, rowWeight);
        }

        weights.ThrowIfDiverged();
    }

    // The class of the highest score; of equals, the first.
    int Scores(float* row)
    {
        int best = 0;
        for (int c = 0; c < scores.Length; c++)
        {
            scores[c] = weights.Output(c, row);
            best = scores[c] > scores[best] ? c : best;
        }

        return best;
    }
}
