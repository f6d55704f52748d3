using System.ComponentModel;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Linear discriminant analysis (Fisher 1936; Hastie, Tibshirani, Friedman, "The elements of statistical learning", 2009, section
/// 4.3), exact, in one pass: normal classes with one covariance, from sums of products of all pairs of columns in double. It equals
/// scikit-learn's <c>LinearDiscriminantAnalysis</c> with its default solver, <c>svd</c>. Memory: about 4 d² bytes per partition, and
/// 8 per class and feature.
/// </summary>
public sealed class LinearDiscriminantAnalysis : Estimator
{
    const string Purpose = "products of columns by class";

    /// <summary>Probabilities of the classes, in class order; above 0, adding up to 1. Default: null, their shares in the rows.</summary>
    [Description("Probabilities of the classes, in class order; without it their shares in the rows.")]
    public NumberList? Priors { get; set; }

    /// <summary>
    /// Directions of the features, each brought to unit variance within the classes, that vary less than this are left out: columns
    /// that hang on others. Above 0. Default: 1e-4.
    /// </summary>
    [Description("Directions whose spread within the classes is below this share of a feature's are left out.")]
    public double Tol { get; set; } = 1e-4;

    /// <inheritdoc/>
    public override string Name => "linear-discriminant-analysis";

    /// <inheritdoc/>
    public override string Summary => "Linear discriminant analysis, exact, in one pass.";

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.Classes;

    /// <inheritdoc/>
    public override bool IsShiftInvariant => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        ClassPriors.Check("priors", Priors);
        ParameterCheck.Above("tol", Tol, 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PassPlan> Plan(RunShape run)
    {
        // The products within the classes, the same to unit variance, and what they are decomposed in.
        const int Matrices = 8;
        long sums = ClassScatter.BytesFor(run);
        return
        [
            new PassPlan(PassKind.Sum, Purpose)
            {
                NeedsDoubles = true,
                PartitionBytes = sums,
                FixedBytes = sums + Matrices * sizeof(double) * (long)run.Features * run.Features,
            },
        ];
    }

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context) => new Discriminants(this, context);

    /// <inheritdoc/>
    internal override bool SharesPasses => true;

    /// <inheritdoc/>
    internal override Fitting BeginBeside(FitContext context, Fitting other) => new Discriminants(this, context, (Discriminants)other);

    sealed class Discriminants(LinearDiscriminantAnalysis estimator, FitContext context, Discriminants? other = null) : Fitting, IContinuing
    {
        readonly TargetInfo target = context.Target!;
        readonly LearnedSum<ClassScatter> learned = other?.learned
            ?? new LearnedSum<ClassScatter>(Purpose, () => new ClassScatter(context.Target!.Classes.Count, context.Features.Count), needsDoubles: true);

        public override Pass? NextPass() => learned.NextPass();

        public override Model ToModel(ModelHeader header)
        {
            ClassScatter sums = learned.Total;
            double[] priors = ClassPriors.Of("priors", estimator.Priors, target, sums.Weights);
            double weight = sums.Weights.Sum();
            if (!(weight > priors.Length))
                throw new InvalidDataException($"Wanted rows of a weight of more than the {priors.Length} classes together, found {weight}.");

            double[] means = sums.Means();
            DiscriminantSolution found = DiscriminantSolution.Of(sums.Within(), means, priors, weight, estimator.Tol);

            // For two classes one score, as in all linear classifiers: that of the second less that of the first.
            bool isBinary = priors.Length == 2;
            int features = context.Features.Count;
            double[] coef = isBinary ? [.. Enumerable.Range(0, features).Select(j => found.Coef[features + j] - found.Coef[j])] : found.Coef;
            double[] intercept = isBinary ? [found.Intercept[1] - found.Intercept[0]] : found.Intercept;
            return new LinearDiscriminantModel(
                header, coef, intercept, means, priors, found.Center, found.Scalings, found.ExplainedVarianceRatio);
        }

        public override IReadOnlyList<Metric> TrainingMetrics() => [];

        public override void Persist(StateStream state) => learned.Persist(state);

        public void PersistLearned(StateStream state) => learned.PersistLearned(state);
    }
}
