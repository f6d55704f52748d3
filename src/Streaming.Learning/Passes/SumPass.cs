using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Passes;

/// <summary>A state that is a sum over rows. It is persistent between two tiles.</summary>
public interface ISum : IPersistent
{
    /// <summary>Adds the rows of a tile. Not called by two threads at once on the same state.</summary>
    void Add(RowBatch tile);
}

/// <summary>A sum that can take in another of its kind: the result is the sum over the rows of both.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface ISum<in TSelf> : ISum
    where TSelf : ISum<TSelf>
{
    /// <summary>Adds the rows that <paramref name="other"/> has seen; <paramref name="other"/> is not used afterwards.</summary>
    void Merge(TSelf other);
}

/// <summary>The face that <see cref="SumPass{TState}"/> shows to the runtime.</summary>
public abstract class SumPass : Pass
{
    internal SumPass(string purpose)
        : base(purpose)
    {
    }

    internal abstract ISum NewState();

    internal abstract void Complete(ReadOnlySpan<ISum> partitions);
}

/// <summary>A pass whose state is a sum over rows: each partition sums by itself, the sums are merged once, in partition order.</summary>
/// <typeparam name="TState">The sum.</typeparam>
public sealed class SumPass<TState> : SumPass
    where TState : class, ISum<TState>
{
    readonly Func<TState> newState;
    readonly Action<TState> completed;
    readonly bool needsDoubles;

    /// <summary>Creates a pass.</summary>
    /// <param name="purpose">What the pass is for, as progress shows it.</param>
    /// <param name="newState">Makes an empty sum; called once per partition.</param>
    /// <param name="completed">Receives the sum over all rows when the pass is over.</param>
    /// <param name="needsDoubles">Whether tiles must bring their features as doubles.</param>
    public SumPass(string purpose, Func<TState> newState, Action<TState> completed, bool needsDoubles = false)
        : base(purpose)
    {
        this.newState = newState;
        this.completed = completed;
        this.needsDoubles = needsDoubles;
    }

    /// <inheritdoc/>
    public override bool NeedsDoubles => needsDoubles;

    internal override ISum NewState() => newState();

    internal override void Complete(ReadOnlySpan<ISum> partitions)
    {
        TState total = newState();
        foreach (ISum partition in partitions)
            total.Merge((TState)partition);

        completed(total);
    }
}
