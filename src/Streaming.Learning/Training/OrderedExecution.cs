using Streaming.Learning.Data;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Training;

/// <summary>Runs an <see cref="OrderedPass"/>: one tile is learned at a time, partition after partition, by whichever worker is free.</summary>
sealed class OrderedExecution(OrderedPass pass, PassInput input) : AheadExecution(input, pass.NeedsRowMajor)
{
    int next;
    bool isLearning;

    protected override void Learn(int partition)
    {
        RowBatch tile = Take(partition);
        pass.Learn(tile);
        Used(tile, pass.Progress);
        lock (Gate)
        {
            isLearning = false;
            FreePlace(partition);
            next = (partition + 1) % PartitionCount;
            Schedule();
        }
    }

    protected override void Schedule()
    {
        if (isLearning)
            return;

        for (int step = 0; step < PartitionCount; step++)
        {
            if (IsReady(next))
            {
                isLearning = true;
                Enqueue(new WorkItem(WorkKind.Learn, 0, next));
                return;
            }

            if (!IsExhausted(next))
                return;

            next = (next + 1) % PartitionCount;
        }

        Finish();
    }
}
