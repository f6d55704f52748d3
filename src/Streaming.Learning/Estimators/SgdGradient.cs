using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>The gradients of a mini-batch's rows, added up: those that have come since the last step of <see cref="SgdWeights"/>.</summary>
/// <param name="outputs">Linear outputs.</param>
/// <param name="stride">Numbers of a padded row.</param>
sealed unsafe class SgdGradient(int outputs, int stride) : IPersistent
{
    readonly AlignedBlock<double> sums = new(checked(outputs * stride));
    readonly AlignedBlock<float> recent = new(checked(outputs * stride));
    readonly double[] intercepts = new double[outputs];
    int rows;

    /// <summary>Rows that have been added.</summary>
    public int Rows => rows;

    /// <summary>An output's sums of slope · row.</summary>
    public double* Of(int output) => sums.Pointer + (long)output * stride;

    /// <summary>An output's sum of slopes.</summary>
    public double InterceptOf(int output) => intercepts[output];

    /// <summary>Adds a block of rows to the sums of an output.</summary>
    /// <param name="output">The output.</param>
    /// <param name="values">The rows, padded.</param>
    /// <param name="slopes">Per row the derivative of its loss by the output, times its weight.</param>
    /// <param name="count">Rows.</param>
    public void Add(int output, float* values, float* slopes, int count) =>
        RowBlockKernels.AddScaled(values, stride, count, slopes, recent.Pointer + (long)output * stride);

    /// <summary>After a chunk of blocks: adds their sums, which are float32 till then, to those in double.</summary>
    /// <param name="output">The output.</param>
    /// <param name="slopes">The chunk's slopes; 0 up to a multiple of 8.</param>
    /// <param name="count">Its rows.</param>
    /// <returns>The largest slope's size.</returns>
    public double EndChunk(int output, float* slopes, int count)
    {
        RowBlockKernels.MoveTo(recent.Pointer + (long)output * stride, stride, Of(output));
        (double sum, double largest) = RowBlockKernels.SumAndLargest(slopes, count);
        intercepts[output] += sum;
        return largest;
    }

    /// <summary>Says that rows have been added for every output.</summary>
    public void Count(int count) => rows += count;

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        sums.Span.Clear();
        intercepts.AsSpan().Clear();
        rows = 0;
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Values(sums.Span);
        state.Values(intercepts.AsSpan());
        state.Value(ref rows);
    }
}
