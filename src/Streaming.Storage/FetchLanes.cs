namespace Streaming.Storage;

/// <summary>The lanes of one <see cref="Prefetcher"/>, in the order of their readers' turns. Guarded by its gate.</summary>
/// <param name="openLanes">Lanes that are read at once; of later ones, the next is fetched for.</param>
sealed class FetchLanes(int openLanes)
{
    readonly List<FetchLane> lanes = [];

    // Lanes before this one are done.
    int firstNotDone;

    /// <summary>Adds a lane behind the others.</summary>
    public void Add(FetchLane lane) => lanes.Add(lane);

    /// <summary>Lets as many be read as may be at once.</summary>
    public void Open()
    {
        int open = 0;
        for (int i = FirstNotDone(); i < lanes.Count && open < openLanes; i++)
        {
            if (lanes[i].IsDone)
                continue;

            open++;
            lanes[i].Open();
        }
    }

    /// <summary>
    /// The lane that is least ahead, of those that may ask for their next part; null for none. The lane that comes next should not have to
    /// begin from nothing.
    /// </summary>
    /// <param name="isTime">Whether a part may be asked for.</param>
    public FetchLane? Least(Func<FetchedPart, bool> isTime)
    {
        FetchLane? least = null;
        int open = 0;
        for (int i = FirstNotDone(); i < lanes.Count && open <= openLanes; i++)
        {
            FetchLane lane = lanes[i];
            if (lane.IsDone)
                continue;

            open++;
            if ((least == null || lane.Held < least.Held) && lane.Peek() is { } part && isTime(part))
                least = lane;
        }

        return least;
    }

    /// <summary>Ends them all.</summary>
    public void End()
    {
        foreach (FetchLane lane in lanes)
            lane.MoveTo(int.MaxValue);
    }

    int FirstNotDone()
    {
        while (firstNotDone < lanes.Count && lanes[firstNotDone].IsDone)
            firstNotDone++;

        return firstNotDone;
    }
}
