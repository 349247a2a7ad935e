using System.Globalization;
using Undercroft.Jobs;

namespace Undercroft.Redis.Jobs;

/// <summary>What people and programs ask about jobs.</summary>
/// <param name="reads">Reads them.</param>
internal sealed class JobQueries(JobReads reads)
{
    private const int PageItems = 500;

    public async ValueTask<JobInfo?> FindAsync(JobId job, CancellationToken cancellationToken)
    {
        var answer = await reads.ReadAsync([JobNames.Of(job)], [], [], wantsRows: false, cancellationToken)
            .ConfigureAwait(false);
        return answer.Rows[0].Length == 0 ? null : JobViews.ToInfo(Row(job, answer.Rows[0]));
    }

    public async ValueTask<JobPage> ListAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        JobGuard.Check(filter);
        byte[]? after = JobViews.ReadCursor(filter) is var (order, id)
            ? [(byte)'(', .. JobNames.StateMember(order, id)]
            : null;
        var (members, rows) = await reads.ListAsync(
            JobNames.Of(filter.State),
            filter.IsReverse || after is null ? "-"u8.ToArray() : after,
            filter.IsReverse && after is not null ? after : "+"u8.ToArray(),
            filter.IsReverse,
            PageItems,
            wantsRows: true,
            cancellationToken).ConfigureAwait(false);
        var jobs = new List<JobInfo>();
        JobRow? last = null;
        for (var i = 0; i < members.Length; i++)
        {
            if (jobs.Count == filter.Limit)
            {
                return new JobPage(jobs, JobViews.ToCursor(last!));
            }

            last = Row(JobNames.IdOf(members[i]), rows[i]);
            if (JobViews.Takes(filter, last))
            {
                jobs.Add(JobViews.ToInfo(last));
            }
        }

        return new JobPage(jobs, members.Length < PageItems || last is null ? null : JobViews.ToCursor(last));
    }

    public async ValueTask<IReadOnlyList<QueueInfo>> QueuesAsync(CancellationToken cancellationToken)
    {
        var counts = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var (name, count) in await reads.CountsAsync(cancellationToken).ConfigureAwait(false))
        {
            var at = name.IndexOf(':', StringComparison.Ordinal);
            var queue = name[(at + 1)..];
            if (!counts.TryGetValue(queue, out var row))
            {
                counts[queue] = row = new long[JobViews.StateCount];
            }

            row[int.Parse(name.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture)] = count;
        }

        var cells = await CellsAsync(JobCellKind.Queue, [.. counts.Keys], cancellationToken).ConfigureAwait(false);
        var paused = cells.Where(static cell => cell.Flag).Select(static cell => cell.Key).ToHashSet();
        return JobViews.ToQueues(counts, paused);
    }

    public async ValueTask<IReadOnlyList<SessionInfo>> SessionsAsync(CancellationToken cancellationToken)
    {
        var sessions = new List<SessionInfo>();
        byte[] least = [(byte)'[', (byte)JobCellKind.Session];
        byte[] greatest = [(byte)'(', (byte)JobCellKind.Session + 1];
        while (true)
        {
            var (members, _) = await reads.ListAsync(
                JobNames.Times, least, greatest, isReverse: false, PageItems, wantsRows: false, cancellationToken)
                .ConfigureAwait(false);
            string[] keys = [.. members.Select(static member => JobNames.TimeKey(member))];
            sessions.AddRange((await CellsAsync(JobCellKind.Session, keys, cancellationToken).ConfigureAwait(false))
                .Select(JobViews.ToSession));
            if (members.Length < PageItems)
            {
                return [.. sessions.OrderBy(static session => session.Id.ToString(), StringComparer.Ordinal)];
            }

            least = [(byte)'(', .. members[^1]];
        }
    }

    public async ValueTask<BatchInfo?> BatchAsync(string batch, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(batch);
        var cells = await CellsAsync(JobCellKind.Batch, [batch], cancellationToken).ConfigureAwait(false);
        return cells.Count == 0 ? null : JobViews.ToBatch(cells[0]);
    }

    private static JobRow Row(JobId id, byte[] stored) => stored.Length <= JobNames.VersionBytes
        ? throw new InvalidDataException($"The job {id} is listed and not there.")
        : JobForm.ReadRow(id, stored.AsMemory(JobNames.VersionBytes));

    // Those that are there.
    private async ValueTask<List<JobCell>> CellsAsync(
        JobCellKind kind, string[] keys, CancellationToken cancellationToken)
    {
        var cells = new List<JobCell>();
        if (keys.Length == 0)
        {
            return cells;
        }

        var answer = await reads.ReadAsync(
            [], [.. keys.Select(key => JobNames.Of(kind, key))], [], wantsRows: false, cancellationToken)
            .ConfigureAwait(false);
        for (var i = 0; i < keys.Length; i++)
        {
            if (answer.Cells[i].Length > JobNames.VersionBytes)
            {
                cells.Add(JobForm.ReadCell(kind, keys[i], answer.Cells[i].AsMemory(JobNames.VersionBytes)));
            }
        }

        return cells;
    }
}
