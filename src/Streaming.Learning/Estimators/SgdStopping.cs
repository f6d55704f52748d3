using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Counts the epochs whose loss did not fall below the best so far by a tolerance: scikit-learn's reason to end the training, or to make the
/// steps of the schedule <c>adaptive</c> smaller.
/// </summary>
/// <param name="tolerance">By how much the mean loss has to fall; null: there is no end before the last epoch.</param>
/// <param name="patience">Epochs without it that are too many.</param>
sealed class SgdStopping(double? tolerance, int patience) : IPersistent
{
    double best = double.PositiveInfinity;
    int idle;

    /// <summary>Takes the mean loss of an epoch; says whether there were too many in a row that did not get better, and counts anew if so.</summary>
    public bool IsStuck(double loss)
    {
        if (tolerance is not { } wanted)
            return false;

        idle = loss > best - wanted ? idle + 1 : 0;
        best = Math.Min(best, loss);
        if (idle < patience)
            return false;

        idle = 0;
        return true;
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref best);
        state.Value(ref idle);
    }
}
