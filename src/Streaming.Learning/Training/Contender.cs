using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>One candidate of a run while it learns: how far it is, and how well it did by epoch.</summary>
/// <param name="candidate">What learns.</param>
/// <param name="epochs">Passes of its training loop.</param>
/// <param name="fitting">What it has learned.</param>
/// <param name="leader">The candidate whose passes teach this one as well; null where it asks for its own.</param>
/// <param name="options">When to stop.</param>
sealed class Contender(SweepCandidate candidate, int epochs, Fitting fitting, Contender? leader, TrainingOptions options) : IPersistent
{
    Pass? pass;
    bool isOver;
    bool hasDiverged;
    int passes;
    int droppedAfter;

    // Whether nothing was learned since the last epoch was scored.
    bool isScored;

    // What the last pass told of itself.
    string? progressiveName;
    double progressiveValue;

    public SweepCandidate Candidate => candidate;

    public Fitting Fitting { get; private set; } = fitting;

    public EpochHistory History { get; } = new(options);

    /// <summary>Whether it learns no more.</summary>
    public bool IsOver => isOver;

    /// <summary>Whether its numbers have run away.</summary>
    public bool HasDiverged => hasDiverged;

    /// <summary>The epoch after which it was dropped; 0 if it was not.</summary>
    public int DroppedAfter => droppedAfter;

    /// <summary>Whether its model can be the run's.</summary>
    public bool IsInContest => !hasDiverged && droppedAfter == 0;

    /// <summary>Whether an epoch of its own is still to come.</summary>
    public bool HasEpochsLeft => !isOver && Fitting.Epochs < epochs;

    /// <summary>Whether an epoch has ended that was not scored.</summary>
    public bool AwaitsScores => !hasDiverged && Fitting.Epochs > History.Epochs.Count;

    /// <summary>Passes of the run by the end of its own; null while it learns.</summary>
    public int? Passes => isOver ? passes : null;

    /// <summary>Epochs that its model stands for: fewer than were wanted where early stopping or its own <c>tol</c> ended it.</summary>
    public int LearnedEpochs => isOver && options.EarlyStopping ? History.Chosen!.Epoch : Fitting.Epochs > 0 ? Fitting.Epochs : epochs;

    /// <summary>Scores of its model that are known already; null where it has learned since.</summary>
    public Scores? Settled => isScored || options.EarlyStopping ? History.Chosen?.Scores : null;

    /// <summary>The next pass, or null: it is over, or learns from its leader's.</summary>
    /// <param name="passesSoFar">Passes of the run so far.</param>
    public Pass? NextPass(int passesSoFar)
    {
        if (isOver || leader is { IsOver: false })
            return null;

        pass = History.IsStuck ? null : Fitting.NextPass();
        if (pass == null)
            (isOver, passes) = (true, passesSoFar);
        else
            isScored = false;

        return pass;
    }

    /// <summary>Its pass is over.</summary>
    /// <param name="ranAway">Whether its numbers did.</param>
    public void EndPass(bool ranAway)
    {
        (progressiveName, progressiveValue) = pass?.Progress is { } told ? told : (null, 0);
        pass = null;
        hasDiverged = ranAway;
        isOver |= ranAway;
    }

    /// <summary>Its epoch has been scored.</summary>
    public void EndEpoch(Scores scores)
    {
        Metric? progressive = progressiveName == null ? null : new Metric(progressiveName, progressiveValue);
        History.Add(new EpochScore(Fitting.Epochs, progressive, scores), () => StateWriter.ToBytes(Fitting));
        isScored = true;
    }

    /// <summary>It learns no more, because others do better.</summary>
    public void Drop() => (isOver, droppedAfter) = (true, Fitting.Epochs);

    /// <summary>Goes back to what it had learned by the end of its best epoch.</summary>
    /// <param name="begin">Begins as it once began.</param>
    public void ReturnToBest(Func<SweepCandidate, Fitting> begin)
    {
        Fitting = begin(candidate);
        StateReader.Restore(Fitting, History.BestState);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        if (leader == null)
            Fitting.Persist(state);

        History.Persist(state);
        state.Value(ref isOver);
        state.Value(ref hasDiverged);
        state.Value(ref passes);
        state.Value(ref droppedAfter);
        state.Value(ref isScored);
        state.Text(ref progressiveName);
        state.Value(ref progressiveValue);
    }
}
