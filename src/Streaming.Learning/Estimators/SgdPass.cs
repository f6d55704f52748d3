using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
    // Rows between two looks at the losses, a multiple of 8.
    const int ChunkRows = 64;

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
        weights.IsPlain ? (typeof(TLoss), weights.Schedule.Kind, weights.FitsIntercept, ClassWeights) : null;

    internal override int Lanes => SgdLanes<TLoss>.Count;

    internal override Action<RowBatch> InLanes(OrderedPass[] passes) => new SgdLanes<TLoss>([.. passes.Cast<SgdPass<TLoss>>()]).Learn;

    internal override void ThrowIfDiverged() => weights.ThrowIfDiverged();

    public override void Learn(RowBatch tile)
    {
        double output = tile.RowCount > 0 ? weights.Output(0, tile.Rows) : 0;
        double* outputs = stackalloc double[ChunkRows];
        for (int first = 0; first < tile.RowCount; first += ChunkRows)
        {
            int end = Math.Min(tile.RowCount, first + ChunkRows);
            output = weights.IsPlain ? LearnAhead(tile, first, end, output, outputs) : LearnRows(tile, first, end, output, outputs);
            Validate(tile, first, end, outputs);
        }

        ThrowIfDiverged();
    }

    // Learns rows whose first output is known; returns that of the row behind them. By itself and without a call, so that nothing makes the output
    // leave its register: through memory, it would be a quarter of a row's time.
    [MethodImpl(MethodImplOptions.NoInlining)]
    double LearnAhead(RowBatch tile, int first, int end, double output, double* outputs)
    {
        SgdWeights learned = weights;
        for (int i = first; i < end; i++)
        {
            float* row = tile.Rows + (long)i * tile.RowStride;
            outputs[i - first] = output;
            learned.BeginStep();
            (double start, double slope) = learned.LookAhead(row, i + 1 < tile.RowCount ? row + tile.RowStride : row);
            double step = learned.Move(0, row, TLoss.At(output, tile.TargetPointer[i], Parameter).Gradient, ClassWeights.Of(tile, i));
            output = Math.FusedMultiplyAdd(step, slope, start);
        }

        return output;
    }

    // The same where a step is more than a move: weights are averaged, or pay the L1 penalty.
    double LearnRows(RowBatch tile, int first, int end, double output, double* outputs)
    {
        for (int i = first; i < end; i++)
        {
            float* row = tile.Rows + (long)i * tile.RowStride;
            float* next = i + 1 < tile.RowCount ? row + tile.RowStride : row;
            outputs[i - first] = output;
            weights.BeginStep();
            (double start, double slope) = weights.IsLinear ? weights.LookAhead(row, next) : default;
            double step = weights.Move(0, row, TLoss.At(output, tile.TargetPointer[i], Parameter).Gradient, ClassWeights.Of(tile, i));
            weights.EndStep();
            output = weights.IsLinear ? Math.FusedMultiplyAdd(step, slope, start) : weights.Output(0, next);
        }

        return output;
    }

    // No row waits for the losses, so they are computed eight at a time; a tile has room for eight rows more than it holds.
    void Validate(RowBatch tile, int first, int end, double* outputs)
    {
        double* losses = stackalloc double[ChunkRows];
        for (int i = first; i < end; i += 8)
            TLoss.At(Vector512.Load(outputs + i - first), Vector512.Load(tile.TargetPointer + i), Vector512.Create(Parameter)).Loss.Store(losses + i - first);

        Validation.Add(tile, first, end, ClassWeights, outputs, losses);
    }
}
