using Streaming.Benchmarks.Decode;
using Streaming.Benchmarks.Kernels;

namespace Streaming.Benchmarks.Guard;

/// <summary>What the guard looks at: one case for each thing that runs time is spent on, beside a peer that does the same or a ceiling.</summary>
sealed class GuardCases : IDisposable
{
    const int Rows = 2 * 122_880;

    readonly KernelTiles tiles = new();
    readonly StreamingPeer decoder = new();
    readonly string path = BenchmarkData.Real(Rows, "DOUBLE", "snappy");

    /// <summary>The cases; ratios are speeds in units of the peer's.</summary>
    public IReadOnlyList<KernelCase> All()
    {
        var arrow = new ParquetSharpPeer();
        return
        [
            KernelCases.Assignment(tiles, 16, 8, 0.75),
            KernelCases.Assignment(tiles, 64, 256, 0.85),
            KernelCases.Update(tiles, 16, 8),
            KernelCases.Covariance(tiles, 28, 0.8),
            KernelCases.PerSample(tiles, 28),
            KernelCases.Curvature(tiles, 28),
            new("decoding", "Mrow/s", () => decoder.Sum(path, 1), 1e-6 * Rows, () => arrow.Sum(path, 1), 1e-6 * Rows, "ParquetSharp"),
        ];
    }

    public void Dispose()
    {
        decoder.Dispose();
        tiles.Dispose();
    }
}
