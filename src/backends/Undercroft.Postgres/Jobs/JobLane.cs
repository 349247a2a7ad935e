using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Postgres.Jobs;

/// <summary>Where calls wait for the judge: one group at a time, of what has gathered meanwhile, in the order it came.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Nobody asks the semaphore for a handle.")]
internal sealed class JobLane(JobSender sender, int groupMax, int waitingMax) : IAsyncDisposable
{
    private const int OperationsMax = 4_000;
    private const long BytesMax = 4L * 1024 * 1024;

    private readonly SemaphoreSlim room = new(waitingMax);
    private readonly Queue<JobWork> waiting = new();
    private readonly Lock gate = new();
    private Task running = Task.CompletedTask;
    private bool isRunning;
    private bool isClosing;

    /// <summary>Hands a call in, and waits for its end.</summary>
    public async ValueTask<TResult> SubmitAsync<TResult>(
        JobWork work, Task<TResult> end, CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(isClosing, typeof(PostgresStore));
                waiting.Enqueue(work);
                if (!isRunning)
                {
                    isRunning = true;
                    running = Task.Run(RunAsync, CancellationToken.None);
                }
            }

            using var registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((JobWork)state!).Abandon(token), work);
            return await end.ConfigureAwait(false);
        }
        finally
        {
            _ = room.Release();
        }
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

    private async Task RunAsync()
    {
        while (Take() is { } group)
        {
            if (group.Count == 0)
            {
                continue;
            }

            try
            {
                await sender.SendAsync(group).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                // Only a mistake of ours gets here; the callers must hear of it, and the lane must live.
                group.ForEach(work => work.Fail(error));
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
