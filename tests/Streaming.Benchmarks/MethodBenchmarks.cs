using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Streaming.Benchmarks;

/// <summary>The benchmarks that BenchmarkDotNet runs.</summary>
static class MethodBenchmarks
{
    /// <summary>Runs those that its arguments choose.</summary>
    public static void Run(string[] args)
    {
        // Whole runs of seconds, timed one by one in this process: the machines are shared and noisy, and what counts are ratios of the same run.
        Job job = Job.Default
            .WithStrategy(RunStrategy.Monitoring)
            .WithWarmupCount(2)
            .WithIterationCount(5)
            .WithInvocationCount(1)
            .WithUnrollFactor(1)
            .WithToolchain(InProcessEmitToolchain.Instance);
        BenchmarkSwitcher.FromAssembly(typeof(MethodBenchmarks).Assembly).Run(args, DefaultConfig.Instance.AddJob(job).AddColumn(StatisticColumn.Median));
    }
}
