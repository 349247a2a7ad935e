namespace Undercroft.Jobs;

/// <summary>The jobs of a <see cref="MemoryStore"/>. Not safe for threads: whoever holds the store's lock owns it.
/// </summary>
internal sealed class JobTable : IJobState, IJobLoan
{
    // Rows that were pruned are used again, so that a store that runs for long makes no new ones.
    private const int SpareMax = 16_384;
    private const int ListsMax = 8;

    private readonly Dictionary<JobId, JobRow> rows = [];
    private readonly Dictionary<JobPlace, JobLine> lines = [];
    private readonly Dictionary<(string Queue, string Kind), JobHome> homes = [];
    private readonly JobLine scheduled = new();
    private readonly JobLine[] ended = [new(), new(), new()];
    private readonly Stack<JobRow> spare = new();
    private readonly Stack<List<JobRow>> lists = new();
    private readonly Dictionary<(JobCellKind Kind, string Key), JobCell> cells = [];
    private readonly SortedSet<(long At, string Key)> byTime = [];
    private readonly Dictionary<string, long> times = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long[]> counts = new(StringComparer.Ordinal);
    private JobHome? lastHome;
    private JobLine? lastSession;
    private long order;

    public IReadOnlyDictionary<string, long[]> Counts => counts;

    /// <summary>The rows in the order they were enqueued in.</summary>
    public JobOrders Orders { get; } = new();

    /// <summary>How many rows were looked at in all lists that stay, for tests.</summary>
    public long Steps =>
        scheduled.Steps + ended.Sum(static line => line.Steps) + homes.Values.Sum(static home => home.Ready.Steps);

    public JobRow? Find(JobId id) => rows.GetValueOrDefault(id);

    public void Change(JobRow row)
    {
        row.Home!.Counts[(int)row.State]--;
        Orders.Leave(row);
        if (row.Line is { } line)
        {
            line.Remove(row);
            if (line.Place is { } place && line.IsEmpty)
            {
                _ = lines.Remove(place);
                lastSession = lastSession == line ? null : lastSession;
            }
        }
    }

    public void Save(JobRow row)
    {
        if (row.Home is null)
        {
            rows[row.Id] = row;
            row.Home = HomeOf(row);
            Orders.Add(row);
        }
        else
        {
            row.Home = row.Home.IsOf(row) ? row.Home : HomeOf(row);
            Orders.Arrive(row);
        }

        row.Home.Counts[(int)row.State]++;
        LineOf(row)?.Add(row);
    }

    public void Drop(JobRow row)
    {
        _ = rows.Remove(row.Id);
        Orders.Remove(row);
        row.Home = null;
        row.Extra = null;
        row.Payload = default;
        if (spare.Count < SpareMax)
        {
            spare.Push(row);
        }
    }

    public void Walk(in JobPlace place, int max, ICollection<JobRow> rows)
    {
        var line = place.List switch
        {
            JobList.Scheduled => scheduled,
            JobList.Ready => homes.GetValueOrDefault((place.Queue!, place.Key!))?.Ready,
            >= JobList.Succeeded => ended[place.List - JobList.Succeeded],
            _ => lines.GetValueOrDefault(place),
        };
        line?.Walk(max, rows);
    }

    public JobRow? TakeRow() => spare.TryPop(out var row) ? row : null;

    public List<JobRow> Borrow() => lists.TryPop(out var list) ? list : [];

    public void Return(List<JobRow> rows)
    {
        rows.Clear();
        if (lists.Count < ListsMax)
        {
            lists.Push(rows);
        }
    }

    public JobCell? FindCell(JobCellKind kind, string key) => cells.GetValueOrDefault((kind, key));

    public void SaveCell(JobCell cell)
    {
        cells[(cell.Kind, cell.Key)] = cell;
        if (NameOf(cell) is not { } name)
        {
            return;
        }

        if (times.TryGetValue(name, out var before) && before != cell.At)
        {
            ForgetTime(name, before);
        }

        if (cell.At != long.MaxValue && times.TryAdd(name, cell.At))
        {
            _ = byTime.Add((cell.At, name));
        }
    }

    public void DropCell(JobCell cell)
    {
        _ = cells.Remove((cell.Kind, cell.Key));
        if (NameOf(cell) is { } name && times.TryGetValue(name, out var at))
        {
            ForgetTime(name, at);
        }
    }

    public void WalkCells(JobCellKind kind, long until, int max, ICollection<JobCell> cells)
    {
        var prefix = PrefixOf(kind);
        foreach (var (at, name) in byTime)
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

    private static char PrefixOf(JobCellKind kind) => (char)('0' + (int)kind);

    // Only sessions, unique keys and limiters are looked for by their times.
    private static string? NameOf(JobCell cell) =>
        cell.Kind is JobCellKind.Session or JobCellKind.Unique or JobCellKind.Rate
            ? PrefixOf(cell.Kind) + cell.Key
            : null;

    private void ForgetTime(string name, long at)
    {
        _ = times.Remove(name);
        _ = byTime.Remove((at, name));
    }

    private JobHome HomeOf(JobRow row)
    {
        if (lastHome?.IsOf(row) == true)
        {
            return lastHome;
        }

        if (!homes.TryGetValue((row.Queue, row.Kind), out var home))
        {
            homes[(row.Queue, row.Kind)] = home = new JobHome(row.Queue, row.Kind, CountsOf(row.Queue));
        }

        return lastHome = home;
    }

    private JobLine? LineOf(JobRow row)
    {
        switch (row.State)
        {
            case JobState.Ready:
                return row.Home!.Ready;
            case JobState.Scheduled:
                return scheduled;
            case >= JobState.Succeeded:
                return ended[row.State - JobState.Succeeded];
            case JobState.Running when lastSession is { Place: { } last } && last.Session == row.Session:
                return lastSession;
            default:
                var place = row.Place;
                if (place.List == JobList.None)
                {
                    return null;
                }

                if (!lines.TryGetValue(place, out var line))
                {
                    lines[place] = line = new JobLine(place);
                }

                lastSession = place.List == JobList.Session ? line : lastSession;
                return line;
        }
    }

    private long[] CountsOf(string queue)
    {
        if (!counts.TryGetValue(queue, out var found))
        {
            counts[queue] = found = new long[JobViews.StateCount];
        }

        return found;
    }
}
