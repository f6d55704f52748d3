using System.CommandLine;
using Streaming.Benchmarks;
using Streaming.Benchmarks.Decode;
using Streaming.Benchmarks.Guard;
using Streaming.Benchmarks.Kernels;
using Streaming.Benchmarks.Peers;
using Streaming.Benchmarks.Scale;
using Streaming.Benchmarks.Storage;

// Harnesses of our own by name; anything else is for BenchmarkDotNet.
var root = new RootCommand("Benchmarks of Streaming.")
{
    DecodeVersusPeers.Create(),
    ZstdShare.Create(),
    OpenManyFiles.Create(),
    BigRowGroup.Create(),
    RuntimeOverhead.Create(),
    FitProfile.Create(),
    ScaleBenchmark.Create(),
    ScaleBenchmark.CreateFit(),
    LinkUse.Create(),
    S3Throughput.Create(),
    LoopbackServer.Create(),
    SweepVersusFit.Create(),
    CacheVersusDecode.Create(),
    PeersBenchmark.Create(),
    PeersBenchmark.CreateFit(),
    KernelsBenchmark.Create(),
    PartialFitBenchmark.Create(),
    SgdFitBenchmark.Create(),
    PcaFitBenchmark.Create(),
    GuardBenchmark.Create(),
};
if (args.Length > 0 && root.Subcommands.Any(c => c.Name == args[0]))
    return root.Parse(args).Invoke();

MethodBenchmarks.Run(args);
return 0;
