using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>A run of stochastic gradient descent: one ordered pass per epoch over the same weights.</summary>
/// <param name="context">The run.</param>
/// <param name="estimator">How to learn.</param>
/// <param name="learned">What the epochs share and change.</param>
/// <param name="newPass">Makes an epoch's pass from its purpose.</param>
/// <param name="toModel">Makes the model from its header.</param>
/// <param name="metrics">What the last epoch's progressive validation tells.</param>
sealed class SgdFitting(
    FitContext context,
    SgdEstimator estimator,
    IPersistent learned,
    Func<string, SgdPass> newPass,
    Func<ModelHeader, Model> toModel,
    Func<SgdProgress, IReadOnlyList<Metric>> metrics) : Fitting, IContinuing
{
    readonly SgdStopping stopping = new(estimator.EffectiveTol, estimator.NIterNoChange);
    int epoch;
    SgdPass? pass;

    public override int Epochs => epoch;

    public override Pass? NextPass()
    {
        if (pass != null)
        {
            pass.Finish();
            WeightCheck.RequireSome(pass.Validation.WeightSum);
        }

        if (epoch == context.Epochs || (pass != null && stopping.IsStuck(pass.Validation.Loss) && !GoesOnSlower()))
            return null;

        epoch++;
        return pass = NewPass();
    }

    public override Model ToModel(ModelHeader header)
    {
        pass?.Finish();
        return toModel(header);
    }

    public override IReadOnlyList<Metric> TrainingMetrics() => pass is null ? [] : metrics(pass.Validation);

    public override void Persist(StateStream state)
    {
        state.Value(ref epoch);
        stopping.Persist(state);
        learned.Persist(state);
        if (epoch > 0)
            (pass ??= NewPass()).Validation.Persist(state);
    }

    public void PersistLearned(StateStream state) => learned.Persist(state);

    bool GoesOnSlower() => estimator.LearningRate == LearningRateSchedule.Adaptive && ((SgdWeights)learned).SlowDown();

    SgdPass NewPass() => newPass($"epoch {epoch} of {context.Epochs}");
}
