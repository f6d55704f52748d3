using Streaming.Cli;
using Streaming.Cli.Output;

using var signals = new StopSignals();
return await CommandLine.RunAsync(args, CommandConsole.OfProcess(), signals.Token);
