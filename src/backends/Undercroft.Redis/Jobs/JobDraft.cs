using Undercroft.Jobs;

namespace Undercroft.Redis.Jobs;

/// <summary>The state of jobs for one run of the judge. It never waits: what was not read yet it takes for absent, and
/// the run is done again once that is there.</summary>
internal sealed class JobDraft(JobCache cache) : IJobState
{
    // Places are drawn by the clock: a microsecond has room for so many.
    private const long OrdersPerMicrosecond = 8192;
    private static readonly long OrderZero = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

    private readonly Dictionary<JobId, JobRow?> rows = [];
    private readonly Dictionary<(JobCellKind Kind, string Key), JobCell?> cells = [];
    private readonly HashSet<JobId> asked = [];
    private readonly HashSet<JobId> changed = [];
    private readonly HashSet<(JobCellKind Kind, string Key)> changedCells = [];
    private long orders;

    public bool HasChanged => changed.Count > 0 || changedCells.Count > 0;

    /// <summary>What the run rests on and what it has changed.</summary>
    public JobChanges Changes { get; } = new();

    public JobRow? Find(JobId id)
    {
        _ = asked.Add(id);
        return FindRow(id);
    }

    public void Change(JobRow row)
    {
        if (changed.Add(row.Id) && HasStored(cache.Row(row.Id)))
        {
            Changes.Leave(row);
        }

        Changes.Count(row, -1);
    }

    public void Save(JobRow row)
    {
        _ = changed.Add(row.Id);
        rows[row.Id] = row;
        Changes.Count(row, 1);
    }

    public void Drop(JobRow row) => rows[row.Id] = null;

    public void Walk(in JobPlace place, int max, ICollection<JobRow> rows)
    {
        var here = new List<JobRow>();
        foreach (var id in changed)
        {
            if (this.rows.GetValueOrDefault(id) is { } row && row.Place == place)
            {
                here.Add(row);
            }
        }

        var wanted = max + changed.Count;
        var isPlain = here.Count == 0;
        foreach (var id in cache.Head(place, wanted))
        {
            if (here.Count >= (isPlain ? max : wanted))
            {
                break;
            }

            if (!changed.Contains(id) && FindRow(id) is { } row && row.Place == place)
            {
                here.Add(row);
            }
        }

        if (!isPlain)
        {
            here.Sort(static (left, right) => left.CompareTo(right));
        }

        for (var i = 0; i < here.Count && i < max; i++)
        {
            rows.Add(here[i]);
        }
    }

    public JobCell? FindCell(JobCellKind kind, string key)
    {
        if (!cells.TryGetValue((kind, key), out var cell))
        {
            var stored = cache.Cell(kind, key);
            if (HasStored(stored))
            {
                cell = JobForm.ReadCell(kind, key, stored.AsMemory(JobNames.VersionBytes));
                Changes.Leave(cell);
            }

            cells[(kind, key)] = cell;
        }

        return cell;
    }

    public void SaveCell(JobCell cell)
    {
        cells[(cell.Kind, cell.Key)] = cell;
        _ = changedCells.Add((cell.Kind, cell.Key));
    }

    public void DropCell(JobCell cell)
    {
        cells[(cell.Kind, cell.Key)] = null;
        _ = changedCells.Add((cell.Kind, cell.Key));
    }

    public void WalkCells(JobCellKind kind, long until, int max, ICollection<JobCell> cells)
    {
        var left = max;
        foreach (var key in cache.Head(kind, until, max))
        {
            if (left-- > 0 && FindCell(kind, key) is { } cell && cell.At <= until)
            {
                cells.Add(cell);
            }
        }
    }

    public long NextOrder() =>
        ((cache.Now.UtcTicks - OrderZero) / TimeSpan.TicksPerMicrosecond * OrdersPerMicrosecond) +
        Math.Min(orders++, OrdersPerMicrosecond - 1);

    /// <summary>Ends the run: says what it rests on, and what is to be kept.</summary>
    /// <param name="version">What marks rows and cells of this commit.</param>
    public JobChanges End(byte[] version)
    {
        foreach (var (id, row) in rows)
        {
            // What was merely passed on the way decided nothing.
            if (changed.Contains(id))
            {
                Changes.Keep(id, row, cache.Row(id), version);
            }
            else if (asked.Contains(id))
            {
                Changes.Expect(id, cache.Row(id));
            }
        }

        foreach (var ((kind, key), cell) in cells)
        {
            var stored = cache.Cell(kind, key);
            if (changedCells.Contains((kind, key)))
            {
                Changes.Keep(kind, key, cell, stored, version);
            }
            else
            {
                Changes.Expect(kind, key, stored);
            }
        }

        return Changes;
    }

    private static bool HasStored(byte[] stored) => stored.Length > JobNames.VersionBytes;

    private JobRow? FindRow(JobId id)
    {
        if (!rows.TryGetValue(id, out var row))
        {
            var stored = cache.Row(id);
            row = HasStored(stored) ? JobForm.ReadRow(id, stored.AsMemory(JobNames.VersionBytes)) : null;
            rows[id] = row;
        }

        return row;
    }
}
