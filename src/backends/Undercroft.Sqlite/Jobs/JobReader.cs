using Undercroft.Jobs;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Jobs;

/// <summary>What people and programs ask about jobs, on a reader's connection.</summary>
internal sealed class JobReader(SqliteConnection connection)
{
    private readonly SqliteStatement findHot = connection.Statement(JobSql.FindHot);
    private readonly SqliteStatement findEnded = connection.Statement(JobSql.FindEnded);
    private readonly SqliteStatement counts = connection.Statement(JobSql.Counts);
    private readonly SqliteStatement cells = connection.Statement(JobSql.Cells);
    private readonly SqliteStatement cell = connection.Statement(JobSql.Cell);
    private readonly SqliteStatement?[] lists = new SqliteStatement?[4];
    private readonly JobRowReader rows = new();

    public JobInfo? Find(JobId id)
    {
        Span<byte> key = stackalloc byte[16];
        _ = id.Value.TryWriteBytes(key, bigEndian: true, out _);
        return Find(findHot, key) ?? Find(findEnded, key);
    }

    public JobPage List(JobFilter filter, (long Order, JobId Id)? after)
    {
        var isEnded = filter.State >= JobState.Succeeded;
        var which = (isEnded ? 2 : 0) + (filter.IsReverse ? 1 : 0);
        var list = lists[which] ??= connection.Statement(JobSql.List(isEnded, filter.IsReverse));
        list.Bind(1, (long)filter.State);
        list.Bind(2, after?.Order ?? (filter.IsReverse ? long.MaxValue : long.MinValue));
        var jobs = new List<JobInfo>();
        JobRow? last = null;
        try
        {
            while (list.Step())
            {
                var row = rows.Read(list);
                if (!JobViews.Takes(filter, row))
                {
                    continue;
                }

                if (jobs.Count == filter.Limit)
                {
                    return new JobPage(jobs, JobViews.ToCursor(last!));
                }

                last = row;
                jobs.Add(JobViews.ToInfo(row));
            }
        }
        finally
        {
            list.Reset();
        }

        return new JobPage(jobs, null);
    }

    public IReadOnlyList<QueueInfo> Queues()
    {
        var paused = Cells(JobCellKind.Queue).Where(static one => one.Flag).Select(static one => one.Key).ToHashSet();
        var found = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
        try
        {
            while (counts.Step())
            {
                var queue = counts.String(0);
                if (!found.TryGetValue(queue, out var row))
                {
                    found[queue] = row = new long[JobViews.StateCount];
                }

                row[(int)counts.Number(1)] = counts.Number(2);
            }
        }
        finally
        {
            counts.Reset();
        }

        return JobViews.ToQueues(found, paused);
    }

    public IReadOnlyList<SessionInfo> Sessions() => [.. Cells(JobCellKind.Session).Select(JobViews.ToSession)];

    public BatchInfo? Batch(string batch)
    {
        cell.Bind(1, (long)JobCellKind.Batch);
        cell.Bind(2, batch);
        try
        {
            return cell.Step()
                ? JobViews.ToBatch(JobForm.ReadCell(JobCellKind.Batch, batch, cell.Bytes(0).ToArray()))
                : null;
        }
        finally
        {
            cell.Reset();
        }
    }

    private JobInfo? Find(SqliteStatement find, ReadOnlySpan<byte> key)
    {
        find.Bind(1, key);
        try
        {
            return find.Step() ? JobViews.ToInfo(rows.Read(find)) : null;
        }
        finally
        {
            find.Reset();
        }
    }

    private List<JobCell> Cells(JobCellKind kind)
    {
        var found = new List<JobCell>();
        cells.Bind(1, (long)kind);
        try
        {
            while (cells.Step())
            {
                found.Add(JobForm.ReadCell(kind, cells.String(0), cells.Bytes(1).ToArray()));
            }
        }
        finally
        {
            cells.Reset();
        }

        return found;
    }
}
