using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>How well a run did by the end of one of its epochs.</summary>
/// <param name="Epoch">1-based number of the epoch.</param>
/// <param name="Progressive">What the epoch itself told, each row scored before it was learned; null where it tells nothing.</param>
/// <param name="Scores">Scores on the held-out or validation rows.</param>
public sealed record EpochScore(int Epoch, Metric? Progressive, Scores Scores);

/// <summary>The epochs of a run so far, and when to stop: the errors on rows that were not learned from decide.</summary>
sealed class EpochHistory(TrainingOptions options) : IPersistent
{
    readonly List<EpochScore> epochs = [];
    double lowest = double.PositiveInfinity;
    int best;
    int lastGain;
    byte[] bestState = [];

    /// <summary>The epochs, in their order.</summary>
    public IReadOnlyList<EpochScore> Epochs => epochs;

    /// <summary>Whether the last epochs, as many as the run has patience for, have gained next to nothing.</summary>
    public bool IsStuck => options.EarlyStopping && epochs.Count - lastGain >= options.Patience;

    /// <summary>The epoch whose model is the run's: the last one, or with early stopping the best.</summary>
    public EpochScore? Chosen => epochs.Count == 0 ? null : epochs[options.EarlyStopping ? best : ^1];

    /// <summary>What had been learned by the end of the best epoch; kept for early stopping only.</summary>
    public byte[] BestState => bestState;

    /// <summary>Adds an epoch.</summary>
    /// <param name="epoch">How well it did.</param>
    /// <param name="state">Writes down what has been learned.</param>
    public void Add(EpochScore epoch, Func<byte[]> state)
    {
        epochs.Add(epoch);
        double error = CandidateScore.ErrorsOf([epoch.Scores.Metrics])[0];
        if (error < lowest * (1 - options.MinImprovement) || lastGain == 0)
            lastGain = epochs.Count;

        if (!(error < lowest) && epochs.Count > 1)
            return;

        lowest = error;
        best = epochs.Count - 1;
        if (options.EarlyStopping)
            bestState = state();
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        int count = epochs.Count;
        state.Value(ref count);
        if (state.IsReading)
            epochs.Clear();

        for (int i = 0; i < count; i++)
        {
            EpochScore epoch = Persisted(state, i < epochs.Count ? epochs[i] : new EpochScore(i + 1, null, new Scores([], 0, "")));
            if (state.IsReading)
                epochs.Add(epoch);
        }

        state.Value(ref lowest);
        state.Value(ref best);
        state.Value(ref lastGain);
        state.Array(ref bestState);
    }

    static EpochScore Persisted(StateStream state, EpochScore epoch)
    {
        IReadOnlyList<Metric> progressive = Persisted(state, epoch.Progressive == null ? [] : [epoch.Progressive]);
        IReadOnlyList<Metric> metrics = Persisted(state, epoch.Scores.Metrics);
        long rows = epoch.Scores.Rows;
        string? on = epoch.Scores.On;
        string[] reasons = [.. epoch.Scores.Rejected.Select(r => r.Reason)];
        long[] rejected = [.. epoch.Scores.Rejected.Select(r => r.Rows)];
        state.Value(ref rows);
        state.Text(ref on);
        state.Texts(ref reasons);
        state.Array(ref rejected);
        var scores = new Scores(metrics, rows, on!) { Rejected = [.. reasons.Zip(rejected, (r, n) => new RejectedRows(r, n))] };
        return new EpochScore(epoch.Epoch, progressive.Count == 0 ? null : progressive[0], scores);
    }

    static Metric[] Persisted(StateStream state, IReadOnlyList<Metric> metrics)
    {
        string[] names = [.. metrics.Select(m => m.Name)];
        string[] classes = [.. metrics.Select(m => m.Class ?? "")];
        bool[] haveClass = [.. metrics.Select(m => m.Class != null)];
        double[] values = [.. metrics.Select(m => m.Value)];
        state.Texts(ref names);
        state.Texts(ref classes);
        state.Array(ref haveClass);
        state.Array(ref values);
        return [.. names.Select((n, i) => new Metric(n, values[i], haveClass[i] ? classes[i] : null))];
    }
}
