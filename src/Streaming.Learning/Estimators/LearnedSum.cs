using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>All that an estimator learns which needs one sum over the rows: the pass for it, and going on from the rows of an earlier run.</summary>
/// <param name="purpose">What the pass is for.</param>
/// <param name="newSum">Makes an empty sum.</param>
/// <param name="needsDoubles">Whether tiles must bring their features as doubles.</param>
sealed class LearnedSum<TSum>(string purpose, Func<TSum> newSum, bool needsDoubles) : IPersistent, IContinuing
    where TSum : class, ISum<TSum>
{
    TSum? earlier;
    TSum? total;

    /// <summary>The sum over the rows of this run and of the one before it; there when the pass is over.</summary>
    public TSum Total => total!;

    /// <summary>The pass, or null when it is over.</summary>
    public Pass? NextPass() => total is null ? new SumPass<TSum>(purpose, newSum, Complete, needsDoubles) : null;

    /// <inheritdoc/>
    public void Persist(StateStream state) => state.Optional(ref total, newSum);

    /// <inheritdoc/>
    public void PersistLearned(StateStream state) => (total ?? (earlier = newSum())).Persist(state);

    void Complete(TSum sum)
    {
        earlier?.Merge(sum);
        total = earlier ?? sum;
    }
}
