using System.CommandLine;
using Streaming.Storage;

namespace Streaming.Cli.Options;

/// <summary>The options of every command that runs over data: threads, memory, the form of the result.</summary>
sealed class RunOptions
{
    readonly Option<int?> workers = OptionKinds.Count(
        "--workers", "Threads that decode and compute; the result does not depend on it. [default: the processors of this machine]");

    readonly Option<long?> memory = OptionKinds.Size(
        "--memory", "Memory for data: 512MB, 2GiB. [default: a quarter of what the machine or its container has]");

    readonly Option<bool> json = OptionKinds.Json();

    /// <summary>Offers the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(workers);
        command.Options.Add(memory);
        command.Options.Add(json);
    }

    /// <summary>Threads.</summary>
    public int Workers(ParseResult parsed) => parsed.GetValue(workers) ?? Environment.ProcessorCount;

    /// <summary>Whether the result is to be JSON.</summary>
    public bool Json(ParseResult parsed) => parsed.GetValue(json);

    /// <summary>The pool that all memory for data counts against.</summary>
    public BufferPool OpenPool(ParseResult parsed) =>
        new(parsed.GetValue(memory) ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
}
