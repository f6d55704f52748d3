namespace Streaming.Benchmarks.Peers;

/// <summary>A line of the table: what a contender did.</summary>
/// <param name="Set">The data's title.</param>
/// <param name="Rows">Rows that were learned from.</param>
/// <param name="Job">The job.</param>
/// <param name="Contender">Who did it.</param>
/// <param name="Outcome">What it took; null where it did not run.</param>
/// <param name="Quality">How good the answer is; of one that did not run, the reason.</param>
sealed record PeerRow(string Set, long Rows, PeerJob Job, Contender Contender, PeerOutcome? Outcome, string Quality)
{
    /// <summary>Seconds of a scan by DuckDB, added to those of a contender in memory; 0 in rows that were measured.</summary>
    public double ComputedScan { get; init; }

    /// <summary>Seconds of a warm fit.</summary>
    public double? Seconds => Outcome?.Again + ComputedScan;

    /// <summary>Where its rows come from.</summary>
    public string Input => ComputedScan > 0 ? $"computed: in memory + DuckDB's scan" : Contender.Input;
}
