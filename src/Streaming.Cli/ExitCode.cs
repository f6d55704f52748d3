namespace Streaming.Cli;

/// <summary>What the command tells the shell; part of its contract.</summary>
static class ExitCode
{
    /// <summary>All was done.</summary>
    public const int Done = 0;

    /// <summary>The data or the run failed.</summary>
    public const int Failed = 1;

    /// <summary>The command was used wrongly.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C or SIGTERM: 128 + SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;
}
