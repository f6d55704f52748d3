using System.CommandLine;
using Streaming.Benchmarks;
using Streaming.Benchmarks.Decode;
using Streaming.Benchmarks.Scale;

// Harnesses of our own by name; anything else is for BenchmarkDotNet.
var root = new RootCommand("Benchmarks of Streaming.") { DecodeVersusPeers.Create(), OpenManyFiles.Create(), BigRowGroup.Create(), RuntimeOverhead.Create() };
if (args.Length > 0 && root.Subcommands.Any(c => c.Name == args[0]))
    return root.Parse(args).Invoke();

MethodBenchmarks.Run(args);
return 0;
