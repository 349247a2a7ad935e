using System.Diagnostics.CodeAnalysis;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Writing;

/// <summary>The one writer of a store: a thread that takes the jobs that wait, as many as there are, and gives them one
/// transaction.</summary>
/// <remarks>
/// Each commit is judged on the state with the earlier ones of its group, then applied without a savepoint: what can be
/// refused is refused before anything is written. On any other error the group is rolled back and replayed one by one,
/// so that a commit fails alone. Callers hear of their commits after the transaction has ended.
/// </remarks>
internal sealed class CommitWriter : IAsyncDisposable
{
    // A group is also bounded by what it writes.
    private const int GroupWeightMax = 10_000;

    private readonly WriteSession session;
    private readonly Action committed;
    private readonly string path;
    private readonly int groupMax;
    private readonly SemaphoreSlim room;
    private readonly Queue<WriteJob> queue = new();
    private readonly List<WriteJob> group;
    private readonly List<WriteJob> done;
    private readonly List<(WriteJob Job, Exception Error)> refused = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isClosing;
    private StoreException? broken;

    /// <summary>Starts the writer, which owns the session from here on.</summary>
    /// <param name="session">The connection to write with.</param>
    /// <param name="options">How many jobs wait and share a transaction.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="committed">Called after each transaction that has written a record.</param>
    /// <param name="log">Keeps the log short.</param>
    public CommitWriter(
        WriteSession session, SqliteStoreOptions options, string path, Action committed, LogKeeper log)
    {
        this.session = session;
        this.committed = committed;
        this.path = path;
        Log = log;
        groupMax = options.GroupMax;
        room = new SemaphoreSlim(options.QueueMax);
        group = new List<WriteJob>(groupMax);
        done = new List<WriteJob>(groupMax);
        new Thread(Work) { IsBackground = true, Name = "undercroft sqlite writer" }.Start();
    }

    /// <summary>What keeps the log short; for the writer's thread.</summary>
    public LogKeeper Log { get; }

    /// <summary>Hands a job in, and waits until it is done.</summary>
    public async ValueTask<TResult> SubmitAsync<TResult>(WriteJob<TResult> job, CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (queue)
        {
            if (isClosing)
            {
                // The next in line must hear of it too.
                _ = room.Release();
                throw new ObjectDisposedException(nameof(SqliteStore));
            }

            queue.Enqueue(job);
            if (queue.Count == 1)
            {
                Monitor.Pulse(queue);
            }
        }

        if (!cancellationToken.CanBeCanceled)
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

    private void Work()
    {
        while (Take())
        {
            RunGroup();
            Log.AfterGroup(session.Connection, isIdle: IsIdle());
        }

        session.Dispose();
        ended.SetResult();
    }

    // Takes the next group; false at the end.
    private bool Take()
    {
        group.Clear();
        lock (queue)
        {
            while (queue.Count == 0)
            {
                if (isClosing)
                {
                    return false;
                }

                _ = Monitor.Wait(queue);
            }

            var weight = 0;
            while (group.Count < groupMax && weight < GroupWeightMax && queue.TryPeek(out var job) &&
                (group.Count == 0 || (group[0].IsTransactional && job.IsTransactional)))
            {
                _ = queue.Dequeue();
                group.Add(job);
                weight += job.Weight;
            }
        }

        _ = room.Release(group.Count);
        return true;
    }

    private bool IsIdle()
    {
        lock (queue)
        {
            return queue.Count == 0;
        }
    }

    private void RunGroup()
    {
        try
        {
            if (broken is not null)
            {
                FailAll(group, broken);
            }
            else if (!group[0].IsTransactional)
            {
                RunAlone(group[0]);
            }
            else if (!TryRunTogether(group, out var error))
            {
                if (group.Count == 1 || IsHopeless(error))
                {
                    FailAll(group, error);
                }
                else
                {
                    RunOneByOne();
                }
            }
        }
        catch (Exception error)
        {
            // Only a mistake of ours gets here; the callers must hear of it, and the writer must live.
            FailAll(group, error);
        }
    }

    private void RunAlone(WriteJob job)
    {
        try
        {
            if (job.TryBegin())
            {
                job.Run(session);
                job.Acknowledge();
            }
        }
        catch (Exception error)
        {
            FailAll(group, error);
        }
    }

    private void RunOneByOne()
    {
        var one = new List<WriteJob>(1);
        foreach (var job in group)
        {
            one.Clear();
            one.Add(job);
            if (!TryRunTogether(one, out var error))
            {
                FailAll(one, error);
            }
        }
    }

    // Runs jobs in one transaction. False means that nothing of them is kept.
    private bool TryRunTogether(List<WriteJob> jobs, [NotNullWhen(false)] out Exception? error)
    {
        done.Clear();
        refused.Clear();
        var before = 0L;
        try
        {
            session.Begin(Level(jobs));
            before = session.Sequence;
            foreach (var job in jobs)
            {
                RunInTransaction(job);
            }

            session.Keep();
        }
        catch (Exception failure)
        {
            error = failure;
            Undo(failure);
            return false;
        }

        error = null;
        if (session.Sequence != before)
        {
            committed();
        }

        foreach (var job in done)
        {
            job.Acknowledge();
        }

        foreach (var (job, reason) in refused)
        {
            job.Fail(Translate(reason));
        }

        return true;
    }

    private void RunInTransaction(WriteJob job)
    {
        if (!job.TryBegin())
        {
            return;
        }

        session.BeginJob();
        try
        {
            job.Run(session);
            done.Add(job);
        }
        catch (Exception error) when (!session.HasWritten && session.Connection.IsInTransaction)
        {
            // Refused before it has written: the others of its group do not notice. It is told when they are, for what
            // it was judged on may be rolled back yet.
            refused.Add((job, error));
        }
    }

    private void Undo(Exception failure)
    {
        try
        {
            session.Undo();
        }
        catch (SqliteException error)
        {
            broken = Broken(error);
        }

        if (SqliteErrors.IsFailedSync(failure))
        {
            broken = Broken((SqliteException)failure);
        }
    }

    private StoreException Broken(SqliteException error) => new(
        StoreErrorKind.Unavailable,
        $"The store {Names.Show(path)} takes no more commits since its disk has failed: {error.Message}. " +
        "Check the disk, then open the store again.",
        error)
    {
        Backend = SqliteErrors.Backend,
    };

    // One by one would only meet the same again, and wait as long each time.
    private static bool IsHopeless(Exception error) =>
        error is StoreException || SqliteErrors.IsFailedSync(error) ||
        error is SqliteException { Primary: SqliteCode.Busy or SqliteCode.Corrupt or SqliteCode.ReadOnly };

    private void FailAll(List<WriteJob> jobs, Exception error)
    {
        var translated = Translate(error);
        foreach (var job in jobs)
        {
            job.Fail(translated);
        }
    }

    private Exception Translate(Exception error) => SqliteErrors.Of(error, "write", path);

    private static Durability Level(List<WriteJob> jobs)
    {
        var level = Durability.Memory;
        foreach (var job in jobs)
        {
            level = job.Level > level ? job.Level : level;
        }

        return level;
    }
}
