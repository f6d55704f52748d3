using System.ComponentModel;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Naive Bayes with a normal distribution per class and feature, exact, in one pass: means and variances by class, merged by the
/// formula of Chan, Golub and LeVeque (1979), as scikit-learn's <c>GaussianNB</c>. Memory: 24 bytes per class, feature and partition.
/// </summary>
public sealed class GaussianNb : Estimator
{
    const string Purpose = "moments by class";

    /// <summary>Probabilities of the classes, in class order; above 0, adding up to 1. Default: null, their shares in the rows.</summary>
    [Description("Probabilities of the classes, in class order; without it their shares in the rows.")]
    public NumberList? Priors { get; set; }

    /// <summary>Share of the largest variance of any feature that is added to all variances; at least 0. Default: 1e-9.</summary>
    [Description("Share of the largest variance of any feature that is added to all variances.")]
    public double VarSmoothing { get; set; } = 1e-9;

    /// <inheritdoc/>
    public override string Name => "gaussian-nb";

    /// <inheritdoc/>
    public override string Summary => "Naive Bayes with normal distributions, exact, in one pass.";

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.Classes;

    /// <inheritdoc/>
    public override bool IsShiftInvariant => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        ClassPriors.Check("priors", Priors);
        ParameterCheck.AtLeast("var_smoothing", VarSmoothing, 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PassPlan> Plan(RunShape run)
    {
        long sums = ClassMoments.BytesFor(run.Classes, run.Features, run.BatchSize);
        return [new PassPlan(PassKind.Sum, Purpose) { NeedsDoubles = true, PartitionBytes = sums, FixedBytes = 2 * sums }];
    }

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context) => new Normals(this, context);

    /// <inheritdoc/>
    internal override bool SharesPasses => true;

    /// <inheritdoc/>
    internal override Fitting BeginBeside(FitContext context, Fitting other) => new Normals(this, context, (Normals)other);

    sealed class Normals(GaussianNb estimator, FitContext context, Normals? other = null) : Fitting, IContinuing
    {
        readonly int features = context.Features.Count;
        readonly TargetInfo target = context.Target!;
        readonly LearnedSum<ClassMoments> learned = other?.learned
            ?? new LearnedSum<ClassMoments>(Purpose, () => new ClassMoments(context.Target!.Classes.Count, context.Features.Count), needsDoubles: true);

        public override Pass? NextPass() => learned.NextPass();

        public override Model ToModel(ModelHeader header)
        {
            ClassMoments sums = learned.Total;
            int classes = target.Classes.Count;
            double[] counts = [.. Enumerable.Range(0, classes).Select(c => sums[c, 0].Weight)];
            double[] priors = ClassPriors.Of("priors", estimator.Priors, target, counts);
            double largest = Enumerable.Range(0, features).Max(j => sums.Overall(j).Squares) / counts.Sum();
            double epsilon = estimator.VarSmoothing * largest;
            var theta = new double[classes * features];
            var variance = new double[classes * features];
            for (int i = 0; i < theta.Length; i++)
            {
                WeightedMoments moments = sums[i / features, i % features];
                theta[i] = moments.Mean;
                variance[i] = moments.Squares / moments.Weight + epsilon;
                if (!(variance[i] > 0))
                {
                    throw new InvalidDataException(
                        $"Feature '{context.Features[i % features]}': wanted values that vary within class '{target.Classes[i / features]}', "
                        + "or a variance to add to theirs, found neither. Try to leave the feature out (--exclude), or a larger var_smoothing.");
                }
            }

            return new GaussianNbModel(header, theta, variance, priors, counts, epsilon);
        }

        public override IReadOnlyList<Metric> TrainingMetrics() => [];

        public override void Persist(StateStream state) => learned.Persist(state);

        public void PersistLearned(StateStream state) => learned.PersistLearned(state);
    }
}
