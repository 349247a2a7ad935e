using System.Globalization;
using System.Text;
using Undercroft.Jobs;
using Undercroft.Redis.Client;

namespace Undercroft.Redis.Jobs;

/// <summary>What a run of the judge rests on and what it has changed, as words for the commit function.</summary>
internal sealed class JobChanges
{
    private static readonly byte[] NoScore = "0"u8.ToArray();

    private readonly List<byte[]> rowNames = [];
    private readonly List<byte[]> rowVersions = [];
    private readonly List<byte[]> cellNames = [];
    private readonly List<byte[]> cellVersions = [];
    private readonly List<byte[]> rowsSet = [];
    private readonly List<byte[]> rowsGone = [];
    private readonly List<byte[]> cellsSet = [];
    private readonly List<byte[]> cellsGone = [];
    private readonly Dictionary<(string Queue, JobState State), long> counts = [];
    private readonly Dictionary<JobId, (JobPlace Place, byte[]? InPlace, JobState State, byte[] InState)> left = [];
    private readonly Dictionary<(JobCellKind Kind, string Key), long> timesLeft = [];
    private readonly Dictionary<JobPlace, JobListChange> places = [];
    private readonly Dictionary<JobState, JobListChange> states = [];
    private readonly JobListChange times = new();
    private readonly List<(JobId Id, byte[]? Row)> kept = [];

    /// <summary>The rows as they will be stored, those that run; null for those that do not.</summary>
    public IReadOnlyList<(JobId Id, byte[]? Row)> Kept => kept;

    /// <summary>Remembers where a stored row was.</summary>
    public void Leave(JobRow row) => left[row.Id] = (
        row.Place,
        row.Place.List == JobList.None ? null : JobNames.PlaceMember(row),
        row.State,
        JobNames.StateMember(row.Order, row.Id));

    /// <summary>Remembers where a stored cell was.</summary>
    public void Leave(JobCell cell) => timesLeft[(cell.Kind, cell.Key)] = cell.At;

    /// <summary>Counts a row in its queue and state.</summary>
    public void Count(JobRow row, int delta)
    {
        var key = (row.Queue, row.State);
        counts[key] = counts.GetValueOrDefault(key) + delta;
    }

    /// <summary>Rests on a row.</summary>
    public void Expect(JobId id, byte[] stored)
    {
        rowNames.Add(JobNames.Of(id));
        rowVersions.Add(VersionOf(stored));
    }

    /// <summary>Rests on a cell.</summary>
    public void Expect(JobCellKind kind, string key, byte[] stored)
    {
        cellNames.Add(JobNames.Of(kind, key));
        cellVersions.Add(VersionOf(stored));
    }

    /// <summary>Keeps a row, or forgets it.</summary>
    public void Keep(JobId id, JobRow? row, byte[] stored, byte[] version)
    {
        Expect(id, stored);
        if (left.Remove(id, out var was))
        {
            if (was.InPlace is { } member)
            {
                ListOf(was.Place).Remove(member);
            }

            ListOf(was.State).Remove(was.InState);
        }

        if (row is null)
        {
            kept.Add((id, null));
            if (stored.Length > 0)
            {
                rowsGone.Add(rowNames[^1]);
            }

            return;
        }

        var form = Versioned(version, JobForm.Write(row));
        kept.Add((id, row.State == JobState.Running ? form : null));
        rowsSet.Add(rowNames[^1]);
        rowsSet.Add(form);
        if (row.Place.List != JobList.None)
        {
            ListOf(row.Place).Add(JobNames.PlaceMember(row));
        }

        ListOf(row.State).Add(JobNames.StateMember(row.Order, id));
    }

    /// <summary>Keeps a cell, or forgets it.</summary>
    public void Keep(JobCellKind kind, string key, JobCell? cell, byte[] stored, byte[] version)
    {
        Expect(kind, key, stored);
        if (timesLeft.Remove((kind, key), out var at) && JobNames.HasTime(kind, at))
        {
            times.Remove(JobNames.TimeMember(kind, at, key));
        }

        if (cell is null)
        {
            if (stored.Length > 0)
            {
                cellsGone.Add(cellNames[^1]);
            }

            return;
        }

        cellsSet.Add(cellNames[^1]);
        cellsSet.Add(Versioned(version, JobForm.Write(cell)));
        if (JobNames.HasTime(kind, cell.At))
        {
            times.Add(JobNames.TimeMember(kind, cell.At, key));
        }
    }

    /// <summary>Adds the words to a call of the commit function: how many, then they.</summary>
    /// <param name="command">The command.</param>
    /// <param name="hasWork">Whether there is work now for those who wait for it.</param>
    public void Write(RedisCommand command, bool hasWork)
    {
        var words = new List<byte[]>(16 + (12 * rowNames.Count)) { hasWork ? "1"u8.ToArray() : NoScore };
        words.Add(Number(rowNames.Count));
        words.AddRange(rowNames);
        words.AddRange(rowVersions);
        words.Add(Number(cellNames.Count));
        words.AddRange(cellNames);
        words.AddRange(cellVersions);
        foreach (var part in (List<byte[]>[])[rowsSet, rowsGone, cellsSet, cellsGone])
        {
            words.Add(Number(part.Count));
            words.AddRange(part);
        }

        WriteCounts(words);
        foreach (var (place, change) in places)
        {
            change.Write(JobNames.Of(place), words);
        }

        foreach (var (state, change) in states)
        {
            change.Write(JobNames.Of(state), words);
        }

        times.Write(JobNames.Times, words);
        _ = command.Add(words.Count);
        foreach (var word in words)
        {
            _ = command.Add(word);
        }
    }

    private static byte[] VersionOf(byte[] stored) =>
        stored.Length < JobNames.VersionBytes ? [] : stored[..JobNames.VersionBytes];

    private static byte[] Versioned(byte[] version, byte[] form)
    {
        var stored = new byte[version.Length + form.Length];
        version.CopyTo(stored, 0);
        form.CopyTo(stored, version.Length);
        return stored;
    }

    private static byte[] Number(long number) =>
        Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private void WriteCounts(List<byte[]> words)
    {
        var at = words.Count;
        words.Add([]);
        foreach (var ((queue, state), delta) in counts)
        {
            if (delta != 0)
            {
                words.Add(JobNames.CountOf(queue, state));
                words.Add(Number(delta));
            }
        }

        words[at] = Number(words.Count - at - 1);
    }

    private JobListChange ListOf(in JobPlace place) =>
        places.TryGetValue(place, out var change) ? change : places[place] = new JobListChange();

    private JobListChange ListOf(JobState state) =>
        states.TryGetValue(state, out var change) ? change : states[state] = new JobListChange();
}
