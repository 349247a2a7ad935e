using Undercroft.Backends;

namespace Undercroft.Postgres.Writing;

/// <summary>The lanes of a store: each sends one group at a time, and takes the next as soon as it has its answer.
/// </summary>
/// <remarks>
/// Who finds all lanes idle sends for himself: nobody has to be woken. Otherwise a lane lets those run first who are
/// about to hand something in, the callers whose commits it has just sent above all, and takes its share of what there
/// is: so two groups of the middle size are under way, instead of a small one and a large one in turns.
/// </remarks>
internal sealed class CommitLanes : IAsyncDisposable
{
    // So often it looks whether somebody else comes, before it goes without him.
    private const int LooksMax = 16;

    private readonly CommitQueue queue;
    private readonly SemaphoreSlim room;
    private readonly Stack<CommitSender> idle = new();
    private readonly Lock gate = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running;
    private bool isClosing;

    public CommitLanes(PostgresStoreOptions options, Func<CommitSender> newSender)
    {
        queue = new CommitQueue(options.GroupMax, options.Lanes);
        room = new SemaphoreSlim(options.QueueMax);
        for (var i = 0; i < options.Lanes; i++)
        {
            idle.Push(newSender());
        }
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
            if (running == 0)
            {
                _ = ended.TrySetResult();
            }
        }

        await ended.Task.ConfigureAwait(false);
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
            var isAlone = running == 0 && queue.TryTake(job);
            if (!isAlone)
            {
                queue.Add(job);
            }

            if (idle.Count == 0)
            {
                return null;
            }

            sender = idle.Pop();
            running++;
            if (isAlone)
            {
                return sender;
            }
        }

        _ = GatherAndRunAsync(sender, told: 0);
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

        _ = GatherAndRunAsync(sender, told: 1);
    }

    // Lets those run first who are about to hand something in, as long as they keep coming; then takes what there is.
    private async ValueTask<List<List<CommitJob>>?> GatherAsync(int told)
    {
        // Away from the context of a caller, and then behind all that the pool has to do.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var waits = queue.Count;
        for (var looks = 0; waits < told && looks < LooksMax; looks++)
        {
            await Task.Yield();
            var now = queue.Count;
            if (now > waits)
            {
                (waits, looks) = (now, 0);
            }
        }

        return queue.Take();
    }

    private async Task GatherAndRunAsync(CommitSender sender, int told) =>
        await RunAsync(sender, await GatherAsync(told).ConfigureAwait(false)).ConfigureAwait(false);

    private async Task RunAsync(CommitSender sender, List<List<CommitJob>>? group)
    {
        while (group is not null)
        {
            // What is left may be something for a lane that has nothing.
            var sent = SendAsync(sender, group);
            Start();
            await sent.ConfigureAwait(false);
            queue.Release(group);
            group = await GatherAsync(told: group.Sum(static round => round.Count)).ConfigureAwait(false);
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
            var version = queue.Version;
            lock (gate)
            {
                if (queue.IsEmpty || !idle.TryPop(out sender))
                {
                    return;
                }

                running++;
            }

            if (queue.Take() is { } group)
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
            running--;
            if (isClosing && running == 0 && queue.IsEmpty)
            {
                _ = ended.TrySetResult();
            }
        }
    }
}
