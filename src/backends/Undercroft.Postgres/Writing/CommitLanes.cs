using Undercroft.Backends;

namespace Undercroft.Postgres.Writing;

/// <summary>The lanes of a store: each sends one group at a time, and takes the next as soon as it has its answer.
/// </summary>
internal sealed class CommitLanes : IAsyncDisposable
{
    private readonly CommitQueue queue;
    private readonly SemaphoreSlim room;
    private readonly Stack<CommitSender> idle = new();
    private readonly Lock gate = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running;
    private bool isClosing;

    public CommitLanes(PostgresStoreOptions options, Func<CommitSender> newSender)
    {
        queue = new CommitQueue(options.GroupMax);
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
            CommitSender? sender = null;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(isClosing, typeof(PostgresStore));
                if (idle.Count > 0 && queue.TryTake(job))
                {
                    sender = idle.Pop();
                    running++;
                }
                else
                {
                    queue.Add(job);
                }
            }

            if (sender is not null)
            {
                // Who finds a lane idle sends for himself: nobody has to be woken.
                var sent = LeadAsync(sender, job);
                await (cancellationToken.CanBeCanceled ? sent.WaitAsync(cancellationToken) : sent)
                    .ConfigureAwait(false);
                return await job.Task.ConfigureAwait(false);
            }

            Start();
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

    // Gives a lane that is idle something to do, where there is something.
    private void Start()
    {
        while (true)
        {
            CommitSender? sender;
            lock (gate)
            {
                if (!idle.TryPop(out sender))
                {
                    return;
                }

                running++;
            }

            if (queue.Take() is not { } group)
            {
                End(sender);
                return;
            }

            _ = RunAsync(sender, group);
        }
    }

    // One commit, and then, apart from its caller, what has come meanwhile.
    private async Task LeadAsync(CommitSender sender, CommitJob job)
    {
        List<List<CommitJob>> group = [[job]];
        await SendAsync(sender, group).ConfigureAwait(false);
        queue.Release(group);
        if (queue.Take() is { } next)
        {
            _ = RunAsync(sender, next, yields: true);
        }
        else
        {
            End(sender);
        }

        // What came, or was freed, between the last look and the end.
        Start();
    }

    private async Task RunAsync(CommitSender sender, List<List<CommitJob>>? group, bool yields = false)
    {
        if (yields)
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        while (group is not null)
        {
            await SendAsync(sender, group).ConfigureAwait(false);
            queue.Release(group);
            group = queue.Take();

            // What this group held may be something for a lane that had nothing.
            Start();
        }

        End(sender);

        // What came, or was freed, between the last look and the end.
        Start();
    }

    private static async ValueTask SendAsync(CommitSender sender, List<List<CommitJob>> group)
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
            if (isClosing && running == 0)
            {
                _ = ended.TrySetResult();
            }
        }
    }
}
