using Undercroft.Jobs;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Jobs;

/// <summary>The cells as the writer's transaction has them.</summary>
internal sealed class JobCellTable(SqliteConnection connection)
{
    private readonly SqliteStatement find = connection.Statement(JobSql.Cell);
    private readonly SqliteStatement set = connection.Statement(JobSql.SetCell);
    private readonly SqliteStatement drop = connection.Statement(JobSql.DropCell);
    private readonly SqliteStatement walk = connection.Statement(JobSql.WalkCells);
    private readonly Dictionary<(JobCellKind Kind, string Key), JobCell?> known = [];

    public void Begin() => known.Clear();

    public JobCell? Find(JobCellKind kind, string key)
    {
        if (known.TryGetValue((kind, key), out var cell))
        {
            return cell;
        }

        find.Bind(1, (long)kind);
        find.Bind(2, key);
        try
        {
            cell = find.Step() ? JobForm.ReadCell(kind, key, find.Bytes(0).ToArray()) : null;
        }
        finally
        {
            find.Reset();
        }

        known[(kind, key)] = cell;
        return cell;
    }

    public void Save(JobCell cell)
    {
        known[(cell.Kind, cell.Key)] = cell;
        set.Bind(1, (long)cell.Kind);
        set.Bind(2, cell.Key);
        if (cell.Kind is JobCellKind.Session or JobCellKind.Unique or JobCellKind.Rate &&
            cell.At != long.MaxValue)
        {
            set.Bind(3, cell.At);
        }
        else
        {
            set.BindNull(3);
        }

        set.Bind(4, JobForm.Write(cell));
        set.Run();
    }

    public void Drop(JobCell cell)
    {
        known[(cell.Kind, cell.Key)] = null;
        drop.Bind(1, (long)cell.Kind);
        drop.Bind(2, cell.Key);
        drop.Run();
    }

    public void Walk(JobCellKind kind, long until, int max, ICollection<JobCell> cells)
    {
        var keys = new List<string>();
        walk.Bind(1, (long)kind);
        walk.Bind(2, until);
        walk.Bind(3, max);
        try
        {
            while (walk.Step())
            {
                keys.Add(walk.String(0));
            }
        }
        finally
        {
            walk.Reset();
        }

        foreach (var key in keys)
        {
            if (Find(kind, key) is { } cell)
            {
                cells.Add(cell);
            }
        }
    }
}
