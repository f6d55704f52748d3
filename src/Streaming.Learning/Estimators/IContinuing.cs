using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>A <see cref="Fitting"/> that can go on from a finished model with other rows, as if they had come after those it has seen.</summary>
public interface IContinuing
{
    /// <summary>
    /// Shows what was learned to <paramref name="state"/>: written when the last pass is over, read before the first one, in a run that
    /// goes on from there. Unlike checkpoints, it is about the rows that were, not about a place in the run.
    /// </summary>
    void PersistLearned(StateStream state);
}
