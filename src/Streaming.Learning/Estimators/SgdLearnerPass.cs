using Streaming.Learning.Data;

namespace Streaming.Learning.Estimators;

/// <summary>One epoch of a learner that learns row by row.</summary>
sealed class SgdLearnerPass(string purpose, string lossName, ISgdLearner learner, Action<RowBatch, SgdProgress> learn, bool shuffle)
    : SgdPass(purpose, lossName, learner, shuffle)
{
    public override void Learn(RowBatch tile) => learn(tile, Validation);
}
