using Streaming.Learning.Data;

namespace Streaming.Learning.Estimators;

/// <summary>One epoch of a learner.</summary>
sealed class SgdLearnerPass(string purpose, string lossName, ISgdLearner learner, bool shuffle)
    : SgdPass(purpose, lossName, learner, shuffle)
{
    public override void Learn(RowBatch tile) => learner.Learn(tile, Validation);

    public override void Finish() => learner.Finish(Validation);
}
