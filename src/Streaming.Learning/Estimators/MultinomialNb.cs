using System.ComponentModel;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Naive Bayes for counts, such as those of words in a text, exact, in one pass: sums of the features by class, as scikit-learn's
/// <c>MultinomialNB</c> (Manning, Raghavan, Schütze, "Introduction to information retrieval", 2008, section 13.2). Features must be at
/// least 0. Memory: 8 bytes per class, feature and partition.
/// </summary>
public sealed class MultinomialNb : Estimator
{
    const string Purpose = "counts by class";

    // scikit-learn's: less smoothing than this would bring the logarithm of 0.
    const double LeastAlpha = 1e-10;

    /// <summary>What is added to every count (Laplace and Lidstone smoothing); at least 0, below 1e-10 counts as 1e-10. Default: 1.</summary>
    [Description("What is added to every count (Laplace and Lidstone smoothing); less than 1e-10 counts as 1e-10.")]
    public double Alpha { get; set; } = 1;

    /// <summary>Whether the classes have their shares in the rows as probabilities; otherwise they are alike. Default: true.</summary>
    [Description("Learn the probabilities of the classes; otherwise all are alike.")]
    public bool FitPrior { get; set; } = true;

    /// <summary>Probabilities of the classes, in class order; above 0, adding up to 1. Default: null, as <see cref="FitPrior"/> says.</summary>
    [Description("Probabilities of the classes, in class order; without it as fit_prior says.")]
    public NumberList? ClassPrior { get; set; }

    /// <inheritdoc/>
    public override string Name => "multinomial-nb";

    /// <inheritdoc/>
    public override string Summary => "Naive Bayes for counts, exact, in one pass.";

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.Classes;

    /// <inheritdoc/>
    public override bool IsShiftInvariant => false;

    /// <inheritdoc/>
    public override bool NeedsCounts => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        ParameterCheck.AtLeast("alpha", Alpha, 0);
        ClassPriors.Check("class_prior", ClassPrior);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PassPlan> Plan(RunShape run)
    {
        long sums = ClassSums.BytesFor(run.Classes, run.Features, run.BatchSize);
        return [new PassPlan(PassKind.Sum, Purpose) { PartitionBytes = sums, FixedBytes = 2 * sums }];
    }

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context) => new Counts(this, context);

    /// <inheritdoc/>
    internal override bool SharesPasses => true;

    /// <inheritdoc/>
    internal override Fitting BeginBeside(FitContext context, Fitting other) => new Counts(this, context, (Counts)other);

    sealed class Counts(MultinomialNb estimator, FitContext context, Counts? other = null) : Fitting, IContinuing
    {
        readonly int features = context.Features.Count;
        readonly TargetInfo target = context.Target!;
        readonly LearnedSum<ClassSums> learned = other?.learned
            ?? new LearnedSum<ClassSums>(Purpose, () => new ClassSums(context.Target!.Classes.Count, context.Features.Count, counts: context.Features), needsDoubles: false);

        public override Pass? NextPass() => learned.NextPass();

        public override Model ToModel(ModelHeader header)
        {
            ClassSums sums = learned.Total;
            double[] shares = ClassPriors.Of("class_prior", estimator.ClassPrior, target, sums.Weights);
            double[] priors = estimator.FitPrior || estimator.ClassPrior != null
                ? shares
                : [.. shares.Select(_ => 1.0 / shares.Length)];
            double alpha = Math.Max(estimator.Alpha, LeastAlpha);
            var logs = new double[sums.Sums.Length];
            for (int c = 0; c < priors.Length; c++)
            {
                ReadOnlySpan<double> counts = sums.Sums.AsSpan(c * features, features);
                double total = 0;
                foreach (double count in counts)
                    total += count + alpha;

                for (int j = 0; j < features; j++)
                    logs[c * features + j] = Elementary.Log(counts[j] + alpha) - Elementary.Log(total);
            }

            return new MultinomialNbModel(header, sums.Sums, logs, sums.Weights, [.. priors.Select(Elementary.Log)]);
        }

        public override IReadOnlyList<Metric> TrainingMetrics() => [];

        public override void Persist(StateStream state) => learned.Persist(state);

        public void PersistLearned(StateStream state) => learned.PersistLearned(state);
    }
}
