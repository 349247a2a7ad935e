using Undercroft.Jobs;

namespace Undercroft.Postgres.Jobs;

/// <summary>Jobs as they were read, with what the judge has changed for the calls of a group. It never waits: what was
/// not read yet it takes for absent, and all is judged again once that is there.</summary>
internal sealed class JobOverlay(JobCache cache) : IJobState
{
    // Behind all places there are: the server draws the true ones, in this order.
    private const long NewPlaces = 1L << 62;

    private readonly Dictionary<JobId, JobEntry> rows = [];
    private readonly Dictionary<(JobCellKind Kind, string Key), CellEntry> cells = [];
    private readonly List<JobRow> changed = [];
    private readonly Dictionary<(string Queue, JobState State), long> counts = [];
    private long places = NewPlaces;

    public bool HasChanged { get; private set; }

    /// <summary>Whether the calls cannot be kept together: then each goes alone.</summary>
    public bool IsTangled { get; private set; }

    public IReadOnlyDictionary<JobId, JobEntry> Rows => rows;

    public IReadOnlyDictionary<(JobCellKind Kind, string Key), CellEntry> Cells => cells;

    /// <summary>By how much the numbers of jobs have changed.</summary>
    public IReadOnlyDictionary<(string Queue, JobState State), long> Counts => counts;

    public JobRow? Find(JobId id)
    {
        var entry = Entry(id);
        entry.IsAsked = true;
        return entry.Row;
    }

    public void Change(JobRow row)
    {
        Count(row, -1);
        Note(Entry(row.Id), row);
    }

    public void Save(JobRow row)
    {
        Count(row, 1);
        var entry = Entry(row.Id);
        entry.Row = row;
        Note(entry, row);
    }

    public void Drop(JobRow row) => Entry(row.Id).Row = null;

    public void Walk(in JobPlace place, int max, ICollection<JobRow> rows)
    {
        var here = new List<JobRow>();
        foreach (var row in changed)
        {
            if (place.Holds(row) && ReferenceEquals(this.rows[row.Id].Row, row))
            {
                here.Add(row);
            }
        }

        var read = 0;
        var head = cache.Head(place);
        foreach (var id in head.Ids)
        {
            if (read == max)
            {
                break;
            }

            var entry = Entry(id);
            if (!entry.IsChanged && entry.Row is { } row && place.Holds(row))
            {
                here.Add(row);
                read++;
            }
        }

        if (read < max && !head.IsWhole)
        {
            cache.Lack(place, max + changed.Count);
        }

        here.Sort(static (left, right) => left.CompareTo(right));
        foreach (var row in here.Take(max))
        {
            rows.Add(row);
        }
    }

    public JobCell? FindCell(JobCellKind kind, string key) => CellEntryOf(kind, key).Cell;

    public void SaveCell(JobCell cell)
    {
        var entry = CellEntryOf(cell.Kind, cell.Key);
        (entry.Cell, entry.IsChanged, HasChanged) = (cell, true, true);
    }

    public void DropCell(JobCell cell)
    {
        var entry = CellEntryOf(cell.Kind, cell.Key);
        (entry.Cell, entry.IsChanged, HasChanged) = (null, true, true);
    }

    public void WalkCells(JobCellKind kind, long until, int max, ICollection<JobCell> cells)
    {
        var head = cache.Head(kind, until);
        if (head.Keys.Count < max && !head.IsWhole)
        {
            cache.Lack(kind, until, max);
        }

        foreach (var key in head.Keys.Take(max))
        {
            if (FindCell(kind, key) is { } cell && cell.At <= until)
            {
                cells.Add(cell);
            }
        }
    }

    public long NextOrder() => ++places;

    private JobEntry Entry(JobId id)
    {
        if (!rows.TryGetValue(id, out var entry))
        {
            var data = cache.Find(id);
            rows[id] = entry = new JobEntry(data, data?.ToRow());
        }

        return entry;
    }

    private CellEntry CellEntryOf(JobCellKind kind, string key)
    {
        if (!cells.TryGetValue((kind, key), out var entry))
        {
            var data = cache.FindCell(kind, key);
            cells[(kind, key)] = entry = new CellEntry(
                data?.Version ?? 0, data is null ? null : JobForm.ReadCell(kind, key, data.Form));
        }

        return entry;
    }

    private void Note(JobEntry entry, JobRow row)
    {
        HasChanged = true;
        entry.IsChanged = true;
        if (!ReferenceEquals(entry.Noted, row))
        {
            // A job that was deleted and enqueued again by calls of one group is not one change.
            IsTangled |= entry.Noted is not null || (entry.Data is not null && row.Order > NewPlaces);
            entry.Noted = row;
            changed.Add(row);
        }
    }

    private void Count(JobRow row, int delta)
    {
        var key = (row.Queue, row.State);
        counts[key] = counts.GetValueOrDefault(key) + delta;
    }
}

/// <summary>A row of a group, and what the server has of it.</summary>
/// <param name="data">What was read; null where there is none.</param>
/// <param name="row">The row as it is now.</param>
internal sealed class JobEntry(JobData? data, JobRow? row)
{
    public JobData? Data { get; } = data;

    public JobRow? Row { get; set; } = row;

    public bool IsChanged { get; set; }

    /// <summary>The row that is among those that were changed.</summary>
    public JobRow? Noted { get; set; }

    /// <summary>Whether something was decided on it: then it must be found as it was.</summary>
    public bool IsAsked { get; set; }
}

/// <summary>A cell of a group, and which version the server has of it.</summary>
/// <param name="version">The version; zero where there is none.</param>
/// <param name="cell">The cell as it is now.</param>
internal sealed class CellEntry(long version, JobCell? cell)
{
    public long Version { get; } = version;

    public JobCell? Cell { get; set; } = cell;

    public bool IsChanged { get; set; }
}
