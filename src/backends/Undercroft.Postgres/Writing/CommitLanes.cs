using Undercroft.Backends;

namespace Undercroft.Postgres.Writing;

/// <summary>The lanes of a store: each sends one group at a time, and takes the next as soon as it has its answer.
/// </summary>
/// <remarks>
/// Who finds all lanes idle sends for himself: nobody has to be woken. What comes while a lane is under way waits for
/// it, and goes together: a group costs the server a transaction and a sync of its log, whatever is in it. Another lane
/// begins only where so much waits that it is worth that, or where those under way have not come back for a while, as
/// when they wait for somebody's lock. A lane lets those run first who are about to hand something in, such as the
/// callers whose commits it has just sent.
/// </remarks>
internal sealed class CommitLanes : IAsyncDisposable
{
    private const int GatherMax = 8;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(25);

    private readonly CommitQueue queue;
    private readonly SemaphoreSlim room;
    private readonly Stack<CommitSender> idle = new();

    // The lanes under way, and when they began with what they are at.
    private readonly Dictionary<CommitSender, long> begun = [];
    private readonly ITimer relief;
    private readonly Lock gate = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int about;
    private bool isArmed;
    private bool isClosing;

    public CommitLanes(PostgresStoreOptions options, Func<CommitSender> newSender)
    {
        queue = new CommitQueue(options.GroupMax);
        room = new SemaphoreSlim(options.QueueMax);
        for (var i = 0; i < options.Lanes; i++)
        {
            idle.Push(newSender());
        }

        // Servers answer in the system's time, whatever clock the store has.
        relief = TimeProvider.System.CreateTimer(
            static lanes => ((CommitLanes)lanes!).Relieve(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Hands a commit in, and waits for its result.</summary>
    public async ValueTask<CommitResult> SubmitAsync(CommitJob job, CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Enter(job) is { } sender)
            {
                var sent = LeadAsync(sender, job);
                await (cancellationToken.CanBeCanceled ? sent.WaitAsync(cancellationToken) : sent)
                    .ConfigureAwait(false);
                return await job.Task.ConfigureAwait(false);
            }

            if (!cancellationToken.CanBeCanceled || job.Task.IsCompleted)
            {
                return await job.Task.ConfigureAwait(false);
            }

            using var registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((CommitJob)state!).Abandon(token), job);
            return await job.Task.ConfigureAwait(false);
        }
        finally
        {
            _ = room.Release();
        }
    }

    /// <summary>Lets the commits that wait end.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            isClosing = true;
            if (begun.Count == 0)
            {
                _ = ended.TrySetResult();
            }
        }

        await ended.Task.ConfigureAwait(false);
        await relief.DisposeAsync().ConfigureAwait(false);
        foreach (var job in queue.Drain())
        {
            job.Fail(new ObjectDisposedException(nameof(PostgresStore)));
        }
    }

    // Gives the lane on which the caller is to send; null where the commit waits for one.
    private CommitSender? Enter(CommitJob job)
    {
        CommitSender sender;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosing, typeof(PostgresStore));
            var isAlone = begun.Count == 0 && queue.TryTake(job);
            if (!isAlone)
            {
                queue.Add(job);
            }

            if (!NeedsAnother() || !idle.TryPop(out sender!))
            {
                return null;
            }

            Begin(sender);
            if (isAlone)
            {
                return sender;
            }

            about++;
        }

        _ = BeginAsync(sender);
        return null;
    }

    // One commit, and then, apart from its caller, what has come meanwhile.
    private async Task LeadAsync(CommitSender sender, CommitJob job)
    {
        List<List<CommitJob>> group = [[job]];
        await SendAsync(sender, group).ConfigureAwait(false);
        queue.Release(group);
        if (queue.IsEmpty)
        {
            End(sender);
            Start();
            return;
        }

        lock (gate)
        {
            about++;
        }

        _ = BeginAsync(sender);
    }

    // Lets those run first who are about to hand something in, while they do; then takes what there is.
    private async ValueTask<List<List<CommitJob>>?> GatherAsync(CommitSender sender)
    {
        var (before, now) = (-1, 0);
        for (var i = 0; i < GatherMax && now > before; i++)
        {
            before = now;

            // Behind what the pool's threads have before them, where other ways to yield go before it.
            await Task.Factory.StartNew(
                static () => { }, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default)
                .ConfigureAwait(false);
            now = queue.Count;
        }

        int others;
        lock (gate)
        {
            about--;
            others = idle.Count + about;
            Begin(sender);
        }

        return queue.Take(others);
    }

    private async Task BeginAsync(CommitSender sender) =>
        await RunAsync(sender, await GatherAsync(sender).ConfigureAwait(false)).ConfigureAwait(false);

    private async Task RunAsync(CommitSender sender, List<List<CommitJob>>? group)
    {
        while (group is not null)
        {
            // What is left may be something for a lane that has nothing.
            var sent = SendAsync(sender, group);
            Start();
            await sent.ConfigureAwait(false);
            queue.Release(group);
            lock (gate)
            {
                // What waits is left to a lane that comes back soon.
                _ = begun.Remove(sender);
                if (!NeedsAnother())
                {
                    Begin(sender);
                    break;
                }

                Begin(sender);
                about++;
            }

            group = await GatherAsync(sender).ConfigureAwait(false);
        }

        End(sender);

        // What came, or was freed, between the last look and the end.
        Start();
    }

    // Gives lanes that are idle something to do, where there is something.
    private void Start()
    {
        while (true)
        {
            CommitSender? sender;
            int others;
            var version = queue.Version;
            lock (gate)
            {
                if (queue.IsEmpty || !NeedsAnother() || !idle.TryPop(out sender))
                {
                    return;
                }

                Begin(sender);
                others = idle.Count + about;
            }

            if (queue.Take(others) is { } group)
            {
                _ = RunAsync(sender, group);
                continue;
            }

            End(sender);

            // Who handed something in meanwhile found this lane taken.
            if (queue.Version == version)
            {
                return;
            }
        }
    }

    // Under the lock. Where those under way are enough for now, a timer looks whether they were.
    private bool NeedsAnother()
    {
        if (queue.IsWorthALane || !begun.Values.Any(static since => TimeProvider.System.GetElapsedTime(since) < Soon))
        {
            return true;
        }

        if (!isArmed && idle.Count > 0)
        {
            isArmed = relief.Change(Soon, Timeout.InfiniteTimeSpan);
        }

        return false;
    }

    private void Begin(CommitSender sender) => begun[sender] = TimeProvider.System.GetTimestamp();

    private void Relieve()
    {
        lock (gate)
        {
            isArmed = false;
        }

        Start();
    }

    private static async Task SendAsync(CommitSender sender, List<List<CommitJob>> group)
    {
        try
        {
            await sender.SendAsync(group).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Only a mistake of ours gets here; the callers must hear of it, and the lane must live.
            group.ForEach(round => round.ForEach(job => job.Fail(error)));
        }
    }

    private void End(CommitSender sender)
    {
        lock (gate)
        {
            idle.Push(sender);
            _ = begun.Remove(sender);
            if (isClosing && begun.Count == 0 && queue.IsEmpty)
            {
                _ = ended.TrySetResult();
            }
        }
    }
}
