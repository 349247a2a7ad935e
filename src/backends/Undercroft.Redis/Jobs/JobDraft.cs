using Undercroft.Jobs;

namespace Undercroft.Redis.Jobs;

/// <summary>The state of jobs for one run of the judge. It never waits: what was not read yet it takes for absent, and
/// the run is done again once that is there.</summary>
internal sealed class JobDraft(JobCache cache) : IJobState
{
    // Places are drawn by the clock: a microsecond has room for so many.
    private const long OrdersPerMicrosecond = 8192;
    private static readonly long OrderZero = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

    private readonly Dictionary<JobId, JobEntry> entries = new(cache.RowCount);
    private readonly List<JobEntry> changed = [];
    private readonly Dictionary<(JobCellKind Kind, string Key), (JobCell? Cell, long Was)> cells = [];
    private readonly HashSet<(JobCellKind Kind, string Key)> changedCells = [];
    private readonly Dictionary<(string Queue, JobState State), long> counts = [];
    private long orders;

    public bool HasChanged => changed.Count > 0 || changedCells.Count > 0;

    public JobRow? Find(JobId id)
    {
        var entry = Entry(id);
        entry.IsAsked = true;
        return entry.Row;
    }

    public void Change(JobRow row)
    {
        var entry = Entry(row.Id);
        Mark(entry);
        if (entry.Was is null && entry.Stored.Exists)
        {
            entry.Was = (row.Place, JobMember.Of(row), row.State);
        }

        Count(row, -1);
    }

    public void Save(JobRow row)
    {
        var entry = Entry(row.Id);
        Mark(entry);
        entry.Row = row;
        Count(row, 1);
    }

    public void Drop(JobRow row) => Entry(row.Id).Row = null;

    public void Walk(in JobPlace place, int max, ICollection<JobRow> rows)
    {
        var here = new List<JobRow>(max);
        foreach (var entry in changed)
        {
            if (entry.Row is { } row && place.Holds(row))
            {
                here.Add(row);
            }
        }

        var wanted = max + changed.Count;
        var isSorted = here.Count == 0;
        foreach (var id in Best(place, max) ?? cache.Head(place, wanted))
        {
            if (here.Count >= (isSorted ? max : wanted))
            {
                break;
            }

            // What was read before the list may not have been in it yet.
            if (Entry(id) is { IsChanged: false, Row: { } row } && place.Holds(row))
            {
                here.Add(row);
            }
        }

        if (!isSorted)
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
        if (!cells.TryGetValue((kind, key), out var found))
        {
            var stored = cache.Cell(kind, key);
            var cell = stored.Exists ? JobForm.ReadCell(kind, key, stored.Form) : null;
            cells[(kind, key)] = found = (cell, cell?.At ?? 0);
        }

        return found.Cell;
    }

    public void SaveCell(JobCell cell) => Set(cell.Kind, cell.Key, cell);

    public void DropCell(JobCell cell) => Set(cell.Kind, cell.Key, null);

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
        var changes = new JobChanges(version);
        foreach (var entry in entries.Values)
        {
            // What was merely passed on the way decided nothing.
            if (entry.IsChanged || entry.IsAsked)
            {
                changes.Add(entry);
            }
        }

        foreach (var ((kind, key), (cell, was)) in cells)
        {
            var name = JobNames.Of(kind, key);
            var stored = cache.Cell(kind, key);
            if (changedCells.Contains((kind, key)))
            {
                changes.Add(name, stored, was, kind, key, cell);
            }
            else
            {
                changes.Expect(name, stored);
            }
        }

        foreach (var ((queue, state), delta) in counts)
        {
            changes.Count(queue, state, delta);
        }

        return changes;
    }

    private JobEntry Entry(JobId id)
    {
        if (!entries.TryGetValue(id, out var entry))
        {
            entries[id] = entry = new JobEntry(id, cache.Row(id));
        }

        return entry;
    }

    // The best of all lists of a claim are enough of each, while none of them has left its list or stands still with
    // its queue.
    private IReadOnlyList<JobId>? Best(in JobPlace place, int max)
    {
        if (cache.Best(place, max) is not { } best)
        {
            return null;
        }

        foreach (var id in cache.AllBest)
        {
            if (entries.TryGetValue(id, out var entry) && entry.IsChanged)
            {
                return null;
            }
        }

        foreach (var raced in cache.Raced)
        {
            if (FindCell(JobCellKind.Queue, raced.Queue!)?.Flag == true)
            {
                return null;
            }
        }

        return best;
    }

    private void Mark(JobEntry entry)
    {
        if (!entry.IsChanged)
        {
            entry.IsChanged = true;
            changed.Add(entry);
        }
    }

    private void Set(JobCellKind kind, string key, JobCell? cell)
    {
        cells[(kind, key)] = (cell, cells.TryGetValue((kind, key), out var found) ? found.Was : 0);
        _ = changedCells.Add((kind, key));
    }

    private void Count(JobRow row, int delta)
    {
        var key = (row.Queue, row.State);
        counts[key] = counts.GetValueOrDefault(key) + delta;
    }
}
