using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Postgres.Jobs;

/// <summary>Where calls wait for the judge: one group at a time, of what has gathered meanwhile, in the order it came.
/// </summary>
/// <param name="send">Sends a group to its end.</param>
/// <param name="groupMax">The most calls of a group.</param>
/// <param name="waitingMax">The most calls that wait.</param>
[SuppressMessage("Design", "CA1001", Justification = "Nobody asks the semaphore for a handle.")]
internal sealed class JobLane(Func<List<JobWork>, Task> send, int groupMax, int waitingMax) : IAsyncDisposable
{
    // So often it looks whether somebody else comes, before it goes without him.
    private const int LooksMax = 16;
    private const int OperationsMax = 4_000;
    private const long BytesMax = 4L * 1024 * 1024;

    private readonly SemaphoreSlim room = new(waitingMax);
    private readonly Queue<JobWork> waiting = new();
    private readonly Lock gate = new();
    private Task running = Task.CompletedTask;
    private bool isRunning;
    private bool isClosing;

    /// <summary>How many calls wait to be taken up.</summary>
    internal int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>Hands a call in, and waits for its end.</summary>
    public async ValueTask<TResult> SubmitAsync<TResult>(
        JobWork work, Task<TResult> end, CancellationToken cancellationToken)
    {
        // The room is the call's until it is taken up, not until its caller loses patience.
        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        Enqueue(work);
        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((JobWork)state!).Abandon(token), work);
        return await end.ConfigureAwait(false);
    }

    /// <summary>Lets the calls that wait end.</summary>
    public async ValueTask DisposeAsync()
    {
        Task last;
        lock (gate)
        {
            isClosing = true;
            last = running;
        }

        await last.ConfigureAwait(false);
    }

    private void Enqueue(JobWork work)
    {
        lock (gate)
        {
            if (isClosing)
            {
                _ = room.Release();
                throw new ObjectDisposedException(nameof(PostgresStore));
            }

            waiting.Enqueue(work);
            if (!isRunning)
            {
                isRunning = true;
                running = Task.Run(RunAsync, CancellationToken.None);
            }
        }
    }

    private async Task RunAsync()
    {
        var told = 0;
        while (true)
        {
            await GatherAsync(told).ConfigureAwait(false);
            if (Take() is not { } group)
            {
                return;
            }

            told = group.Count;
            if (told == 0)
            {
                continue;
            }

            try
            {
                await send(group).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                // Only a mistake of ours gets here; the callers must hear of it, and the lane must live.
                group.ForEach(work => work.Fail(error));
            }
        }
    }

    // Those who have just heard of their ends are about to hand in something else, if several worked side by side: one
    // group of all is sooner done than a small one and a large one in turns.
    private async ValueTask GatherAsync(int told)
    {
        if (told == 0 || (told == 1 && Waiting == 0))
        {
            return;
        }

        var (waits, wanted) = (Waiting, Math.Min(groupMax, Waiting + told));
        for (var looks = 0; waits < wanted && looks < LooksMax; looks++)
        {
            await Task.Yield();
            var now = Waiting;
            if (now > waits)
            {
                (waits, looks) = (now, 0);
            }
        }
    }

    // Null where nothing waits: then the lane has ended.
    private List<JobWork>? Take()
    {
        lock (gate)
        {
            if (waiting.Count == 0)
            {
                isRunning = false;
                return null;
            }

            var group = new List<JobWork>();
            var (operations, bytes) = (0L, 0L);
            while (group.Count < groupMax && waiting.TryPeek(out var work) &&
                (group.Count == 0 || (operations + work.Operations <= OperationsMax && bytes + work.Bytes <= BytesMax)))
            {
                _ = waiting.Dequeue();
                _ = room.Release();
                if (work.TryBegin())
                {
                    group.Add(work);
                    operations += work.Operations;
                    bytes += work.Bytes;
                }
            }

            return group;
        }
    }
}
