namespace Streaming.Storage;

/// <summary>The lanes of one <see cref="Prefetcher"/>, in the order of their readers' turns. Guarded by its gate.</summary>
/// <param name="openLanes">Lanes that are read at once.</param>
sealed class FetchLanes(int openLanes)
{
    readonly List<FetchLane> lanes = [];

    // What readers still have before them of lanes of which all is asked for.
    readonly Queue<long> askedFor = [];

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
    /// The lane whose reader has least before it, of those that may ask for their next part; null for none. Where all of a lane is asked for, the
    /// one that comes next goes on in its place, so that its reader need not begin from nothing; lanes behind that one wait, as what they held
    /// would only take memory and time from those that are read. No more lanes go on so than there can be requests: of those that ask for nothing
    /// (files on a local disk) there may be a hundred thousand, and each would be looked at whenever one is done.
    /// </summary>
    /// <param name="isTime">Whether a part may be asked for, and how many bytes a reader has before it.</param>
    public FetchLane? Least(Func<FetchedPart, long, bool> isTime)
    {
        FetchLane? least = null;
        long leastAhead = long.MaxValue;
        int open = 0;
        askedFor.Clear();
        for (int i = FirstNotDone(); i < lanes.Count; i++)
        {
            FetchLane lane = lanes[i];
            if (lane.IsDone)
                continue;

            long ahead = 0;
            if (++open > openLanes && (open > openLanes + Prefetcher.MostRequests || !askedFor.TryDequeue(out ahead)))
                break;

            ahead += lane.Held;
            FetchedPart? part = lane.Peek();
            if (lane.IsAskedFor)
                askedFor.Enqueue(ahead);
            else if (part != null && ahead < leastAhead && isTime(part, ahead))
                (least, leastAhead) = (lane, ahead);
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
