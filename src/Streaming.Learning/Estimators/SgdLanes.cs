using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Up to eight epochs of <see cref="SgdPass{TLoss}"/> on the same rows, a lane each. Alone, a row costs waiting; eight wait at the same
/// time. Every lane does what its pass does alone, in the same order, so that it learns the same bits; between tiles all that it has
/// learned is where it is alone.
/// </summary>
sealed unsafe class SgdLanes<TLoss>
    where TLoss : ISgdLoss
{
    /// <summary>Epochs that learn together.</summary>
    public const int Count = 8;

    readonly SgdPass<TLoss>[] passes;
    readonly AlignedBlock<double> weights;
    readonly AlignedBlock<double> rows;
    readonly double[] numbers = new double[Count];
    readonly bool fitIntercept;
    readonly LearningRateSchedule schedule;
    readonly Vector512<double> alpha;
    readonly Vector512<double> start;
    readonly Vector512<double> scale;
    readonly Vector512<double> eta0;
    readonly Vector512<double> powerT;
    readonly Vector512<double> decay;
    readonly Vector512<double> parameter;
    readonly int stride;

    /// <summary>Joins passes of one <see cref="SgdPass{TLoss}.LaneKey"/>.</summary>
    public SgdLanes(SgdPass<TLoss>[] passes)
    {
        this.passes = passes;
        stride = passes[0].Weights.Stride;
        weights = new AlignedBlock<double>(checked(stride * Count));
        rows = new AlignedBlock<double>(3 * stride);
        fitIntercept = passes[0].Weights.FitsIntercept;
        schedule = passes[0].Weights.Schedule.Kind;
        alpha = Gather(static p => p.Weights.Schedule.Alpha);
        start = Gather(static p => p.Weights.Schedule.Start);
        scale = Gather(static p => p.Weights.Schedule.Scale);
        eta0 = Gather(static p => p.Weights.Schedule.Fixed);
        powerT = Gather(static p => p.Weights.Schedule.PowerT);
        decay = Gather(static p => p.Weights.Schedule.Decay);
        parameter = Gather(static p => p.Parameter);
    }

    /// <summary>Learns a tile; whether a lane ran away is for its pass to find.</summary>
    public void Learn(RowBatch tile)
    {
        if (tile.RowCount == 0)
            return;

        for (int lane = 0; lane < passes.Length; lane++)
        {
            passes[lane].Weights.CopyTo(weights.Pointer + lane, Count);
            numbers[lane] = passes[lane].Weights.Output(0, tile.Rows);
        }

        ClassWeights classWeights = passes[0].ClassWeights;
        Vector512<double> output = Vector512.Create(numbers);
        Vector512<double> intercept = Gather(static p => p.Weights.Intercept), count = Gather(static p => p.Weights.Steps);
        Vector512<double> largest = Gather(static p => p.Weights.LargestGradient), lossSum = Gather(static p => p.Validation.LossSum);
        Vector512<double> weightSum = Gather(static p => p.Validation.WeightSum), rightSum = Gather(static p => p.Validation.RightSum);
        double* row = rows.Pointer, next = row + stride, after = next + stride;
        Widen(tile, 0, row);
        Widen(tile, 1, next);
        (Vector512<double> ahead, double overlap) = CandidateKernels.Dots(weights.Pointer, row, next, stride);
        for (int i = 0; i < tile.RowCount; i++)
        {
            Widen(tile, i + 2, after);

            double target = tile.TargetPointer[i];
            Vector512<double> rowWeight = Vector512.Create(classWeights.Of(tile, i));
            count += Vector512<double>.One;
            Vector512<double> eta = StepAt(count);
            Vector512<double> shrink = Vector512.Max(Vector512<double>.Zero, Vector512<double>.One - eta * decay);
            (Vector512<double> loss, Vector512<double> gradient) = TLoss.At(output, Vector512.Create(target), parameter);

            weightSum += rowWeight;
            lossSum += loss * rowWeight;
            Vector512<double> saysOne = Vector512.GreaterThan(output, Vector512<double>.Zero);
            rightSum += rowWeight & (target > 0.5 ? saysOne : ~saysOne);
            largest = Vector512.Max(largest, Vector512.Abs(gradient));

            Vector512<double> step = -eta * rowWeight * gradient;
            // The next row's output waits for the step alone: while the step is taken, its loss is computed.
            Vector512<double> slope = Vector512.Create(overlap + (fitIntercept ? 1 : 0));
            output = Vector512.FusedMultiplyAdd(step, slope, Vector512.FusedMultiplyAdd(shrink, ahead, intercept));
            if (fitIntercept)
                intercept += step;

            (ahead, overlap) = CandidateKernels.StepAndDots(weights.Pointer, row, next, after, stride, shrink, step);
            double* learned = row;
            row = next;
            next = after;
            after = learned;
        }

        for (int lane = 0; lane < passes.Length; lane++)
        {
            SgdWeights to = passes[lane].Weights;
            to.CopyFrom(weights.Pointer + lane, Count);
            (to.Intercept, to.Steps, to.LargestGradient) = (intercept[lane], (long)count[lane], largest[lane]);
            SgdProgress progress = passes[lane].Validation;
            (progress.WeightSum, progress.LossSum, progress.RightSum) = (weightSum[lane], lossSum[lane], rightSum[lane]);
        }
    }

    // As SgdSchedule.StepAt.
    Vector512<double> StepAt(Vector512<double> count) => schedule switch
    {
        LearningRateSchedule.Optimal => scale / (alpha * (start + count - Vector512<double>.One)),
        LearningRateSchedule.Invscaling => eta0 * ElementaryLanes.Pow(count, -powerT),
        _ => eta0,
    };

    // Behind the last row there is none; what is there meanwhile tells nobody anything.
    void Widen(RowBatch tile, int row, double* to)
    {
        if (row >= tile.RowCount)
            return;

        float* from = tile.Rows + (long)row * stride;
        for (int j = 0; j < stride; j += 8)
            Lanes.Widen(from + j).StoreAligned(to + j);
    }

    // A number of every pass; lanes without one get the first's.
    Vector512<double> Gather(Func<SgdPass<TLoss>, double> number)
    {
        for (int lane = 0; lane < Count; lane++)
            numbers[lane] = number(passes[lane < passes.Length ? lane : 0]);

        return Vector512.Create(numbers);
    }
}
