using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// A start by k-means|| (Bahmani, Moseley, Vattani, Kumar, Vassilvitskii, "Scalable k-means++", VLDB 2012): each pass draws 2 k rows at once, with chances by their squared
/// distance from those drawn before, and one more pass weighs the candidates by the rows that are nearest to them. The first rows are drawn at equal chances. A draw takes exactly as
/// many rows as wanted (priority sampling), so it needs no pass before it for the sum of the distances; a candidate counts where the mean
/// of its rows is.
/// </summary>
/// <param name="estimator">The parameters.</param>
/// <param name="context">The run.</param>
sealed class ScalableStart(KMeansEstimator estimator, FitContext context) : ClusterStart(estimator, context)
{
    // Draws by distance after the first one; the paper finds five enough.
    const int Rounds = 5;

    const string DrawPurpose = "k-means||, candidates";
    const string WeighPurpose = "k-means||, weights";

    readonly int perRound = DrawnPerRound(estimator);
    double[] candidates = [];
    int round;

    /// <summary>The passes, and what is left of them for those that follow.</summary>
    public static (IReadOnlyList<PassPlan> Passes, long Held) Plan(KMeansEstimator estimator, RunShape run)
    {
        int drawn = DrawnPerRound(estimator), all = drawn * (1 + Rounds);
        long held = SampleClustering.BytesFor(all, estimator.NClusters, run.Features, estimator.NInit)
            + 2 * ClusterCenters.BytesFor(all, run.Features);
        return
        (
            [
                new PassPlan(PassKind.Round, DrawPurpose)
                {
                    Least = 1 + Rounds,
                    Most = 1 + Rounds,
                    PartitionBytes = SamplePass.ContributionBytes(run.Features, run.BatchSize),
                    FixedBytes = held + RowSample.BytesFor(run.Features, drawn, run.RowCount),
                },
                new PassPlan(PassKind.Sum, WeighPurpose)
                {
                    PartitionBytes = LloydSums.BytesFor(all, run.Features, run.BatchSize),
                    FixedBytes = held + LloydSums.BytesFor(all, run.Features, run.BatchSize),
                },
            ],
            held
        );
    }

    /// <inheritdoc/>
    public override void Persist(StateStream state)
    {
        state.Value(ref round);
        state.Array(ref candidates);
        base.Persist(state);
    }

    /// <inheritdoc/>
    protected override Pass Next()
    {
        int features = Context.Features.Count;
        ClusterCenters? drawn = candidates.Length == 0 ? null : new ClusterCenters(candidates.Length / features, features);
        candidates.CopyTo(drawn?.Values ?? [], 0);
        drawn?.Pack();
        if (round > Rounds)
            return new SumPass<LloydSums>(WeighPurpose, () => new LloydSums(drawn!, Context.BatchSize), Weigh);

        return new SamplePass(
            DrawPurpose,
            new RowSample(features, drawn == null ? perRound : 0, drawn == null ? 0 : perRound, Context.RowCount, Context.Seed, round, drawn),
            features,
            Context.BatchSize,
            TakeOver);
    }

    void TakeOver(RowSample sample)
    {
        SampledRows rows = sample.ToRows(Context.Workers);
        int features = Context.Features.Count;
        var values = new float[features];
        var added = new double[rows.Count * features];
        for (int i = 0; i < added.Length; i++)
        {
            if (i % features == 0)
                rows.Get(i / features, values);

            added[i] = values[i % features];
        }

        candidates = [.. candidates, .. added];
        round++;
    }

    void Weigh(LloydSums sums)
    {
        int features = Context.Features.Count;
        int[] used = [.. Enumerable.Range(0, candidates.Length / features).Where(c => sums.Groups.Weights[c] > 0)];
        var rows = new SampledRows(used.Length, features, Context.Workers);
        var mean = new float[features];
        for (int i = 0; i < used.Length; i++)
        {
            double weight = sums.Groups.Weights[used[i]];
            ReadOnlySpan<double> sum = sums.Groups.Of(used[i]);
            for (int j = 0; j < features; j++)
                mean[j] = (float)(sum[j] / weight);

            rows.Set(i, mean, weight);
        }

        Cluster(rows);
    }

    static int DrawnPerRound(KMeansEstimator estimator) => 2 * estimator.NClusters;
}
