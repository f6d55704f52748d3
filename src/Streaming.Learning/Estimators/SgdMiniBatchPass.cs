using Streaming.Learning.Data;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>
/// An epoch in steps of a mini-batch: the weights stand still for its rows, then move by the mean of their gradients. So no row waits for another,
/// and eight are learned at a time. The last batch of an epoch may be smaller.
/// </summary>
sealed unsafe class SgdMiniBatchPass<TLoss> : SgdPass
    where TLoss : ISgdTileLoss
{
    readonly SgdWeights weights;
    readonly SgdGradient gradient;
    readonly ClassWeights classWeights;
    readonly int batchRows;
    readonly double parameter;
    readonly int chunkRows;
    readonly AlignedBlock<double> targets;
    readonly AlignedBlock<double> rowWeights;
    readonly AlignedBlock<double> restWeights;
    readonly AlignedBlock<double> outputRows;
    readonly AlignedBlock<double> moves;
    readonly AlignedBlock<double> slopes;
    readonly AlignedBlock<double> curvatures;

    /// <summary>Creates an epoch.</summary>
    /// <param name="purpose">What progress shows.</param>
    /// <param name="weights">What is learned, by mini-batches.</param>
    /// <param name="batchRows">Rows of a mini-batch.</param>
    /// <param name="classWeights">What rows weigh by their class.</param>
    /// <param name="shuffle">Whether rows come in random order.</param>
    /// <param name="parameter">The parameter of the loss.</param>
    public SgdMiniBatchPass(string purpose, SgdWeights weights, int batchRows, ClassWeights classWeights, bool shuffle, double parameter = 0)
        : base(purpose, TLoss.Name, weights, shuffle)
    {
        this.weights = weights;
        gradient = weights.Gradient!;
        this.batchRows = batchRows;
        this.classWeights = classWeights;
        this.parameter = parameter;
        chunkRows = SgdMiniBatch.ChunkRowsFor(weights.Stride);
        targets = new AlignedBlock<double>(chunkRows);
        rowWeights = new AlignedBlock<double>(chunkRows);
        restWeights = new AlignedBlock<double>(chunkRows);
        outputRows = new AlignedBlock<double>(checked(weights.Outputs * chunkRows));
        moves = new AlignedBlock<double>(outputRows.Length);
        slopes = new AlignedBlock<double>(outputRows.Length);
        curvatures = new AlignedBlock<double>(outputRows.Length);
    }

    public override void Learn(RowBatch tile)
    {
        for (int first = 0; first < tile.RowCount;)
        {
            int count = Math.Min(Math.Min(chunkRows, tile.RowCount - first), batchRows - gradient.Rows);
            LearnChunk(tile, first, count);
            first += count;
            if (gradient.Rows == batchRows)
                weights.StepByGradient();
        }

        weights.ThrowIfDiverged();
    }

    public override void Finish()
    {
        if (gradient.Rows > 0)
            weights.StepByGradient();
    }

    void LearnChunk(RowBatch tile, int first, int count)
    {
        float* values = tile.Rows + (long)first * weights.Stride;
        SgdStepRows rows = Take(tile, first, count);
        for (int c = 0; c < weights.Outputs; c++)
            weights.OutputsOf(c, values, count, rows.Outputs + c * rows.Stride);

        double loss = TLoss.Derive(rows, 0);
        Validation.AddMany(TLoss.Reported(loss), TLoss.RightWeight(rows), RowBlockKernels.SumAndLargest(rows.Weights, count).Sum);
        for (int c = 0; c < weights.Outputs; c++)
            weights.AddGradient(c, values, rows.Slopes + c * rows.Stride, count);

        gradient.Count(count);
    }

    // Rows up to a multiple of 8 weigh 0.
    SgdStepRows Take(RowBatch tile, int first, int count)
    {
        int padded = (count + 7) / 8 * 8;
        Span<double> targetsNow = targets.Span[..padded], weightsNow = rowWeights.Span[..padded];
        tile.Target.Slice(first, count).CopyTo(targetsNow);
        if (tile.HasWeight)
            tile.Weight.Slice(first, count).CopyTo(weightsNow);
        else
            weightsNow.Fill(1);

        targetsNow[count..].Clear();
        weightsNow[count..].Clear();
        weightsNow.CopyTo(restWeights.Span);
        classWeights.MultiplyInto(rowWeights.Pointer, targets.Pointer, count);
        return new SgdStepRows
        {
            Count = padded,
            OutputCount = weights.Outputs,
            Stride = chunkRows,
            Targets = targets.Pointer,
            Weights = rowWeights.Pointer,
            RestWeights = restWeights.Pointer,
            Outputs = outputRows.Pointer,
            Moves = moves.Pointer,
            Slopes = slopes.Pointer,
            Curvatures = curvatures.Pointer,
            Parameter = parameter,
        };
    }
}

/// <summary>The rows that <see cref="SgdMiniBatchPass{TLoss}"/> works on at a time.</summary>
static class SgdMiniBatch
{
    // A row is read twice, so those of a chunk should stay in the first-level cache.
    const int ChunkBytes = 16 << 10;
    const int MostRows = 128;

    /// <summary>Rows of a chunk, a multiple of 8.</summary>
    /// <param name="stride">Numbers of a padded row.</param>
    public static int ChunkRowsFor(int stride) => Math.Clamp(ChunkBytes / (sizeof(float) * stride) / 8 * 8, 8, MostRows);

    /// <summary>Memory of a pass and of its gradient.</summary>
    public static long BytesFor(int outputs, int stride) => sizeof(double) * ((4L * outputs + 3) * ChunkRowsFor(stride) + (long)outputs * stride);
}
