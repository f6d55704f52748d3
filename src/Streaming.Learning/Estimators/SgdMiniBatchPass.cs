using Streaming.Learning.Data;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>
/// An epoch in steps of a mini-batch: the weights stand still for its rows, then move by the mean of their gradients. So no row waits for another,
/// and a block of them is learned at a time: outputs, losses and gradient, while its rows are in the cache. Outputs are products of float32, by weights rounded once per
/// mini-batch, and so are gradients of up to 256 rows; intercepts, sums, and the weights that move are double. The last batch of an epoch may be smaller.
/// </summary>
sealed unsafe class SgdMiniBatchPass<TLoss> : SgdPass
    where TLoss : ISgdBlockLoss
{
    readonly SgdWeights weights;
    readonly SgdGradient gradient;
    readonly ClassWeights classWeights;
    readonly int batchRows;
    readonly int blockRows;
    readonly double parameter;
    readonly AlignedBlock<float> rounded;
    readonly AlignedBlock<double> targets = new(SgdMiniBatch.ChunkRows);
    readonly AlignedBlock<double> rowWeights = new(SgdMiniBatch.ChunkRows);
    readonly AlignedBlock<double> restWeights = new(SgdMiniBatch.ChunkRows);
    readonly AlignedBlock<double> outputRows;
    readonly AlignedBlock<double> moves;
    readonly AlignedBlock<double> exactSlopes;
    readonly AlignedBlock<double> curvatures;
    readonly AlignedBlock<float> slopes;

    // A chunk's rows, and those of each of its blocks, as the loss sees them. They are hardly ever others: only the last ones of a mini-batch or tile are fewer.
    readonly SgdStepRows[] blocks;
    SgdStepRows chunk;

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
        rounded = new AlignedBlock<float>(checked(weights.Outputs * weights.Stride));
        outputRows = new AlignedBlock<double>(checked(weights.Outputs * SgdMiniBatch.ChunkRows));
        moves = new AlignedBlock<double>(outputRows.Length);
        exactSlopes = new AlignedBlock<double>(outputRows.Length);
        curvatures = new AlignedBlock<double>(outputRows.Length);
        slopes = new AlignedBlock<float>(outputRows.Length);
        blockRows = SgdMiniBatch.BlockRowsFor(weights.Stride);
        blocks = new SgdStepRows[(SgdMiniBatch.ChunkRows + blockRows - 1) / blockRows];
    }

    public override void Learn(RowBatch tile)
    {
        weights.RoundTo(rounded.Pointer);
        for (int first = 0; first < tile.RowCount;)
        {
            int count = Math.Min(Math.Min(SgdMiniBatch.ChunkRows, tile.RowCount - first), batchRows - gradient.Rows);
            LearnChunk(tile, first, count);
            first += count;
            if (gradient.Rows == batchRows)
            {
                weights.StepByGradient();
                weights.RoundTo(rounded.Pointer);
            }
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
        Take(tile, first, count);
        double loss = 0;
        for (int i = 0; i < count; i += blockRows)
            loss += LearnBlock(i, tile.Rows + (long)(first + i) * weights.Stride, Math.Min(blockRows, count - i));

        ref readonly SgdStepRows rows = ref Kept(ref chunk, 0, count);
        Validation.AddMany(TLoss.Reported(loss), TLoss.RightWeight(rows), PanelKernel.Sum(rows.Weights, rows.Count));
        for (int c = 0; c < weights.Outputs; c++)
            weights.SeeSlopes(gradient.EndChunk(c, slopes.Pointer + c * SgdMiniBatch.ChunkRows, count));

        gradient.Count(count);
    }

    double LearnBlock(int first, float* values, int count)
    {
        ref readonly SgdStepRows rows = ref Kept(ref blocks[first / blockRows], first, count);
        int stride = weights.Stride;
        for (int c = 0; c < weights.Outputs; c++)
            RowBlockKernels.Map(rounded.Pointer + (long)c * stride, values, stride, count, weights.InterceptOf(c), rows.Outputs + c * rows.Stride);

        // Half of them before the loss is derived and half after it: of too many at once the processor forgets some.
        RowBlockKernels.AskAhead(values, stride, count, 0, count / 2);
        float* blockSlopes = slopes.Pointer + first;
        double loss = TLoss.Derive(rows, blockSlopes);
        RowBlockKernels.AskAhead(values, stride, count, count / 2, count);
        for (int c = 0; c < weights.Outputs; c++)
            gradient.Add(c, values, blockSlopes + c * rows.Stride, count);

        return loss;
    }

    // Rows up to a multiple of 16 weigh 0.
    void Take(RowBatch tile, int first, int count)
    {
        Span<double> targetsNow = targets.Span[..SgdMiniBatch.Padded(count)], weightsNow = rowWeights.Span[..targetsNow.Length];
        tile.Target.Slice(first, count).CopyTo(targetsNow);

        // Those of the next chunk would come too late: a chunk reads its targets all at once.
        for (int i = 0; i < count; i += 16)
            RowBlockKernels.Ask((float*)(tile.TargetPointer + first + count + i));

        if (tile.HasWeight)
            tile.Weight.Slice(first, count).CopyTo(weightsNow);
        else
            weightsNow.Fill(1);

        targetsNow[count..].Clear();
        weightsNow[count..].Clear();
        if (weights.Outputs > 1)
            weightsNow.CopyTo(restWeights.Span);

        classWeights.MultiplyInto(rowWeights.Pointer, targets.Pointer, count);
    }

    // Described anew for each block, they would be read before what was written has arrived in the cache, and all would wait for it.
    ref readonly SgdStepRows Kept(ref SgdStepRows kept, int first, int count)
    {
        if (kept.Count != SgdMiniBatch.Padded(count))
            kept = RowsFrom(first, count);

        return ref kept;
    }

    SgdStepRows RowsFrom(int first, int count) => new()
    {
        Count = SgdMiniBatch.Padded(count),
        OutputCount = weights.Outputs,
        Stride = SgdMiniBatch.ChunkRows,
        Targets = targets.Pointer + first,
        Weights = rowWeights.Pointer + first,
        RestWeights = restWeights.Pointer + first,
        Outputs = outputRows.Pointer + first,
        Moves = moves.Pointer + first,
        Slopes = exactSlopes.Pointer + first,
        Curvatures = curvatures.Pointer + first,
        Parameter = parameter,
    };
}

/// <summary>The rows that <see cref="SgdMiniBatchPass{TLoss}"/> works on at a time.</summary>
static class SgdMiniBatch
{
    /// <summary>Most rows whose gradients are added in float32, and that are taken from a tile at a time.</summary>
    public const int ChunkRows = 256;

    // A row is read twice, so those of a block should stay in the first-level cache.
    const int BlockBytes = 16 << 10;

    // As many as hide that a row's output, slope and part of the gradient wait for each other, and no more: memory is asked for rows while a gradient is added, and what is
    // asked in one go must be little enough to arrive by the next time.
    const int MostBlockRows = 32;

    /// <summary>Rows that go from outputs to gradient together, a multiple of 16.</summary>
    /// <param name="stride">Numbers of a padded row.</param>
    public static int BlockRowsFor(int stride) => Math.Clamp(BlockBytes / (sizeof(float) * stride) / 16 * 16, 16, MostBlockRows);

    /// <summary>Rows up to a multiple of 16.</summary>
    public static int Padded(int count) => (count + 15) / 16 * 16;

    /// <summary>Memory of a pass and of its gradient.</summary>
    public static long BytesFor(int outputs, int stride) =>
        sizeof(double) * ((4L * outputs + 3) * ChunkRows + (long)outputs * stride) + sizeof(float) * (long)outputs * (ChunkRows + 2L * stride);
}
