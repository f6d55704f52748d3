namespace Streaming.Storage;

/// <summary>What one reader will read, in its order: groups of ranges, one group after the other. For one reader at a time.</summary>
public sealed class FetchLane
{
    readonly Prefetcher owner;
    readonly int groups;
    readonly Func<int, IReadOnlyList<FetchRange>> rangesOf;

    // Parts in the order of use: those that were begun, then those of the last group that was planned.
    readonly LinkedList<FetchedPart> parts = [];
    LinkedListNode<FetchedPart>? next;
    int planned;
    TaskCompletionSource? turn;

    internal FetchLane(Prefetcher owner, int groups, Func<int, IReadOnlyList<FetchRange>> rangesOf)
    {
        this.owner = owner;
        this.groups = groups;
        this.rangesOf = rangesOf;
    }

    /// <summary>Bytes of parts that are there or on their way, and of which something is to be read.</summary>
    internal long Held { get; set; }

    /// <summary>Whether the reader has come to the end.</summary>
    internal bool IsDone { get; private set; }

    /// <summary>Tells that the reader now reads a group, and no more of those before it.</summary>
    /// <param name="group">Number of the group; as many as there are for the end.</param>
    public void MoveTo(int group)
    {
        lock (owner.Gate)
        {
            IsDone = group >= groups;
            foreach (FetchedPart part in parts.TakeWhile(p => p.Group < group).ToArray())
                Release(part);

            planned = Math.Max(planned, Math.Min(group, groups));

            // What is read now must be known, whether it is asked for already or not.
            Peek();
            owner.Pump();
            if (IsDone)
                owner.OpenLanes();
        }
    }

    /// <summary>
    /// Ends when it may be time to read: earlier lanes are done, so that no more are read at once than was planned, or all is there that is
    /// to be read next, as far as it was asked for. Allocates nothing when it is time.
    /// </summary>
    public Task WhenReady()
    {
        lock (owner.Gate)
        {
            if (!IsOpen)
                return (turn ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

            List<Task>? missing = null;
            for (LinkedListNode<FetchedPart>? node = parts.First; node?.Value.Arrival is { } arrival; node = node.Next)
            {
                if (node.Value.Group != parts.First!.Value.Group || node.Value.Range.Step != parts.First.Value.Range.Step)
                    break;

                if (!arrival.IsCompleted)
                    (missing ??= []).Add(arrival);
            }

            if (missing == null)
                return Task.CompletedTask;

            owner.Window.Await();
            return Task.WhenAll(missing);
        }
    }

    /// <summary>Whether it may be read.</summary>
    internal bool IsOpen { get; private set; }

    /// <summary>Lets the lane be read.</summary>
    internal void Open()
    {
        IsOpen = true;
        turn?.TrySetResult();
    }

    /// <summary>The next part to ask for; null at the end.</summary>
    internal FetchedPart? Peek()
    {
        while (next == null && planned < groups)
        {
            foreach (FetchRange range in rangesOf(planned))
            {
                var part = new FetchedPart(this, planned, range);
                LinkedListNode<FetchedPart> node = parts.AddLast(part);
                next ??= node;
                owner.Register(part);
            }

            planned++;
        }

        return next?.Value;
    }

    /// <summary>Tells that a part was asked for, or need not be.</summary>
    internal void Began(FetchedPart part)
    {
        while (next != null && (next.Value == part || next.Value.Arrival != null))
            next = next.Next;
    }

    /// <summary>Drops a part.</summary>
    internal void Release(FetchedPart part)
    {
        if (part.IsReleased)
            return;

        part.IsReleased = true;
        Held -= part.Buffer?.Length ?? 0;
        Began(part);
        parts.Remove(part);
        owner.Free(part);
    }
}
