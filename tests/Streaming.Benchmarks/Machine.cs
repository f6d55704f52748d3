using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Benchmarks;

/// <summary>What a benchmark runs on, in a sentence.</summary>
static class Machine
{
    /// <summary>Processor, processors that may be used, instruction sets, memory, system, runtime.</summary>
    public static string Describe()
    {
        string sets = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "neither AVX-512 nor AVX2";
        double memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        return FormattableString.Invariant(
            $"{Processor()}, {Environment.ProcessorCount} processors, {sets}, {memory:F0} GiB; {RuntimeInformation.OSDescription}, .NET {Environment.Version}.");
    }

    static string Processor()
    {
        const string Information = "/proc/cpuinfo";
        string? line = File.Exists(Information) ? File.ReadLines(Information).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? $"{RuntimeInformation.ProcessArchitecture} processor";
    }
}
