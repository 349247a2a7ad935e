namespace Undercroft.Jobs;

/// <summary>The jobs of a <see cref="MemoryStore"/>. Not safe for threads: whoever holds the store's lock owns it.
/// </summary>
internal sealed class JobTable : IJobState
{
    private readonly Dictionary<JobId, JobRow> rows = [];
    private readonly Dictionary<JobPlace, JobTree> trees = [];
    private readonly Dictionary<(JobCellKind Kind, string Key), JobCell> cells = [];
    private readonly SortedSet<(long At, string Key)> sessions = [];
    private readonly Dictionary<string, long> times = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long[]> counts = new(StringComparer.Ordinal);
    private long order;

    public IReadOnlyDictionary<string, long[]> Counts => counts;

    public IEnumerable<JobRow> Rows => rows.Values;

    public JobRow? Find(JobId id) => rows.GetValueOrDefault(id);

    public void Change(JobRow row)
    {
        CountsOf(row.Queue)[(int)row.State]--;
        var place = row.Place;
        if (place.List != JobList.None)
        {
            var tree = trees[place];
            tree.Remove(row);
            if (tree.IsEmpty && place.List is JobList.Session or JobList.Waiters)
            {
                _ = trees.Remove(place);
            }
        }
    }

    public void Save(JobRow row)
    {
        CountsOf(row.Queue)[(int)row.State]++;
        rows[row.Id] = row;
        var place = row.Place;
        if (place.List == JobList.None)
        {
            return;
        }

        if (!trees.TryGetValue(place, out var tree))
        {
            trees[place] = tree = new JobTree();
        }

        tree.Add(row);
    }

    public void Drop(JobRow row) => rows.Remove(row.Id);

    public void Walk(in JobPlace place, int max, ICollection<JobRow> rows)
    {
        if (trees.TryGetValue(place, out var tree))
        {
            tree.Walk(max, rows);
        }
    }

    public JobCell? FindCell(JobCellKind kind, string key) => cells.GetValueOrDefault((kind, key));

    public void SaveCell(JobCell cell)
    {
        cells[(cell.Kind, cell.Key)] = cell;
        if (NameOf(cell) is { } name && times.GetValueOrDefault(name) is var before && before != cell.At)
        {
            _ = sessions.Remove((before, name));
            _ = sessions.Add((cell.At, name));
            times[name] = cell.At;
        }
    }

    public void DropCell(JobCell cell)
    {
        _ = cells.Remove((cell.Kind, cell.Key));
        if (NameOf(cell) is { } name && times.Remove(name, out var before))
        {
            _ = sessions.Remove((before, name));
        }
    }

    public void WalkCells(JobCellKind kind, long until, int max, ICollection<JobCell> cells)
    {
        var prefix = PrefixOf(kind);
        foreach (var (at, name) in sessions)
        {
            if (at > until || cells.Count >= max)
            {
                return;
            }

            if (name[0] == prefix)
            {
                cells.Add(this.cells[(kind, name[1..])]);
            }
        }
    }

    /// <summary>Walks all cells of a kind.</summary>
    public IEnumerable<JobCell> Cells(JobCellKind kind) =>
        cells.Where(pair => pair.Key.Kind == kind).Select(static pair => pair.Value);

    public long NextOrder() => ++order;

    private static char PrefixOf(JobCellKind kind) => kind == JobCellKind.Session ? 's' : 'u';

    // Only sessions and unique keys are looked for by their times.
    private static string? NameOf(JobCell cell) =>
        cell.Kind is JobCellKind.Session or JobCellKind.Unique && cell.At != long.MaxValue
            ? PrefixOf(cell.Kind) + cell.Key
            : null;

    private long[] CountsOf(string queue)
    {
        if (!counts.TryGetValue(queue, out var found))
        {
            counts[queue] = found = new long[JobViews.StateCount];
        }

        return found;
    }
}
