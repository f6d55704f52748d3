using Streaming.Learning.Data;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>
/// A way to learn. Its public settable properties are its parameters, named and defaulted as in scikit-learn; setting them only
/// stores them. The command line and the model file find them by reflection (<see cref="EstimatorParameters"/>).
/// </summary>
public abstract class Estimator
{
    /// <summary>Name on the command line and in model files: scikit-learn's in kebab-case.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in one sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>What kind of target it learns.</summary>
    public abstract TargetKind TargetKind { get; }

    /// <summary>
    /// Whether adding a constant to a feature changes nothing that can't be undone exactly. If so, the runtime takes a value near
    /// the data off every feature while decoding, so that large values keep their digits.
    /// </summary>
    public abstract bool IsShiftInvariant { get; }

    /// <summary>Whether features must be counts, at least 0, and so can't be standardised. Default: they may be any numbers.</summary>
    public virtual bool NeedsCounts => false;

    /// <summary>Checks the parameters.</summary>
    /// <exception cref="ArgumentException">A parameter is out of range: names it, what was wanted, what was found.</exception>
    public abstract void Validate();

    /// <summary>
    /// The passes over the data that a run will ask for, in their order, and what each holds in memory beside its tiles: within a factor of
    /// two, which a test checks by counting. Asked before a row is read.
    /// </summary>
    /// <param name="run">The size of the run.</param>
    public abstract IReadOnlyList<PassPlan> Plan(RunShape run);

    /// <summary>Models that a run offers to choose from (<see cref="Fitting.Candidates"/>).</summary>
    public virtual int CandidateCount => 1;

    /// <summary>Starts to learn.</summary>
    public abstract Fitting Begin(FitContext context);

    /// <summary>Why a run of these parameters leaves nothing that a later one could go on from, whatever its rows were; null where it does (<see cref="IContinuing"/>).</summary>
    internal virtual string? WhyNotContinued => null;

    /// <summary>Whether its passes are the same for any parameters, so that many settings can be learned from those of one.</summary>
    internal virtual bool SharesPasses => false;

    /// <summary>Starts to learn from the passes of another setting of this estimator (<see cref="SharesPasses"/>).</summary>
    /// <param name="context">The run.</param>
    /// <param name="other">What asks for the passes.</param>
    internal virtual Fitting BeginBeside(FitContext context, Fitting other) =>
        throw new InvalidOperationException($"{Name} learns each setting from passes of its own.");
}
