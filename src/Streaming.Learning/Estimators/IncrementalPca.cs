using System.ComponentModel;
using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Principal components, exact, in one pass: sums of products of all pairs of columns (double), then the eigenvectors of the
/// covariance. The name is scikit-learn's for components of data that don't fit in memory; its <c>IncrementalPCA</c> is approximate
/// when components are left out, this one is not, and equals its <c>PCA</c>. Signs: the largest entry of each component is positive.
/// Memory: about 4 d² bytes per partition.
/// </summary>
public sealed class IncrementalPca : Estimator
{
    const string Products = "products of columns";

    /// <summary>Components to keep, at most features and rows; null keeps as many as there can be. Default: null.</summary>
    [Description("Components to keep; without it as many as there are features (or rows, if fewer).")]
    public int? NComponents { get; set; }

    /// <inheritdoc/>
    public override string Name => "incremental-pca";

    /// <inheritdoc/>
    public override string Summary => "Principal component analysis, exact, in one pass.";

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.None;

    /// <inheritdoc/>
    public override bool IsShiftInvariant => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (NComponents is { } wanted)
            ParameterCheck.AtLeast("n_components", wanted, 1);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PassPlan> Plan(RunShape run)
    {
        // The covariance, the copies that are decomposed, the vectors in their two orders, and those that the model keeps.
        const int Matrices = 7;
        long sums = CrossProducts.BytesFor(run.Features, hasTarget: false, run.HasWeights);
        return
        [
            new PassPlan(PassKind.Sum, Products)
            {
                PartitionBytes = sums,
                FixedBytes = sums + Matrices * sizeof(double) * (long)run.Features * run.Features,
            },
        ];
    }

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context)
    {
        if (NComponents > context.Features.Count)
            throw TooMany($"{context.Features.Count} features");

        return new Components(this, context.Features.Count);
    }

    ArgumentException TooMany(string found) =>
        new(string.Create(
            CultureInfo.InvariantCulture,
            $"Parameter n_components: wanted at most as many as there are features and rows, found {NComponents} with {found}."));

    sealed class Components : Fitting
    {
        readonly IncrementalPca estimator;
        readonly int features;
        CrossProducts? sums;

        public Components(IncrementalPca estimator, int features)
        {
            this.estimator = estimator;
            this.features = features;
        }

        public override Pass? NextPass() => sums is null
            ? new SumPass<CrossProducts>(Products, NewSums, total => sums = total)
            : null;

        public override Model ToModel(ModelHeader header)
        {
            long rows = sums!.RowCount;
            double freedom = sums.WeightSum - 1;
            if (rows < 2 || !(freedom > 0))
                throw new InvalidDataException($"Wanted at least two rows to find components, found {rows}.");

            int most = (int)Math.Min(features, rows);
            int kept = estimator.NComponents ?? most;
            if (kept > most)
                throw estimator.TooMany($"{rows} rows");

            double[] mean = sums.Means();
            (double[] values, double[] vectors) = SymmetricEigen.Of(sums.About(mean).Features, features);
            double[] squares = [.. values.Select(v => Math.Max(v, 0))];
            double total = squares.Sum();
            double[] keptSquares = squares[..kept];
            return new PcaModel(
                header,
                mean,
                vectors[..(kept * features)],
                explainedVariance: [.. keptSquares.Select(s => s / freedom)],
                explainedVarianceRatio: [.. keptSquares.Select(s => total > 0 ? s / total : 0)],
                singularValues: [.. keptSquares.Select(Math.Sqrt)],
                noiseVariance: kept < most ? squares[kept..most].Average() / freedom : 0);
        }

        public override IReadOnlyList<Metric> TrainingMetrics() => [];

        public override void Persist(StateStream state) => state.Optional(ref sums, NewSums);

        CrossProducts NewSums() => new(features, hasTarget: false);
    }
}
