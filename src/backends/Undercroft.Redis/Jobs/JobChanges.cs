using Undercroft.Jobs;
using Undercroft.Redis.Client;

namespace Undercroft.Redis.Jobs;

/// <summary>What a run of the judge rests on and what it has changed, as words for the commit function.</summary>
/// <param name="version">What marks the rows and cells that it keeps.</param>
internal sealed class JobChanges(byte[] version)
{
    private readonly List<JobEntry> rows = [];
    private readonly List<(byte[] Name, JobStored Stored, byte[]? Form)> cells = [];
    private readonly Dictionary<JobPlace, JobListChange> places = [];
    private readonly Dictionary<JobState, JobListChange> states = [];
    private readonly List<byte[]> timesGone = [];
    private readonly List<byte[]> timesAdded = [];
    private readonly List<(byte[] Name, long Delta)> counts = [];
    private int rowsSet;
    private int rowsGone;
    private int cellsSet;
    private int cellsGone;
    private int expected;

    /// <summary>What marks the rows and cells that it keeps.</summary>
    public byte[] Version => version;

    /// <summary>The rows that it rests on, and those that it keeps or forgets.</summary>
    public IReadOnlyList<JobEntry> Rows => rows;

    /// <summary>Rests on a row, and keeps it or forgets it where it was changed.</summary>
    public void Add(JobEntry entry)
    {
        rows.Add(entry);
        if (!entry.IsChanged)
        {
            return;
        }

        if (entry.Was is var (place, member, state))
        {
            if (place.List != JobList.None)
            {
                ListOf(place).Remove(member);
            }

            ListOf(state).Remove(member);
        }

        if (entry.Row is not { } row)
        {
            rowsGone++;
            return;
        }

        rowsSet++;
        entry.Form = JobForm.Write(row);
        var now = JobMember.Of(row);
        if (row.Place is { List: not JobList.None } there)
        {
            ListOf(there).Add(now);
        }

        ListOf(row.State).Add(now);
    }

    /// <summary>Rests on a cell.</summary>
    public void Expect(byte[] name, JobStored stored) => cells.Add((name, stored, null));

    /// <summary>Rests on a cell, and keeps it or forgets it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="stored">The cell as it is stored.</param>
    /// <param name="was">The time it is looked for by as it is stored.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="key">Its key.</param>
    /// <param name="cell">The cell as it is to be; null where it is to be forgotten.</param>
    public void Add(byte[] name, JobStored stored, long was, JobCellKind kind, string key, JobCell? cell)
    {
        cells.Add((name, stored, cell is null ? [] : JobForm.Write(cell)));
        if (stored.Exists && JobNames.HasTime(kind, was))
        {
            timesGone.Add(JobNames.TimeMember(kind, was, key));
        }

        if (cell is null)
        {
            cellsGone++;
            return;
        }

        cellsSet++;
        if (kind == JobCellKind.Queue)
        {
            // Queues are found by what is counted: one that is paused before there is a job in it, too.
            counts.Add((JobNames.CountOf(key, JobState.Ready), 0));
        }

        if (JobNames.HasTime(kind, cell.At))
        {
            timesAdded.Add(JobNames.TimeMember(kind, cell.At, key));
        }
    }

    /// <summary>Counts jobs in or out of a queue and state.</summary>
    public void Count(string queue, JobState state, long delta)
    {
        if (delta != 0)
        {
            counts.Add((JobNames.CountOf(queue, state), delta));
        }
    }

    /// <summary>Rests on what never is, so that nothing is kept whatever becomes of it.</summary>
    public void Refuse() => expected++;

    /// <summary>Adds the words to a call of the commit function: how many, then they.</summary>
    /// <param name="command">The command.</param>
    /// <param name="hasWork">Whether there is work now for those who wait for it.</param>
    /// <param name="outcomes">What the operations came to.</param>
    public void Write(RedisCommand command, bool hasWork, ReadOnlySpan<byte> outcomes)
    {
        var words = 9 + (2 * (rows.Count + expected)) + (2 * cells.Count) + (2 * rowsSet) + rowsGone + (2 * cellsSet) +
            cellsGone + (2 * counts.Count) + places.Values.Sum(static list => list.Words) +
            states.Values.Sum(static list => list.Words) +
            (HasTimes ? 3 + timesGone.Count + (2 * timesAdded.Count) : 0);
        _ = command.Add(words).Add(hasWork ? "1"u8 : "0"u8).Add(outcomes);
        WriteExpected(command);
        WriteRows(command);
        WriteCells(command);
        _ = command.Add(2 * counts.Count);
        foreach (var (name, delta) in counts)
        {
            _ = command.Add(name).Add(delta);
        }

        foreach (var list in places.Values)
        {
            list.Write(command);
        }

        foreach (var list in states.Values)
        {
            list.Write(command);
        }

        WriteTimes(command);
    }

    private bool HasTimes => timesGone.Count + timesAdded.Count > 0;

    private void WriteExpected(RedisCommand command)
    {
        Span<byte> id = stackalloc byte[JobNames.IdBytes];
        _ = command.Add(rows.Count + expected);
        foreach (var row in rows)
        {
            JobNames.WriteId(id, row.Id);
            _ = command.Add(id);
        }

        for (var i = 0; i < expected; i++)
        {
            _ = command.Add("never"u8);
        }

        foreach (var row in rows)
        {
            _ = command.Add(row.Stored.Version);
        }

        for (var i = 0; i < expected; i++)
        {
            _ = command.Add("never"u8);
        }

        _ = command.Add(cells.Count);
        foreach (var (name, _, _) in cells)
        {
            _ = command.Add(name);
        }

        foreach (var (_, stored, _) in cells)
        {
            _ = command.Add(stored.Version);
        }
    }

    private void WriteRows(RedisCommand command)
    {
        Span<byte> id = stackalloc byte[JobNames.IdBytes];
        _ = command.Add(2 * rowsSet);
        foreach (var row in rows)
        {
            if (row.Form.Length > 0)
            {
                JobNames.WriteId(id, row.Id);
                _ = command.Add(id).Add(version, row.Form);
            }
        }

        _ = command.Add(rowsGone);
        foreach (var row in rows)
        {
            if (row is { IsChanged: true, Row: null })
            {
                JobNames.WriteId(id, row.Id);
                _ = command.Add(id);
            }
        }
    }

    private void WriteCells(RedisCommand command)
    {
        _ = command.Add(2 * cellsSet);
        foreach (var (name, _, form) in cells)
        {
            if (form is { Length: > 0 })
            {
                _ = command.Add(name).Add(version, form);
            }
        }

        _ = command.Add(cellsGone);
        foreach (var (name, _, form) in cells)
        {
            if (form is { Length: 0 })
            {
                _ = command.Add(name);
            }
        }
    }

    private void WriteTimes(RedisCommand command)
    {
        if (!HasTimes)
        {
            return;
        }

        _ = command.Add(JobNames.Times).Add(timesGone.Count);
        foreach (var member in timesGone)
        {
            _ = command.Add(member);
        }

        _ = command.Add(2 * timesAdded.Count);
        foreach (var member in timesAdded)
        {
            _ = command.Add("0"u8).Add(member);
        }
    }

    private JobListChange ListOf(in JobPlace place) => places.TryGetValue(place, out var change)
        ? change
        : places[place] = new JobListChange(JobNames.Of(place), JobMember.PlaceBytes);

    private JobListChange ListOf(JobState state) => states.TryGetValue(state, out var change)
        ? change
        : states[state] = new JobListChange(JobNames.Of(state), JobMember.StateBytes);
}
