using Streaming.Learning.Estimators;

namespace Streaming.Learning.Training;

/// <summary>One of the settings that a sweep tries.</summary>
/// <param name="Name">What sets it apart from the others: "alpha=0.001 eta0=0.1".</param>
/// <param name="Estimator">How it learns.</param>
public sealed record SweepCandidate(string Name, Estimator Estimator)
{
    /// <summary>Its passes of the training loop, at least 1. Default: null, those of the run.</summary>
    public int? Epochs { get; init; }
}
