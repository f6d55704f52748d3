using Streaming.Learning.Data;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>One epoch of stochastic gradient descent.</summary>
abstract class SgdPass : OrderedPass
{
    readonly string lossName;

    protected SgdPass(string purpose, string lossName)
        : base(purpose) => this.lossName = lossName;

    public SgdProgress Validation { get; } = new();

    public sealed override bool NeedsRowMajor => true;

    public sealed override bool WantsShuffledRows => true;

    public sealed override (string Name, double Value)? Progress =>
        double.IsNaN(Validation.Loss) ? null : (lossName, Validation.Loss);

    /// <summary>The epoch is over.</summary>
    public virtual void Finish()
    {
    }
}

/// <summary>An epoch with a single output: two classes, or a number.</summary>
sealed unsafe class SgdPass<TLoss> : SgdPass
    where TLoss : ISgdLoss
{
    readonly SgdWeights weights;

    public SgdPass(string purpose, SgdWeights weights)
        : base(purpose, TLoss.Name) => this.weights = weights;

    public override void Learn(RowBatch tile)
    {
        for (int i = 0; i < tile.RowCount; i++)
        {
            float* row = tile.Rows + (long)i * tile.RowStride;
            double target = tile.TargetPointer[i];
            double rowWeight = tile.WeightOf(i);
            double output = weights.Output(0, row);
            weights.BeginStep();
            (double loss, double gradient) = TLoss.At(output, target);
            weights.Move(0, row, gradient, rowWeight);
            weights.EndStep();
            Validation.Add(loss, TLoss.IsRight(output, target), rowWeight);
        }

        weights.ThrowIfDiverged();
    }
}
