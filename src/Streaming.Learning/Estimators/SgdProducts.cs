using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>Products of a panel's columns, weighted by a number per row; as many rows at a time as stay in the cache.</summary>
sealed unsafe class SgdProducts(int columns)
{
    const int Rows = 256;

    // No power of two, which would make columns evict each other.
    const int Stride = Rows + 8;

    readonly AlignedBlock<double> weighted = new(columns * Stride);
    readonly AlignedBlock<double> totals = new(columns * (columns + CrossProductKernel.Block) / 2);

    /// <summary>The products of <see cref="Compute"/>, as <see cref="CrossProductKernel"/> keeps them.</summary>
    public double* Totals => totals.Pointer;

    /// <summary>Memory of such products.</summary>
    public static long BytesFor(long columns) => sizeof(double) * (columns * Stride + columns * (columns + CrossProductKernel.Block) / 2);

    /// <summary>Computes Σ numbers · column · column for all pairs of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Compute(SgdPanel panel, double* numbers)
    {
        totals.Span.Clear();
        for (int first = 0; first < panel.PaddedRows; first += Rows)
        {
            int count = Math.Min(Rows, panel.PaddedRows - first);
            for (int j = 0; j <= panel.Features; j++)
            {
                double* from = panel.Column(j) + first, to = weighted.Pointer + (long)j * Stride;
                for (int i = 0; i < count; i += 8)
                    (Vector512.Load(from + i) * Vector512.Load(numbers + first + i)).Store(to + i);
            }

            var right = new PanelColumns(panel.Column(0) + first, panel.Stride);
            CrossProductKernel.Add(new PanelColumns(weighted.Pointer, Stride), right, panel.Features + 1, count, totals.Pointer);
        }
    }
}
