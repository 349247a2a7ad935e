using Undercroft.Jobs;

namespace Undercroft.Redis.Jobs;

/// <summary>What was read for one try of the judge: rows and cells as they were, and the heads of lists. What was read
/// once stays as it was: a try rests on one reading of each.</summary>
/// <param name="reads">Reads more.</param>
/// <param name="now">The instant of the try.</param>
internal sealed class JobCache(JobReads reads, DateTimeOffset now)
{
    private readonly Dictionary<JobId, JobStored> rows = [];
    private readonly Dictionary<(JobCellKind Kind, string Key), JobStored> cells = [];
    private readonly List<JobId> owned = [];
    private readonly Dictionary<JobPlace, JobHead<JobId>> lists = [];
    private readonly Dictionary<(JobCellKind Kind, long Until), JobHead<string>> times = [];
    private readonly HashSet<JobId> missingRows = [];
    private readonly HashSet<(JobCellKind Kind, string Key)> missingCells = [];
    private readonly Dictionary<JobPlace, int> missingLists = [];
    private readonly Dictionary<(JobCellKind Kind, long Until), int> missingTimes = [];
    private readonly HashSet<JobPlace> raced = [];
    private JobId[]? best;
    private int bestMax;

    public DateTimeOffset Now { get; } = now;

    /// <summary>Whether the judge was told less than there may be: load, and run it again.</summary>
    public bool IsMissing =>
        missingRows.Count > 0 || missingCells.Count > 0 || missingLists.Count > 0 || missingTimes.Count > 0;

    /// <summary>How many rows were read.</summary>
    public int RowCount => rows.Count;

    /// <summary>The best jobs of all lists of a claim.</summary>
    public ReadOnlySpan<JobId> AllBest => best;

    /// <summary>The lists that they are of, but for those that were read further since.</summary>
    public IReadOnlyCollection<JobPlace> Raced => raced;

    /// <summary>A row as it is stored; the default where there is none, or it was not read yet.</summary>
    public JobStored Row(JobId id)
    {
        if (rows.TryGetValue(id, out var row))
        {
            return row;
        }

        _ = missingRows.Add(id);
        return default;
    }

    /// <summary>A cell as it is stored; the default where there is none, or it was not read yet.</summary>
    public JobStored Cell(JobCellKind kind, string key)
    {
        if (cells.TryGetValue((kind, key), out var cell))
        {
            return cell;
        }

        _ = missingCells.Add((kind, key));
        return default;
    }

    /// <summary>Says that the best jobs are wanted that a claim can have, and no more of any list.</summary>
    public void WantBest(ClaimRequest request)
    {
        bestMax = request.Max;
        foreach (var queue in request.Queues)
        {
            foreach (var kind in request.Kinds)
            {
                var place = new JobPlace(JobList.Ready, queue, kind);
                _ = raced.Add(place);
                missingLists[place] = request.Max;
            }
        }
    }

    /// <summary>Of a list those that are among the best of all lists of the claim; null where that was not asked for,
    /// or for fewer.</summary>
    public IReadOnlyList<JobId>? Best(in JobPlace place, int max) =>
        best is not null && max <= bestMax && raced.Contains(place) ? lists[place].Names : null;

    /// <summary>The jobs at the head of a list, as far as they were read.</summary>
    public IReadOnlyList<JobId> Head(in JobPlace place, int max)
    {
        if (!lists.TryGetValue(place, out var list) || (list.Names.Count < max && !list.IsWhole))
        {
            _ = list is not null && raced.Remove(place);
            missingLists[place] = Math.Max(max, missingLists.GetValueOrDefault(place));
        }

        return list?.Names ?? [];
    }

    /// <summary>The cells of a kind whose time has come, as far as they were read.</summary>
    public IReadOnlyList<string> Head(JobCellKind kind, long until, int max)
    {
        if (!times.TryGetValue((kind, until), out var list) || (list.Names.Count < max && !list.IsWhole))
        {
            missingTimes[(kind, until)] = Math.Max(max, missingTimes.GetValueOrDefault((kind, until)));
        }

        return list?.Names ?? [];
    }

    /// <summary>Takes a row for what it is believed to be; a commit that rests on it shows whether it is.</summary>
    public void Believe(JobId id, JobStored row)
    {
        rows[id] = row;
        if (row.Row is not null)
        {
            owned.Add(id);
        }
    }

    /// <summary>Reads what was missing.</summary>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        // A run has changed what it was given: the next one begins with what is read.
        foreach (var id in owned)
        {
            _ = rows.Remove(id);
            _ = missingRows.Add(id);
        }

        owned.Clear();
        missingRows.ExceptWith(rows.Keys);
        JobId[] ids = [.. missingRows];
        (JobCellKind Kind, string Key)[] names = [.. missingCells];
        KeyValuePair<JobPlace, int>[] places = [.. missingLists];
        if (ids.Length + names.Length + places.Length > 0)
        {
            var answer = await reads.ReadAsync(
                [.. ids.Select(JobNames.Of)],
                [.. names.Select(static cell => JobNames.Of(cell.Kind, cell.Key))],
                [.. places.SelectMany(Words)],
                wantsRows: true,
                cancellationToken).ConfigureAwait(false);
            Take(answer, ids, names, places);
        }

        foreach (var ((kind, until), max) in missingTimes)
        {
            var (members, _) = await reads.ListAsync(
                JobNames.Times,
                [(byte)'[', (byte)kind],
                [(byte)'(', (byte)kind, .. JobNames.Number(until + 1)],
                isReverse: false,
                max,
                wantsRows: false,
                cancellationToken).ConfigureAwait(false);
            times[(kind, until)] = new JobHead<string>(
                [.. members.Select(static member => JobNames.TimeKey(member))], members.Length < max);
        }

        missingRows.Clear();
        missingCells.Clear();
        missingLists.Clear();
        missingTimes.Clear();
    }

    private void Take(
        JobAnswer answer,
        JobId[] ids,
        (JobCellKind Kind, string Key)[] names,
        KeyValuePair<JobPlace, int>[] places)
    {
        var at = 0;
        foreach (var id in ids)
        {
            rows[id] = JobStored.Of(answer.Rows[at++]);
        }

        for (var i = 0; i < names.Length; i++)
        {
            cells[names[i]] = JobStored.Of(answer.Cells[i]);
        }

        for (var i = 0; i < places.Length; i++)
        {
            var list = answer.Lists[i];
            foreach (var id in list)
            {
                _ = rows.TryAdd(id, JobStored.Of(answer.Rows[at++]));
            }

            var (place, max) = places[i];
            lists[place] = new JobHead<JobId>(list, list.Length < max && !raced.Contains(place));
        }

        if (best is null && raced.Count > 0)
        {
            TakeBest();
        }
    }

    // Where all lists together hold fewer than were wanted, each of them has come whole.
    private void TakeBest()
    {
        best = [.. raced.SelectMany(place => lists[place].Names)];
        if (best.Length < bestMax)
        {
            foreach (var place in raced)
            {
                lists[place] = lists[place] with { IsWhole = true };
            }
        }
    }

    // Of what is due later only the first counts, to say when it is: the head ends with that one. A list that is asked
    // for up to a time ends there.
    private IEnumerable<byte[]> Words(KeyValuePair<JobPlace, int> list)
    {
        yield return JobNames.Of(list.Key);
        yield return System.Text.Encoding.ASCII.GetBytes(FormattableString.Invariant($"{list.Value}"));
        yield return list.Key.List == JobList.Scheduled ? JobNames.Number(Now.UtcTicks + 1)
            : list.Key.Until < long.MaxValue ? JobNames.Number(list.Key.Until + 1)
            : raced.Contains(list.Key) ? JobNames.Race
            : [];
    }
}
