using System.ComponentModel;
using Streaming.Learning.Data;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Least squares from one pass: sums of products of all pairs of columns (double), then the normal equations of the centred columns
/// for every penalty and every set of features that is to be tried: the least of ‖y - Xw - b‖² + alpha ‖w‖², the intercept b not
/// penalised. Lengths are meant on the features as they are scaled for training. Memory: about 4 d² bytes per partition.
/// </summary>
public abstract class LeastSquaresEstimator : Estimator
{
    /// <summary>Creates an estimator with a default penalty.</summary>
    private protected LeastSquaresEstimator(double alpha) => Alpha = alpha;

    /// <summary>
    /// Whether to learn an intercept. Without one the model is 0 where all features, in the user's own units, are 0. Default: true.
    /// </summary>
    [Description("Learn an intercept; without one the model is 0 where all features are 0 in their own units.")]
    public bool FitIntercept { get; set; } = true;

    /// <summary>
    /// Strengths of the ridge penalty to try, each at least 0; 0 is ordinary least squares. Of several the best is kept: by the error
    /// on held-out or validation rows, without such rows by generalised cross validation.
    /// </summary>
    [Description("Ridge penalties to try, such as 0,0.1,1,10: alpha times the squared length of the coefficients; 0 is ordinary least squares. The best one is kept.")]
    public NumberList Alpha { get; set; }

    /// <summary>
    /// Sets of features to try, at no further pass: names with commas between them, sets with semicolons, a name that holds one of the two in double quotes. Features that are left out
    /// get the coefficient 0. Default: null, all features.
    /// </summary>
    [Description("Sets of features to try, such as \"a,b;a,b,c\"; the best one is kept. Without it all features are used.")]
    public string? FeatureSets { get; set; }

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.Number;

    /// <inheritdoc/>
    public override bool IsShiftInvariant => true;

    /// <inheritdoc/>
    public override int CandidateCount => Alpha.Count * FeatureSet.CountIn(FeatureSets);

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Alpha.Count == 0)
            throw new ArgumentException("Parameter alpha: wanted at least one number, found none.");

        foreach (double alpha in Alpha)
            ParameterCheck.AtLeast("alpha", alpha, 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PassPlan> Plan(RunShape run)
    {
        // The products about the means, with the penalty, to unit diagonal, their factors and what those are inverted in.
        const int Matrices = 5;
        long sums = CrossProducts.BytesFor(run.Features, hasTarget: true, run.HasWeights);
        return
        [
            new PassPlan(PassKind.Sum, LeastSquaresFitting.Purpose)
            {
                NeedsDoubles = true,
                PartitionBytes = sums,
                FixedBytes = sums + Matrices * sizeof(double) * (long)run.Features * run.Features,
            },
        ];
    }

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context) => new LeastSquaresFitting(this, context);

    /// <inheritdoc/>
    internal override bool SharesPasses => true;

    /// <inheritdoc/>
    internal override Fitting BeginBeside(FitContext context, Fitting other) => new LeastSquaresFitting(this, context, (LeastSquaresFitting)other);
}
