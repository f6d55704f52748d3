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

    /// <summary>The processor, with its family and model, as virtual machines give many the same name.</summary>
    public static string Processor()
    {
        string name = Find("model name") ?? $"{RuntimeInformation.ProcessArchitecture} processor";
        return Find("cpu family") is { } family ? $"{name} (family {family}, model {Find("model")})" : name;
    }

    static string? Find(string key)
    {
        const string Information = "/proc/cpuinfo";
        return File.Exists(Information)
            ? File.ReadLines(Information).Select(l => l.Split(':', 2)).FirstOrDefault(l => l.Length == 2 && l[0].Trim() == key)?[1].Trim()
            : null;
    }
}
