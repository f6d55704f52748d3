using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Preprocessing;

namespace Streaming.Learning.Training;

/// <summary>
/// Steps that make features of raw columns, and the estimator that learns from them, as scikit-learn's <c>Pipeline</c>: fitted as one, in as few
/// passes as possible, into one model that reads raw columns.
/// <code>
/// var pipeline = new Pipeline([new OneHotEncoder("carrier", "origin"), new SimpleImputer(), new StandardScaler()], new SgdClassifier());
/// FitResult result = await pipeline.FitAsync(dataset, new TrainingOptions { Target = "late" });
/// </code>
/// </summary>
/// <param name="steps">The steps in their order: encoders of columns, an imputer, a scaler.</param>
/// <param name="estimator">What learns.</param>
public sealed class Pipeline(IReadOnlyList<Transformer> steps, Estimator estimator)
{
    /// <summary>The steps in their order.</summary>
    public IReadOnlyList<Transformer> Steps => steps;

    /// <summary>What learns.</summary>
    public Estimator Estimator => estimator;

    /// <inheritdoc cref="Trainer.FitAsync(Estimator, Dataset, TrainingOptions?, CancellationToken)"/>
    public Task<FitResult> FitAsync(Dataset dataset, TrainingOptions? options = null, CancellationToken cancellation = default) =>
        estimator.FitAsync(dataset, With(options), cancellation);

    /// <inheritdoc cref="Trainer.Plan(Estimator, Dataset, TrainingOptions?, CancellationToken)"/>
    public Planning.TrainingPlan Plan(Dataset dataset, TrainingOptions? options = null, CancellationToken cancellation = default) =>
        estimator.Plan(dataset, With(options), cancellation);

    TrainingOptions With(TrainingOptions? options) => (options ?? new TrainingOptions()) with { Preprocessing = steps };
}
