using System.CommandLine;
using Streaming.Storage;

namespace Streaming.Cli.Options;

/// <summary>The options of every command that runs over data: threads and memory.</summary>
sealed class RunOptions
{
    readonly Option<int?> workers = OptionKinds.Count(
        "--workers", "Threads that decode and compute; the result does not depend on it. [default: the processors of this machine]");

    readonly Option<long?> memory = OptionKinds.Size(
        "--memory", "Memory for data: 512MB, 2GiB. [default: a quarter of what the machine or its container has]");

    /// <summary>Offers the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(workers);
        command.Options.Add(memory);
    }

    /// <summary>Threads.</summary>
    public int Workers(ParseResult parsed) => parsed.GetValue(workers) ?? Environment.ProcessorCount;

    /// <summary>The pool that all memory for data counts against.</summary>
    public BufferPool OpenPool(ParseResult parsed) =>
        new(parsed.GetValue(memory) ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
}
