using Undercroft.Jobs;

namespace Undercroft.Postgres.Jobs;

/// <summary>What was read for one try of the judge, and what it lacks.</summary>
/// <param name="known">What the process knows without reading; null means that nothing is to be taken on trust.</param>
/// <param name="wantsPayload">Whether rows are to be read with their payloads.</param>
internal sealed class JobCache(JobKnown? known, bool wantsPayload)
{
    private readonly Dictionary<JobId, JobData?> rows = [];
    private readonly Dictionary<JobPlace, JobHead> lists = [];
    private readonly Dictionary<(JobCellKind Kind, string Key), CellData?> cells = [];
    private readonly Dictionary<(JobCellKind Kind, long Until), CellHead> cellLists = [];

    /// <summary>What to read next.</summary>
    public JobNeeds Needs { get; private set; } = new();

    /// <summary>Whether something was taken on trust.</summary>
    public bool HasTrusted { get; private set; }

    /// <summary>Whether rows are to be read with their payloads.</summary>
    public bool WantsPayload => wantsPayload;

    /// <summary>Whether the judge was told less than there may be: read, and run it again.</summary>
    public bool IsMissing => !Needs.IsEmpty;

    public JobData? Find(JobId id)
    {
        if (!rows.TryGetValue(id, out var row))
        {
            row = known?.Find(id);
            if (row is null)
            {
                _ = Needs.Rows.Add(id);
            }
            else
            {
                HasTrusted = true;
                rows[id] = row;
            }
        }

        return row;
    }

    /// <summary>Takes on trust that there is no such job: its id was just made.</summary>
    public void Presume(JobId id)
    {
        if (known is not null && rows.TryAdd(id, null))
        {
            HasTrusted = true;
        }
    }

    public CellData? FindCell(JobCellKind kind, string key)
    {
        if (!cells.TryGetValue((kind, key), out var cell))
        {
            cell = kind == JobCellKind.Session ? known?.FindSession(key) : null;
            if (cell is null)
            {
                _ = Needs.Cells.Add((kind, key));
            }
            else
            {
                HasTrusted = true;
                cells[(kind, key)] = cell;
            }
        }

        return cell;
    }

    /// <summary>The head of a list, as far as it was read. Who finds it too short says so.
    /// </summary>
    public JobHead Head(in JobPlace place) => lists.GetValueOrDefault(place, JobHead.Unread);

    public CellHead Head(JobCellKind kind, long until) => cellLists.GetValueOrDefault((kind, until), CellHead.Unread);

    public void Lack(in JobPlace place, int max) =>
        Needs.Lists[place] = Math.Max(max, Needs.Lists.GetValueOrDefault(place));

    public void Lack(JobCellKind kind, long until, int max) =>
        Needs.CellLists[(kind, until)] = Math.Max(max, Needs.CellLists.GetValueOrDefault((kind, until)));

    /// <summary>Takes what is to be read, and begins to note anew what is missing.</summary>
    public JobNeeds Take()
    {
        var taken = Needs;
        Needs = new JobNeeds();
        foreach (var id in taken.Rows)
        {
            _ = rows.TryAdd(id, null);
        }

        foreach (var cell in taken.Cells)
        {
            _ = cells.TryAdd(cell, null);
        }

        return taken;
    }

    /// <summary>Keeps what was read. What was read before stays as it was.</summary>
    public void Keep(JobData row)
    {
        if (!rows.TryGetValue(row.Id, out var before) || before is null)
        {
            rows[row.Id] = row;
        }
    }

    public void Keep(JobCellKind kind, string key, CellData cell)
    {
        if (!cells.TryGetValue((kind, key), out var before) || before is null)
        {
            cells[(kind, key)] = cell;
        }
    }

    public void Keep(in JobPlace place, JobHead head) => lists[place] = head;

    public void Keep(JobCellKind kind, long until, CellHead head) => cellLists[(kind, until)] = head;
}

/// <summary>What the judge has asked for and was not there.</summary>
internal sealed class JobNeeds
{
    public HashSet<JobId> Rows { get; } = [];

    public Dictionary<JobPlace, int> Lists { get; } = [];

    public HashSet<(JobCellKind Kind, string Key)> Cells { get; } = [];

    public Dictionary<(JobCellKind Kind, long Until), int> CellLists { get; } = [];

    public bool IsEmpty => Rows.Count == 0 && Lists.Count == 0 && Cells.Count == 0 && CellLists.Count == 0;
}

/// <summary>The head of a list as it was read.</summary>
/// <param name="Ids">The jobs, in order.</param>
/// <param name="IsWhole">Whether that was all of it.</param>
internal sealed record JobHead(IReadOnlyList<JobId> Ids, bool IsWhole)
{
    public static JobHead Unread { get; } = new([], IsWhole: false);
}

/// <summary>The first cells of a kind, by their times.</summary>
/// <param name="Keys">Their names.</param>
/// <param name="IsWhole">Whether those were all.</param>
internal sealed record CellHead(IReadOnlyList<string> Keys, bool IsWhole)
{
    public static CellHead Unread { get; } = new([], IsWhole: false);
}
