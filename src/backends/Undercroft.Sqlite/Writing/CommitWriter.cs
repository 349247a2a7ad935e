namespace Undercroft.Sqlite.Writing;

/// <summary>The one writer of a store: a thread that takes the jobs that wait, as many as there are, and gives them one
/// transaction. What comes while they are being written joins them.</summary>
/// <remarks>
/// Handing a job to another thread and hearing of it again costs about as much as a sync. So a caller that has been
/// alone for a while runs its commit itself, as readers do: nobody is there to share a transaction with. It never waits
/// for another process that writes; that is left to the thread.
/// </remarks>
internal sealed class CommitWriter : IAsyncDisposable
{
    // A group is also bounded by what it writes.
    private const int GroupWeightMax = 10_000;

    // After so many jobs that met nobody, the next may run where it is handed in.
    private const int LonelyMin = 8;

    private readonly WriteSession session;
    private readonly GroupRunner runner;
    private readonly int groupMax;
    private readonly TimeSpan busyTimeout;
    private readonly SemaphoreSlim room;
    private readonly Queue<WriteJob> queue = new();
    private readonly List<WriteJob> group;
    private readonly Func<Durability, bool> join;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Under the queue's lock. Whoever finds nobody at work and sets 'isBusy' has the session and the lists to himself.
    private bool isBusy;
    private bool isMovingLog;
    private bool isLogDue;
    private bool isClosing;
    private int lonely;

    // For whoever has the lists to himself.
    private int weight;

    /// <summary>Starts the writer, which owns the session from here on.</summary>
    /// <param name="session">The connection to write with.</param>
    /// <param name="options">How many jobs wait and share a transaction.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="committed">Called after each transaction that has written a record or made work; is told the
    /// latter.</param>
    /// <param name="log">Keeps the log short.</param>
    public CommitWriter(
        WriteSession session, SqliteStoreOptions options, string path, Action<bool> committed, LogKeeper log)
    {
        this.session = session;
        runner = new GroupRunner(session, path, committed);
        Log = log;
        groupMax = options.GroupMax;
        busyTimeout = options.BusyTimeout;
        room = new SemaphoreSlim(options.QueueMax);
        group = new List<WriteJob>(groupMax);
        join = Join;
        new Thread(Work) { IsBackground = true, Name = "undercroft sqlite writer" }.Start();
    }

    /// <summary>What keeps the log short; for the writer's thread.</summary>
    public LogKeeper Log { get; }

    /// <summary>Hands a job in, and waits until it is done.</summary>
    public async ValueTask<TResult> SubmitAsync<TResult>(WriteJob<TResult> job, CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (HandIn(job))
        {
            RunHere(job);
        }

        if (!cancellationToken.CanBeCanceled || job.Task.IsCompleted)
        {
            return await job.Task.ConfigureAwait(false);
        }

        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((WriteJob)state!).Abandon(token), job);
        return await job.Task.ConfigureAwait(false);
    }

    /// <summary>Lets the jobs that wait end, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (queue)
        {
            isClosing = true;
            Monitor.Pulse(queue);
        }

        await ended.Task.ConfigureAwait(false);
    }

    // Puts a job in the queue. True means that it is for the caller to run, who then has the writer to himself.
    private bool HandIn(WriteJob job)
    {
        lock (queue)
        {
            if (isClosing)
            {
                // The next in line must hear of it too.
                _ = room.Release();
                throw new ObjectDisposedException(nameof(SqliteStore));
            }

            // Whoever only meets the moving of the log is as alone as before.
            lonely = (isBusy && !isMovingLog) || queue.Count > 0 ? 0 : lonely + 1;
            if (!isBusy && lonely > LonelyMin && job.IsTransactional && SynchronizationContext.Current is null)
            {
                isBusy = true;
                return true;
            }

            queue.Enqueue(job);
            if (queue.Count == 1)
            {
                Monitor.Pulse(queue);
            }

            return false;
        }
    }

    private void RunHere(WriteJob job)
    {
        group.Clear();
        group.Add(job);
        session.Connection.SetBusyTimeout(TimeSpan.Zero);
        var isDone = runner.Run(group, join: null, orLeave: true);
        session.Connection.SetBusyTimeout(busyTimeout);
        if (isDone)
        {
            _ = room.Release();
        }

        lock (queue)
        {
            isBusy = false;
            isLogDue = Log.IsDue;
            if (!isDone)
            {
                queue.Enqueue(job);
            }

            if (queue.Count > 0 || isLogDue || isClosing)
            {
                Monitor.Pulse(queue);
            }
        }
    }

    private void Work()
    {
        while (Take())
        {
            if (group.Count > 0)
            {
                _ = runner.Run(group, join);
            }

            if (Log.IsDue)
            {
                MoveLog();
            }

            lock (queue)
            {
                isBusy = false;
            }
        }

        session.Dispose();
        ended.SetResult();
    }

    private void MoveLog()
    {
        lock (queue)
        {
            isMovingLog = true;
        }

        Log.Move(session.Connection);
        lock (queue)
        {
            isMovingLog = false;
        }
    }

    // Takes the next group, or none where only the log is due; false at the end.
    private bool Take()
    {
        lock (queue)
        {
            while (isBusy || (queue.Count == 0 && !isLogDue))
            {
                if (isClosing && !isBusy)
                {
                    return false;
                }

                _ = Monitor.Wait(queue);
            }

            (isBusy, isLogDue) = (true, false);
            group.Clear();
            weight = 0;
            Fill();
        }

        if (group.Count > 0)
        {
            _ = room.Release(group.Count);
        }

        return true;
    }

    // Adds what has come since the group was taken and asks for no more than its transaction gives.
    private bool Join(Durability level)
    {
        var before = group.Count;
        lock (queue)
        {
            Fill(level);
        }

        if (group.Count == before)
        {
            return false;
        }

        _ = room.Release(group.Count - before);
        return true;
    }

    private void Fill(Durability level = Durability.Disk)
    {
        while (group.Count < groupMax && weight < GroupWeightMax && queue.TryPeek(out var job) &&
            (group.Count == 0 || (group[0].IsTransactional && job.IsTransactional)) && job.Level <= level)
        {
            _ = queue.Dequeue();
            group.Add(job);
            weight += job.Weight;
        }
    }
}
