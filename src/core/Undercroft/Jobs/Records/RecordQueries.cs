namespace Undercroft.Jobs.Records;

/// <summary>What people and programs ask about jobs kept as records.</summary>
internal sealed class RecordQueries(IStore store)
{
    private const int PageItems = 500;

    private readonly RecordForm form = new(store.Info.Backend);

    public async ValueTask<JobInfo?> FindAsync(JobId job, CancellationToken cancellationToken)
    {
        var read = await store.ReadAsync(RecordKeys.Of(job), default, cancellationToken).ConfigureAwait(false);
        return read[0] is { } record ? JobViews.ToInfo(form.Row(record)) : null;
    }

    public async ValueTask<JobPage> ListAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        JobGuard.Check(filter);
        var after = JobViews.ReadCursor(filter);
        var page = await store
            .ScanAsync(
                new ScanRequest
                {
                    Collection = RecordKeys.Jobs,
                    Range = RecordKeys.RangeOf(filter.State),
                    IsReverse = filter.IsReverse,
                    Limit = PageItems,
                    After = after is var (order, id)
                        ? new ScanPosition(RecordKeys.StateKey(filter.State, order, id), id.ToString())
                        : null,
                },
                cancellationToken)
            .ConfigureAwait(false);
        var jobs = new List<JobInfo>();
        JobRow? last = null;
        foreach (var item in page.Items)
        {
            if (jobs.Count == filter.Limit)
            {
                return new JobPage(jobs, JobViews.ToCursor(last!));
            }

            last = form.Row(item.Record);
            if (JobViews.Takes(filter, last))
            {
                jobs.Add(JobViews.ToInfo(last));
            }
        }

        return new JobPage(jobs, page.Next is null || last is null ? null : JobViews.ToCursor(last));
    }

    public async ValueTask<IReadOnlyList<QueueInfo>> QueuesAsync(CancellationToken cancellationToken)
    {
        var counts = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
        await foreach (var record in WalkAsync(RecordKeys.Counts, ScanRange.All, cancellationToken)
            .ConfigureAwait(false))
        {
            var (queue, state, count) = form.Count(record);
            if (!counts.TryGetValue(queue, out var row))
            {
                counts[queue] = row = new long[JobViews.StateCount];
            }

            row[state] = count;
        }

        var paused = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var cell in CellsAsync(JobCellKind.Queue, cancellationToken).ConfigureAwait(false))
        {
            _ = cell.Flag && paused.Add(cell.Key);
        }

        return JobViews.ToQueues(counts, paused);
    }

    public async ValueTask<IReadOnlyList<SessionInfo>> SessionsAsync(CancellationToken cancellationToken)
    {
        var sessions = new List<SessionInfo>();
        await foreach (var cell in CellsAsync(JobCellKind.Session, cancellationToken).ConfigureAwait(false))
        {
            sessions.Add(JobViews.ToSession(cell));
        }

        return sessions;
    }

    public async ValueTask<BatchInfo?> BatchAsync(string batch, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(batch);
        var read = await store
            .ReadAsync(RecordKeys.Of(JobCellKind.Batch, batch), default, cancellationToken)
            .ConfigureAwait(false);
        return read[0] is { } record ? JobViews.ToBatch(form.Cell(JobCellKind.Batch, record)) : null;
    }

    private async IAsyncEnumerable<JobCell> CellsAsync(
        JobCellKind kind, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var range = ScanRange.Prefix(RecordKeys.Prefix(kind));
        await foreach (var record in WalkAsync(RecordKeys.Cells, range, cancellationToken).ConfigureAwait(false))
        {
            yield return form.Cell(kind, record);
        }
    }

    private async IAsyncEnumerable<StoreRecord> WalkAsync(
        string collection,
        ScanRange range,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ScanRequest { Collection = collection, Range = range, Limit = PageItems };
        while (true)
        {
            var page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item.Record;
            }

            if (page.Next is null)
            {
                yield break;
            }

            request = request with { After = page.Next };
        }
    }
}
