namespace Undercroft.Jobs.Records;

/// <summary>Jobs kept as records, for one run of the judge. It never waits: what was not read yet it takes for absent,
/// and the run is done again once that is there.</summary>
internal sealed class RecordState(RecordCache cache) : IJobState
{
    // Places are drawn by the clock: a microsecond has room for so many.
    private const long OrdersPerMicrosecond = 8192;
    private static readonly long OrderZero = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

    private readonly Dictionary<JobId, JobRow?> rows = [];
    private readonly Dictionary<(JobCellKind Kind, string Key), JobCell?> cells = [];
    private readonly HashSet<JobId> changed = [];
    private readonly HashSet<JobId> asked = [];
    private readonly HashSet<(JobCellKind Kind, string Key)> changedCells = [];
    private readonly Dictionary<(string Queue, JobState State), long> counts = [];
    private long orders;

    public bool HasChanged => changed.Count > 0 || changedCells.Count > 0;

    public JobRow? Find(JobId id)
    {
        _ = asked.Add(id);
        return FindRow(id);
    }

    public void Change(JobRow row)
    {
        Count(row, -1);
        _ = changed.Add(row.Id);
    }

    public void Save(JobRow row)
    {
        Count(row, 1);
        _ = changed.Add(row.Id);
        rows[row.Id] = row;
    }

    public void Drop(JobRow row) => rows[row.Id] = null;

    public void Walk(in JobPlace place, int max, ICollection<JobRow> rows)
    {
        var here = new List<JobRow>();
        foreach (var id in changed)
        {
            if (this.rows.GetValueOrDefault(id) is { } row && place.Holds(row))
            {
                here.Add(row);
            }
        }

        var head = cache.Head(place, max + changed.Count);
        foreach (var key in head.Keys)
        {
            if (here.Count >= max + changed.Count)
            {
                break;
            }

            var id = cache.Form.Id(key);
            if (!changed.Contains(id) && FindRow(id) is { } row && place.Holds(row))
            {
                here.Add(row);
            }
        }

        here.Sort(static (left, right) => left.CompareTo(right));
        foreach (var row in here.Take(max))
        {
            rows.Add(row);
        }
    }

    public JobCell? FindCell(JobCellKind kind, string key)
    {
        if (!cells.TryGetValue((kind, key), out var cell))
        {
            cell = cache.Find(RecordKeys.Of(kind, key)) is { } record ? cache.Form.Cell(kind, record) : null;
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
        var prefix = RecordKeys.Prefix(kind).Length;
        foreach (var key in cache.Head(kind, until, max).Keys.Take(max))
        {
            if (FindCell(kind, key.Id[prefix..]) is { } cell && cell.At <= until)
            {
                cells.Add(cell);
            }
        }
    }

    public long NextOrder() =>
        ((cache.Now.UtcTicks - OrderZero) / TimeSpan.TicksPerMicrosecond * OrdersPerMicrosecond) +
        Math.Min(orders++, OrdersPerMicrosecond - 1);

    /// <summary>Makes the operations that keep what was changed, if all that was read still stands.</summary>
    public void AddOperations(List<StoreOperation> operations)
    {
        foreach (var (id, row) in rows)
        {
            // What was merely passed on the way decided nothing.
            if (!changed.Contains(id) && !asked.Contains(id))
            {
                continue;
            }

            var key = RecordKeys.Of(id);
            var condition = WriteCondition.At(cache.RevisionOf(key));
            operations.Add(!changed.Contains(id)
                ? new CheckOperation(key, condition)
                : row is null
                    ? new DeleteOperation(key, condition)
                    : new PutOperation(key, JobForm.Write(row), condition) { Entries = RecordKeys.EntriesOf(row) });
        }

        foreach (var (name, cell) in cells)
        {
            var key = RecordKeys.Of(name.Kind, name.Key);
            var condition = WriteCondition.At(cache.RevisionOf(key));
            operations.Add(!changedCells.Contains(name) || (cell is null && condition == WriteCondition.Absent)
                ? new CheckOperation(key, condition)
                : cell is null
                    ? new DeleteOperation(key, condition)
                    : new PutOperation(key, JobForm.Write(cell), condition) { Entries = RecordKeys.EntriesOf(cell) });
        }

        foreach (var ((queue, state), delta) in counts)
        {
            if (delta != 0)
            {
                operations.Add(new AddOperation(RecordKeys.CountOf(queue, state), delta));
            }
        }
    }

    private JobRow? FindRow(JobId id)
    {
        if (!rows.TryGetValue(id, out var row))
        {
            row = cache.Find(RecordKeys.Of(id)) is { } record ? cache.Form.Row(record) : null;
            rows[id] = row;
        }

        return row;
    }

    private void Count(JobRow row, int delta)
    {
        var key = (row.Queue, row.State);
        counts[key] = counts.GetValueOrDefault(key) + delta;
    }
}
