using System.ComponentModel;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Mini-batch k-means (Sculley, "Web-scale k-means clustering", 2010), in two steps. First, one pass draws a uniform sample over the
/// whole data, and centres are found on it by greedy k-means++ and Lloyd's iterations. Then every epoch assigns the rows of each
/// round to standing centres and moves these to the mean of all the rows they stand for: scikit-learn's update, in which each epoch
/// begins with the weights of the sample. Memory: 8 k·d bytes per partition, and the sample.
/// </summary>
public sealed class MiniBatchKMeans : Estimator
{
    const string Sample = "sample of rows";

    /// <summary>Number of clusters, k. Default: 8.</summary>
    [Description("Number of clusters.")]
    public int NClusters { get; set; } = 8;

    /// <summary>How many starts are tried on the sample; the best by inertia is kept. Default: 3.</summary>
    [Description("Starts that are tried on the sample; the best one is kept.")]
    public int NInit { get; set; } = 3;

    /// <summary>
    /// Rows in the sample. Default: null, which is the largest of 3 · batch size, 50 · k, and 256 · k as far as that fits in 64 MiB.
    /// </summary>
    [Description("Rows in the sample that the start is found on; without it, as many as serve the number of clusters.")]
    public int? InitSize { get; set; }

    /// <summary>
    /// A centre that stands for less than this share of the heaviest centre's weight, in the sample or in a whole epoch, is chosen anew
    /// if that lowers the inertia of the sample; 0 keeps all. Default: 0.01.
    /// </summary>
    [Description("Centres with less than this share of the heaviest one's rows may be chosen anew; 0 keeps all.")]
    public double ReassignmentRatio { get; set; } = 0.01;

    /// <inheritdoc/>
    public override string Name => "mini-batch-kmeans";

    /// <inheritdoc/>
    public override string Summary => "k-means clustering by mini-batches, from a start found on a sample of the whole data.";

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.None;

    /// <inheritdoc/>
    public override bool IsShiftInvariant => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        ParameterCheck.AtLeast("n_clusters", NClusters, 1);
        ParameterCheck.AtLeast("n_init", NInit, 1);
        ParameterCheck.Share("reassignment_ratio", ReassignmentRatio);
        if (InitSize is { } size)
            ParameterCheck.AtLeast("init_size", size, NClusters);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PassPlan> Plan(RunShape run)
    {
        int size = SampleSize(run.Features, run.BatchSize, run.RowCount);
        long clustering = SampleClustering.BytesFor(size, NClusters, run.Features, NInit);
        return
        [
            new PassPlan(PassKind.Sum, Sample)
            {
                PartitionBytes = RowSample.BytesFor(run.Features, size, run.PartitionRows),
                FixedBytes = 2 * RowSample.BytesFor(run.Features, size, run.RowCount) + clustering,
            },
            new PassPlan(PassKind.Round, "epoch")
            {
                Least = run.Epochs,
                Most = run.Epochs,
                PartitionBytes = MiniBatchKMeansPass.ContributionBytes(NClusters, run.Features, run.BatchSize),
                FixedBytes = clustering + GroupSums.BytesFor(NClusters, run.Features),
            },
        ];
    }

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context) => new Clustering(this, context);

    int SampleSize(int features, int batchSize, long rowCount)
    {
        const long MostValues = 1 << 24;
        long generous = Math.Min(256L * NClusters, MostValues / features);
        long auto = Math.Max(Math.Max(3L * batchSize, 50L * NClusters), generous);
        return (int)Math.Min(InitSize ?? auto, Math.Max(rowCount, 1));
    }

    sealed class Clustering : Fitting, IContinuing
    {
        readonly MiniBatchKMeans estimator;
        readonly FitContext context;
        SampleClustering? sample;

        // In place of a sample: the centres of a finished model, and the weights of the rows that they stand for.
        ClusterCenters? earlier;
        double[] earlierWeights = [];
        MiniBatchKMeansPass? pass;
        int epoch;

        public Clustering(MiniBatchKMeans estimator, FitContext context)
        {
            this.estimator = estimator;
            this.context = context;
        }

        public override Pass? NextPass()
        {
            if (sample is null && earlier is null)
            {
                int size = estimator.SampleSize(context.Features.Count, context.BatchSize, context.RowCount);
                return new SumPass<RowSample>(
                    Sample, () => new RowSample(context.Features.Count, size, context.Seed), ClusterSample);
            }

            if (epoch == context.Epochs)
                return null;

            // Only a whole epoch tells that a centre is starved: in a sorted file its rows may come late.
            if (pass is not null)
                sample?.Reassign(pass.Counts);

            epoch++;
            return pass = NewPass(StartWeights());
        }

        public override Model ToModel(ModelHeader header) =>
            new KMeansModel(header, Centers.Values, pass?.Counts ?? StartWeights());

        public override IReadOnlyList<Metric> TrainingMetrics() =>
            pass is null ? [] : [new Metric("progressive_inertia_per_row", pass.InertiaPerRow)];

        public override void Persist(StateStream state)
        {
            int rows = sample?.RowCount ?? 0;
            state.Count<float>(ref rows);
            if (rows == 0 && earlier == null)
                return;

            if (rows > 0)
                (sample ??= NewClustering(new SampledRows(rows, context.Features.Count))).Persist(state);

            earlier?.Persist(state);
            state.Value(ref epoch);
            state.Optional(ref pass, () => NewPass(new double[estimator.NClusters]));
        }

        public void PersistLearned(StateStream state)
        {
            if (state.IsReading)
                earlier = new ClusterCenters(estimator.NClusters, context.Features.Count);

            double[] weights = LearnedWeights();
            Centers.Persist(state);
            state.Values(weights.AsSpan());
            if (state.IsReading)
                earlierWeights = weights;
        }

        ClusterCenters Centers => earlier ?? sample!.Centers;

        // What holds the centres in place when an epoch begins: each brings all the rows anew, so they don't count twice.
        double[] StartWeights() => earlier == null ? sample!.Weigh() : [.. earlierWeights];

        // All rows that the centres stand for. A sample is part of the rows that come after it.
        double[] LearnedWeights()
        {
            var weights = new double[estimator.NClusters];
            for (int c = 0; c < weights.Length; c++)
                weights[c] = (earlierWeights.Length > 0 ? earlierWeights[c] : 0) + (pass?.Counts[c] ?? 0);

            return weights;
        }

        void ClusterSample(RowSample found)
        {
            SampledRows rows = found.ToRows();
            if (rows.Count < estimator.NClusters)
                throw new InvalidDataException($"Wanted at least as many rows as clusters ({estimator.NClusters}), found {rows.Count}.");

            sample = NewClustering(rows);
            sample.Run(estimator.NInit);
        }

        SampleClustering NewClustering(SampledRows rows) =>
            new(rows, estimator.NClusters, context.Features.Count, estimator.ReassignmentRatio, context.Seed);

        MiniBatchKMeansPass NewPass(double[] weights) =>
            new($"epoch {epoch} of {context.Epochs}", Centers, weights, context.BatchSize);
    }
}
