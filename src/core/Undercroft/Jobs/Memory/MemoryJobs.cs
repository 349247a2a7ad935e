namespace Undercroft.Jobs;

/// <summary>The jobs of a <see cref="MemoryStore"/>, under the lock of its commits.</summary>
/// <param name="writing">The lock of the store's commits.</param>
/// <param name="now">Tells the time of the store.</param>
internal sealed class MemoryJobs(Lock writing, Func<DateTimeOffset> now) : IJobStore
{
    private readonly WorkSignal signal = new();
    private bool isDisposed;

    public JobTable Table { get; } = new();

    public long WorkMark => signal.Mark;

    public ValueTask<ClaimResult> ClaimAsync(
        SessionId session, ClaimRequest request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);
        lock (writing)
        {
            ThrowIfEnded(cancellationToken);
            return new(new JobJudge(Table, request.Now ?? now()).Claim(session, request));
        }
    }

    public ValueTask<SessionStatus> HeartbeatAsync(
        SessionId session, SessionUpdate update, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(update);
        SessionStatus state;
        JobJudge judge;
        lock (writing)
        {
            ThrowIfEnded(cancellationToken);
            judge = new JobJudge(Table, update.Now ?? now());
            state = judge.Heartbeat(session, update);
        }

        Wake(judge);
        return new(state);
    }

    public ValueTask<JobMaintenanceReport> MaintainJobsAsync(
        JobMaintenance request, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(request);
        JobMaintenanceReport report;
        JobJudge judge;
        lock (writing)
        {
            ThrowIfEnded(cancellationToken);
            judge = new JobJudge(Table, request.Now ?? now());
            report = judge.Maintain(request);
        }

        Wake(judge);
        return new(report);
    }

    public ValueTask<JobInfo?> FindJobAsync(JobId job, CancellationToken cancellationToken = default)
    {
        lock (writing)
        {
            ThrowIfEnded(cancellationToken);
            return new(Table.Find(job) is { } row ? JobViews.ToInfo(row) : null);
        }
    }

    public ValueTask<JobPage> ListJobsAsync(JobFilter filter, CancellationToken cancellationToken = default)
    {
        JobGuard.Check(filter);
        var after = JobViews.ReadCursor(filter);
        lock (writing)
        {
            ThrowIfEnded(cancellationToken);
            var page = Table.Orders.Walk(filter.State, after?.Order, filter.IsReverse)
                .Where(row => JobViews.Takes(filter, row))
                .Take(filter.Limit + 1)
                .ToList();
            return new(new JobPage(
                [.. page.Take(filter.Limit).Select(JobViews.ToInfo)],
                page.Count > filter.Limit ? JobViews.ToCursor(page[filter.Limit - 1]) : null));
        }
    }

    public ValueTask<IReadOnlyList<QueueInfo>> ListQueuesAsync(CancellationToken cancellationToken = default)
    {
        lock (writing)
        {
            ThrowIfEnded(cancellationToken);
            var counts = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
            foreach (var (queue, row) in Table.Counts)
            {
                counts.Add(queue, [.. row]);
            }

            return new(JobViews.ToQueues(counts, Table.Cells(JobCellKind.Queue)
                .Where(static cell => cell.Flag).Select(static cell => cell.Key).ToHashSet(StringComparer.Ordinal)));
        }
    }

    public ValueTask<IReadOnlyList<SessionInfo>> ListSessionsAsync(CancellationToken cancellationToken = default)
    {
        lock (writing)
        {
            ThrowIfEnded(cancellationToken);
            return new([.. Table.Cells(JobCellKind.Session).Select(JobViews.ToSession)]);
        }
    }

    public ValueTask<BatchInfo?> FindBatchAsync(string batch, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(batch);
        lock (writing)
        {
            ThrowIfEnded(cancellationToken);
            return new(Table.FindCell(JobCellKind.Batch, batch) is { } cell ? JobViews.ToBatch(cell) : null);
        }
    }

    public ValueTask WaitForWorkAsync(long mark, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        return signal.WaitAsync(mark, cancellationToken);
    }

    /// <summary>Wakes those who wait for work, where a judge has made some. Not under the lock.</summary>
    public void Wake(JobJudge judge)
    {
        if (judge.HasWork)
        {
            signal.Pulse();
        }
    }

    public void End()
    {
        isDisposed = true;
        signal.Fail(new ObjectDisposedException(nameof(MemoryStore)));
    }

    private void ThrowIfEnded(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref isDisposed), typeof(MemoryStore));
        cancellationToken.ThrowIfCancellationRequested();
    }
}
