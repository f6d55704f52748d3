using System.ComponentModel;
using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Principal components in one pass: sums of products of all pairs of columns (<see cref="CovarianceSums"/> says how exact: below 1e-7), then the eigenvectors of the
/// covariance. The name is scikit-learn's for components of data that don't fit in memory; its <c>IncrementalPCA</c> is approximate
/// when components are left out, this one is not, and equals its <c>PCA</c>. Of data so wide that the covariance would take more than half of the memory budget,
/// components are found by random directions instead, in two passes or more (<see cref="SvdSolver"/>); the run says so, and the model's parameters. Signs: the largest entry of each component is positive. Memory: about
/// 4 d² bytes per partition; 8 d (k + oversamples) with random directions.
/// </summary>
public sealed class IncrementalPca : Estimator
{
    // The share of the memory that the covariance, its sums and its decomposition may take: the rest is for reading.
    const double MemoryShare = 0.5;

    // Of this share of all components or more, random directions save nothing (scikit-learn's bound).
    const double MostShare = 0.8;

    /// <summary>
    /// Components to keep: a number, at most features and rows; a share of the variance to surpass; or <c>mle</c>. Null keeps as many as there
    /// can be. Default: null.
    /// </summary>
    [Description("Components to keep: a number, a share of the variance (0.95), or mle; without it as many as there are features (or rows, if fewer).")]
    public ComponentCount? NComponents { get; set; }

    /// <summary>Whether the model divides components by their standard deviations. Default: false.</summary>
    [Description("Divide components by their standard deviations, so that each has the variance 1.")]
    public bool Whiten { get; set; }

    /// <summary>How components are found. Default: <see cref="SvdSolver.Auto"/>, the only choice in any estimator that hangs on the memory budget.</summary>
    [Description("How components are found: full takes one pass and the whole covariance, randomized takes passes in place of memory; auto takes full unless that needs more than half of --memory.")]
    public SvdSolver SvdSolver { get; set; }

    /// <summary>For random directions: how many more than components. Default: 10.</summary>
    [Description("For the randomized solver: directions beyond the components wanted.")]
    public int NOversamples { get; set; } = 10;

    /// <summary>
    /// For random directions: most passes after the first; they end as soon as another would change nothing that shows. Default: 4.
    /// </summary>
    [Description("For the randomized solver: most passes after the first; fewer if the components settle before.")]
    public int IteratedPower { get; set; } = 4;

    /// <inheritdoc/>
    public override string Name => "incremental-pca";

    /// <inheritdoc/>
    public override string Summary => "Principal component analysis, exact, in one pass; for very wide data in a few passes.";

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.None;

    /// <inheritdoc/>
    public override bool IsShiftInvariant => true;

    /// <inheritdoc/>
    internal override string? WhyNotContinued => SvdSolver switch
    {
        SvdSolver.Randomized => "random directions are followed through all rows; with --svd-solver full it can",
        SvdSolver.Auto => "either its covariance did not fit into memory, or its state is larger than 16 MiB and was not kept (--save-state)",
        _ => null,
    };

    /// <inheritdoc/>
    public override void Validate()
    {
        NComponents?.Validate();
        ParameterCheck.AtLeast("n_oversamples", NOversamples, 0);
        ParameterCheck.AtLeast("iterated_power", IteratedPower, 1);
        if (SvdSolver == SvdSolver.Randomized && NComponents?.Number is null)
            throw new ArgumentException($"Parameter n_components: the randomized solver wants a whole number, found {NComponents?.ToString() ?? "none"}.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PassPlan> Plan(RunShape run)
    {
        if (UsesRandomDirections(run.Features, run.Partitions, run.Memory))
        {
            int directions = RandomizedComponents.DirectionsOf(this, run.Features);
            long random = RangeSums.BytesFor(run.Features, directions, run.BatchSize);
            return
            [
                new PassPlan(PassKind.Sum, RandomizedComponents.Purpose)
                {
                    Least = 2,
                    Most = 1 + IteratedPower,
                    PartitionBytes = random,
                    FixedBytes = random + RandomizedComponents.Copies * sizeof(double) * (long)run.Features * directions,
                },
            ];
        }

        return [CovariancePlan(run.Features)];
    }

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context)
    {
        int features = context.Features.Count;
        if (NComponents?.Number > features)
            throw TooMany($"{features} features");

        return UsesRandomDirections(features, context.Partitions, context.Memory)
            ? new RandomizedComponents(this, features, context.Seed)
            : new CovarianceComponents(this, context.Scaling);
    }

    /// <summary>What to say when there are fewer features or rows than components wanted.</summary>
    internal ArgumentException TooMany(string found) =>
        new(string.Create(
            CultureInfo.InvariantCulture,
            $"Parameter n_components: wanted at most as many as there are features and rows, found {NComponents} with {found}."));

    // Neither rows nor workers matter.
    bool UsesRandomDirections(int features, int partitions, long memory) =>
        SvdSolver == SvdSolver.Randomized
        || (SvdSolver == SvdSolver.Auto
            && NComponents?.Number < MostShare * features
            && CovariancePlan(features).StateBytes(partitions) > MemoryShare * memory);

    static PassPlan CovariancePlan(int features)
    {
        long sums = CovarianceSums.BytesFor(features);
        return new PassPlan(PassKind.Sum, CovarianceComponents.Purpose)
        {
            NeedsDoubles = true,
            PartitionBytes = sums,
            FixedBytes = sums + CovarianceComponents.Copies * sizeof(double) * (long)features * features,
        };
    }
}
