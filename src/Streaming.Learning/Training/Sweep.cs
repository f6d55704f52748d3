using Streaming.Learning.Estimators;
using Streaming.Learning.Passes;
using Streaming.Learning.Training.Planning;

namespace Streaming.Learning.Training;

/// <summary>
/// Many settings of an estimator, learned from one reading of the data: every tile is decoded once and goes to all candidates. Each learns
/// what it would learn alone with the same options, bit for bit; the rows kept for scoring decide which is the run's model.
/// </summary>
public sealed class Sweep
{
    /// <summary>Creates a sweep.</summary>
    /// <param name="candidates">What to try: estimators of one kind that read the data in the same way.</param>
    /// <exception cref="ArgumentException">There is none, or they are of several kinds.</exception>
    public Sweep(IReadOnlyList<SweepCandidate> candidates)
    {
        if (candidates.Count == 0)
            throw new ArgumentException("Wanted at least one candidate, found none.", nameof(candidates));

        if (candidates.FirstOrDefault(c => c.Estimator.GetType() != candidates[0].Estimator.GetType()) is { } other)
        {
            throw new ArgumentException(
                $"Wanted candidates of one estimator, found {candidates[0].Estimator.Name} and {other.Estimator.Name}.", nameof(candidates));
        }

        Candidates = candidates;
    }

    /// <summary>What is tried, in the order of its scores.</summary>
    public IReadOnlyList<SweepCandidate> Candidates { get; }

    /// <summary>Epochs after which, each time, poor candidates are dropped; at least 1, and less than those of the candidate that has most. Default: null, never.</summary>
    public int? DropAfter { get; init; }

    /// <summary>Share of the candidates still learning that is kept then, rounded up; above 0 and below 1. Default: 0.5, successive halving.</summary>
    public double Keep { get; init; } = 0.5;

    /// <summary>Whether there is anything to choose from.</summary>
    internal bool IsContest => Candidates.Count > 1;

    /// <summary>One of the estimators, for what they have in common.</summary>
    internal Estimator First => Candidates[0].Estimator;

    /// <summary>The sweep of a single estimator: an ordinary run.</summary>
    internal static Sweep Of(Estimator estimator) => new([new SweepCandidate("", estimator)]);

    /// <summary>Models that the run offers to choose from.</summary>
    internal int ModelCount => Candidates.Sum(c => c.Estimator.CandidateCount);

    /// <summary>Passes of a candidate's training loop.</summary>
    internal static int EpochsOf(SweepCandidate candidate, TrainingOptions options) => candidate.Epochs ?? options.Epochs;

    /// <summary>Checks the parameters of all candidates, and that they can learn together.</summary>
    /// <exception cref="ArgumentException">They can't: says why.</exception>
    internal void Validate(TrainingOptions options)
    {
        foreach (SweepCandidate candidate in Candidates)
        {
            candidate.Estimator.Validate();
            TrainingOptions.AtLeastOne(EpochsOf(candidate, options), "epochs");
        }

        if (DropAfter is { } epochs)
            TrainingOptions.AtLeastOne(epochs, "drop-after");

        if (!(Keep > 0 && Keep < 1))
            throw new ArgumentException($"Option keep: wanted a share above 0 and below 1, found {Keep}.");

        if (!IsContest)
            return;

        if (!options.KeepsRowsForScoring)
            throw new ArgumentException("A sweep wants rows to choose by that nothing learns from: give a holdout (--holdout 0.2) or other data (--validation PATH).");

        if (options.Init != null)
            throw new ArgumentException("Option init: a sweep can't go on from a finished model; leave it out, or fit one candidate.");

        if (Candidates.FirstOrDefault(c => c.Estimator.IsShiftInvariant != First.IsShiftInvariant) is { } other)
            throw Differ(other);
    }

    /// <summary>The passes of all candidates together.</summary>
    internal IReadOnlyList<PassPlan> Plan(RunShape run) =>
        IsContest ? JointPlan.Of(this, run) : First.Plan(run);

    /// <summary>What is said where two candidates want different tiles.</summary>
    internal ArgumentException Differ(SweepCandidate other)
    {
        IEnumerable<string> differing = EstimatorParameters.Of(First.GetType()).Where(p => p.Format(First) != p.Format(other.Estimator)).Select(p => p.SnakeName);
        return new(
            $"The candidates of a sweep must read the data in the same way; '{Candidates[0].Name}' and '{other.Name}' do not. "
            + $"Give {string.Join(" and ", differing)} one value in a sweep, and make one for each.");
    }
}
