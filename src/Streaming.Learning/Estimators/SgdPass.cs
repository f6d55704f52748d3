using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>One epoch of stochastic gradient descent.</summary>
abstract class SgdPass : OrderedPass
{
    readonly string lossName;
    readonly IPersistent learned;

    /// <summary>Creates an epoch.</summary>
    /// <param name="purpose">What progress shows.</param>
    /// <param name="lossName">Name of the loss in progress.</param>
    /// <param name="learned">What the epochs share and change.</param>
    /// <param name="shuffle">Whether rows come in random order.</param>
    protected SgdPass(string purpose, string lossName, IPersistent learned, bool shuffle)
        : base(purpose)
    {
        this.lossName = lossName;
        this.learned = learned;
        WantsShuffledRows = shuffle;
    }

    public SgdProgress Validation { get; } = new();

    public sealed override bool NeedsRowMajor => true;

    public sealed override bool WantsShuffledRows { get; }

    public sealed override (string Name, double Value)? Progress =>
        double.IsNaN(Validation.Loss) ? null : (lossName, Validation.Loss);

    public sealed override void Persist(StateStream state)
    {
        learned.Persist(state);
        Validation.Persist(state);
    }

    /// <summary>The epoch is over.</summary>
    public virtual void Finish()
    {
    }
}

/// <summary>
/// An epoch with a single output: two classes, or a number. What a row costs is waiting: its output, its loss and its step each need
/// the one before. So the products of the next row are computed meanwhile (<see cref="SgdWeights.LookAhead"/>).
/// </summary>
sealed unsafe class SgdPass<TLoss> : SgdPass
    where TLoss : ISgdLoss
{
    readonly SgdWeights weights;

    /// <summary>Creates an epoch.</summary>
    /// <param name="purpose">What progress shows.</param>
    /// <param name="weights">What is learned.</param>
    /// <param name="classWeights">What rows weigh by their class.</param>
    /// <param name="shuffle">Whether rows come in random order.</param>
    /// <param name="parameter">The parameter of the loss.</param>
    public SgdPass(string purpose, SgdWeights weights, ClassWeights classWeights, bool shuffle, double parameter = 0)
        : base(purpose, TLoss.Name, weights, shuffle)
    {
        this.weights = weights;
        ClassWeights = classWeights;
        Parameter = parameter;
    }

    public SgdWeights Weights => weights;

    public ClassWeights ClassWeights { get; }

    public double Parameter { get; }

    internal override object? LaneKey =>
        weights.CanShareLanes ? (typeof(TLoss), weights.Schedule.Kind, weights.FitsIntercept, ClassWeights) : null;

    internal override int Lanes => SgdLanes<TLoss>.Count;

    internal override Action<RowBatch> InLanes(OrderedPass[] passes) => new SgdLanes<TLoss>([.. passes.Cast<SgdPass<TLoss>>()]).Learn;

    internal override void ThrowIfDiverged() => weights.ThrowIfDiverged();

    public override void Learn(RowBatch tile)
    {
        bool isLinear = weights.IsLinear;
        double output = tile.RowCount > 0 ? weights.Output(0, tile.Rows) : 0;
        for (int i = 0; i < tile.RowCount; i++)
        {
            float* row = tile.Rows + (long)i * tile.RowStride;
            float* next = i + 1 < tile.RowCount ? row + tile.RowStride : row;
            double target = tile.TargetPointer[i], rowWeight = ClassWeights.Of(tile, i);
            weights.BeginStep();
            (double start, double slope) = isLinear ? weights.LookAhead(row, next) : default;
            (double loss, double gradient) = TLoss.At(output, target, Parameter);
            Validation.Add(loss, output > 0 == target > 0.5, rowWeight);
            double step = weights.Move(0, row, gradient, rowWeight);
            weights.EndStep();
            output = isLinear ? Math.FusedMultiplyAdd(step, slope, start) : weights.Output(0, next);
        }

        ThrowIfDiverged();
    }
}
