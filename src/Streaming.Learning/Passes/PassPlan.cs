namespace Streaming.Learning.Passes;

/// <summary>How the tiles of a pass combine; see <see cref="Pass"/>.</summary>
public enum PassKind
{
    /// <summary>Each partition sums by itself (<see cref="SumPass{TState}"/>).</summary>
    Sum,

    /// <summary>Partitions work on a round in parallel (<see cref="RoundPass{TContribution}"/>).</summary>
    Round,

    /// <summary>One tile after another (<see cref="OrderedPass"/>).</summary>
    Ordered,
}

/// <summary>
/// What is known of a pass before a row is read: the tiles that it wants and the memory that it holds beside them. An estimator states
/// it (<see cref="Estimators.Estimator.Plan"/>), so that a run that can't fit into its memory is refused before it begins.
/// </summary>
/// <param name="Kind">How tiles combine.</param>
/// <param name="Purpose">What the pass is for, as <see cref="Pass.Purpose"/> without its number: "epoch".</param>
public sealed record PassPlan(PassKind Kind, string Purpose)
{
    /// <summary>How often the pass is run at least. Default: 1.</summary>
    public int Least { get; init; } = 1;

    /// <summary>How often the pass is run at most; null where nobody knows. Default: 1.</summary>
    public int? Most { get; init; } = 1;

    /// <summary>Whether there is a model after each of these passes, which can be scored.</summary>
    public bool IsEpoch { get; init; }

    /// <summary>As <see cref="Pass.NeedsRowMajor"/>.</summary>
    public bool NeedsRowMajor { get; init; }

    /// <summary>As <see cref="Pass.NeedsDoubles"/>.</summary>
    public bool NeedsDoubles { get; init; }

    /// <summary>As <see cref="OrderedPass.WantsShuffledRows"/>.</summary>
    public bool WantsShuffledRows { get; init; }

    /// <summary>Bytes that the pass holds for each partition: its sum, or its contribution to a round.</summary>
    public long PartitionBytes { get; init; }

    /// <summary>
    /// Bytes that it holds once, whatever the partitions: parameters, results of the passes before it, and what is made of its sum.
    /// </summary>
    public long FixedBytes { get; init; }

    /// <summary>All that the pass holds beside its tiles.</summary>
    public long StateBytes(int partitions) => PartitionBytes * partitions + FixedBytes;

    /// <summary>What a pass at hand wants of tiles; what it holds is known to its estimator only.</summary>
    public static PassPlan Of(Pass pass) => new(KindOf(pass), pass.Purpose)
    {
        NeedsRowMajor = pass.NeedsRowMajor,
        NeedsDoubles = pass.NeedsDoubles,
        WantsShuffledRows = pass is OrderedPass { WantsShuffledRows: true },
    };

    static PassKind KindOf(Pass pass) => pass switch
    {
        SumPass => PassKind.Sum,
        RoundPass => PassKind.Round,
        OrderedPass => PassKind.Ordered,
        _ => throw new ArgumentException($"'{pass.GetType().Name}' is no kind of pass that can be run.", nameof(pass)),
    };
}
