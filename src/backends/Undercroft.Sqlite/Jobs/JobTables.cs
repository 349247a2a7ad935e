using Undercroft.Jobs;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Jobs;

/// <summary>The jobs as the writer's transaction has them. What the judge changes is written at once.</summary>
internal sealed class JobTables : IJobState
{
    private readonly SqliteStatement findHot;
    private readonly SqliteStatement findEnded;
    private readonly SqliteStatement[] walks;
    private readonly SqliteStatement lastOrder;
    private readonly SqliteStatement count;
    private readonly JobRowWriter writer;
    private readonly JobCellTable cells;
    private readonly JobRowReader reader = new();
    private readonly Dictionary<JobId, JobEntry> known = [];
    private readonly Dictionary<(string Queue, JobState State), long> counts = [];
    private long order;

    public JobTables(SqliteConnection connection)
    {
        findHot = connection.Statement(JobSql.FindHot);
        findEnded = connection.Statement(JobSql.FindEnded);
        walks =
        [
            connection.Statement(JobSql.WalkScheduled), connection.Statement(JobSql.WalkReady),
            connection.Statement(JobSql.WalkWaiters), connection.Statement(JobSql.WalkSession),
            connection.Statement(JobSql.WalkEnded),
        ];
        lastOrder = connection.Statement(JobSql.LastOrder);
        count = connection.Statement(JobSql.Count);
        writer = new JobRowWriter(connection);
        cells = new JobCellTable(connection);
    }

    /// <summary>Whether the run has written something.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>Begins a transaction: others may have written since the last one.</summary>
    public void BeginTransaction() => order = 0;

    /// <summary>Begins a run of the judge.</summary>
    public void Begin()
    {
        known.Clear();
        counts.Clear();
        cells.Begin();
        HasWritten = false;
    }

    /// <summary>Ends a run: writes how the numbers of jobs have changed.</summary>
    public void End()
    {
        foreach (var ((queue, state), delta) in counts)
        {
            if (delta != 0)
            {
                count.Bind(1, queue);
                count.Bind(2, (long)state);
                count.Bind(3, delta);
                count.Run();
            }
        }
    }

    public JobRow? Find(JobId id)
    {
        if (known.TryGetValue(id, out var entry))
        {
            return entry.Row;
        }

        Span<byte> key = stackalloc byte[16];
        _ = id.Value.TryWriteBytes(key, bigEndian: true, out _);
        var row = Find(findHot, key) ?? Find(findEnded, key);
        known[id] = new JobEntry(row);
        return row;
    }

    public void Change(JobRow row)
    {
        Count(row, -1);
        known[row.Id].Remember();
    }

    public void Save(JobRow row)
    {
        HasWritten = true;
        Count(row, 1);
        var entry = known.GetValueOrDefault(row.Id);
        if (entry?.Row is null)
        {
            writer.Insert(row);
            entry = new JobEntry(row);
            known[row.Id] = entry;
        }
        else if (row.HasEnded)
        {
            if (!entry.IsEnded)
            {
                writer.Delete(row);
            }

            writer.Finish(row);
        }
        else if (entry.IsEnded)
        {
            writer.DeleteEnded(row);
            writer.Insert(row);
        }
        else if (entry.IsRunAlone(row))
        {
            writer.UpdateRun(row);
        }
        else
        {
            writer.Update(row);
        }

        entry.Keep();
    }

    public void Drop(JobRow row)
    {
        HasWritten = true;
        if (known[row.Id].IsEnded)
        {
            writer.DeleteEnded(row);
        }
        else
        {
            writer.Delete(row);
        }

        known[row.Id] = new JobEntry(null);
    }

    public void Walk(in JobPlace place, int max, ICollection<JobRow> rows)
    {
        var walk = walks[Math.Min((int)place.List, walks.Length) - 1];
        walk.Bind(1, max);
        switch (place.List)
        {
            case JobList.Ready or JobList.Waiters:
                walk.Bind(2, place.Queue);
                walk.Bind(3, place.Key);
                break;
            case JobList.Session:
                Span<byte> session = stackalloc byte[16];
                _ = place.Session.Value.TryWriteBytes(session, bigEndian: true, out _);
                walk.Bind(2, session);
                break;
            case JobList.Succeeded or JobList.Dead or JobList.Cancelled:
                walk.Bind(2, place.List - JobList.Succeeded + (long)JobState.Succeeded);
                walk.Bind(3, place.Until);
                break;
            default:
                break;
        }

        try
        {
            while (walk.Step())
            {
                var id = JobRowReader.Id(walk);
                if (!known.TryGetValue(id, out var entry) || entry.Row is null)
                {
                    entry = new JobEntry(reader.Read(walk));
                    known[id] = entry;
                }

                rows.Add(entry.Row!);
            }
        }
        finally
        {
            walk.Reset();
        }
    }

    public JobCell? FindCell(JobCellKind kind, string key) => cells.Find(kind, key);

    public void SaveCell(JobCell cell)
    {
        HasWritten = true;
        cells.Save(cell);
    }

    public void DropCell(JobCell cell)
    {
        HasWritten = true;
        cells.Drop(cell);
    }

    public void WalkCells(JobCellKind kind, long until, int max, ICollection<JobCell> cells) =>
        this.cells.Walk(kind, until, max, cells);

    public long NextOrder()
    {
        if (order == 0)
        {
            order = lastOrder.RunForNumber() ?? 0;
        }

        return ++order;
    }

    private JobRow? Find(SqliteStatement find, ReadOnlySpan<byte> key)
    {
        find.Bind(1, key);
        try
        {
            return find.Step() ? reader.Read(find) : null;
        }
        finally
        {
            find.Reset();
        }
    }

    private void Count(JobRow row, int delta)
    {
        var key = (row.Queue, row.State);
        counts[key] = counts.GetValueOrDefault(key) + delta;
    }
}
