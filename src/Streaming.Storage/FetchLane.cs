namespace Streaming.Storage;

/// <summary>What one reader will read, in its order: groups of ranges, one group after the other. For one reader at a time.</summary>
public sealed class FetchLane
{
    readonly Prefetcher owner;
    readonly int groups;
    readonly Func<int, FetchPlan> planOf;

    // Parts in the order of use: those that were begun, then those of the last group that was planned.
    readonly LinkedList<FetchedPart> parts = [];
    LinkedListNode<FetchedPart>? next;
    int planned;

    // The rest of the group that was planned last, as long as it is not known; no other is planned before.
    RestOfGroup? rest;
    TaskCompletionSource? turn;

    internal FetchLane(Prefetcher owner, int groups, Func<int, FetchPlan> planOf)
    {
        this.owner = owner;
        this.groups = groups;
        this.planOf = planOf;
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
            if (rest?.Group < group)
                rest = null;

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

            LinkedListNode<FetchedPart>? first = parts.First;
            while (first is { Value: { Range.Times: FetchRange.UntilPassed, Arrival.IsCompleted: true } })
                first = first.Next;

            if (rest is { Work: { } work } && (first == null || first.Value.Group == rest.Group))
                return WhenReadyAfterAsync(work);

            List<Task>? missing = null;
            for (LinkedListNode<FetchedPart>? node = first; node?.Value.Arrival is { } arrival; node = node.Next)
            {
                if (node.Value.Group != first!.Value.Group || node.Value.Range.Step != first.Value.Range.Step)
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

    /// <summary>Whether nothing is left to ask for; known once the next part has been looked for.</summary>
    internal bool IsAskedFor => next == null && rest == null && planned == groups;

    /// <summary>Whether nothing has been asked for so far.</summary>
    internal bool IsFresh { get; private set; } = true;

    /// <summary>Lets the lane be read.</summary>
    internal void Open()
    {
        IsOpen = true;
        turn?.TrySetResult();
    }

    /// <summary>The next part to ask for; null at the end.</summary>
    internal FetchedPart? Peek()
    {
        while (next == null && rest == null && planned < groups)
        {
            FetchPlan plan = planOf(planned);
            Plan(planned, plan.Ranges);
            if (plan.Rest != null)
                rest = new RestOfGroup(planned, plan.Rest);

            planned++;
        }

        // All that it follows from has been asked for.
        if (next == null && rest is { Work: null })
            rest.Work = owner.Track(FindAsync(rest, [.. parts.Where(p => p.Group == rest.Group).Select(p => p.Arrival!)]));

        return next?.Value;
    }

    // Under the gate.
    void Plan(int group, IReadOnlyList<FetchRange> ranges)
    {
        foreach (FetchRange range in ranges)
        {
            var part = new FetchedPart(this, group, range);
            LinkedListNode<FetchedPart> node = parts.AddLast(part);
            next ??= node;
            owner.Register(part);
        }
    }

    async Task FindAsync(RestOfGroup wanted, Task[] arrivals)
    {
        // What did not arrive is read by whoever wants it. Never at once, as the caller holds the gate.
        await Task.WhenAll(arrivals).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task<IReadOnlyList<FetchRange>> found = Task.Run(wanted.Find);
        await ((Task)found).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (owner.Gate)
        {
            // The reader may have gone on meanwhile.
            if (rest == wanted)
            {
                rest = null;
                Plan(wanted.Group, found.IsCompletedSuccessfully ? found.Result : []);
            }

            owner.Pump();
        }
    }

    async Task WhenReadyAfterAsync(Task work)
    {
        await work.ConfigureAwait(false);
        await WhenReady().ConfigureAwait(false);
    }

    /// <summary>Tells that a part was asked for, or need not be.</summary>
    internal void Began(FetchedPart part)
    {
        IsFresh = false;
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

    sealed class RestOfGroup(int group, Func<IReadOnlyList<FetchRange>> find)
    {
        public int Group => group;

        public Func<IReadOnlyList<FetchRange>> Find => find;

        /// <summary>Ends when it is known; null before all that it follows from has been asked for.</summary>
        public Task? Work { get; set; }
    }
}
