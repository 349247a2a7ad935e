using System.Collections.Concurrent;
using Undercroft.Jobs;

namespace Undercroft.Postgres.Jobs;

/// <summary>What this process knows of the jobs it runs and of its sessions, so that a settlement and a heartbeat need
/// not read first. It may be old: each write finds out.</summary>
internal sealed class JobKnown
{
    private const int Max = 20_000;

    private readonly ConcurrentDictionary<JobId, JobData> rows = new();
    private readonly ConcurrentDictionary<string, CellData> sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> queues = new(StringComparer.Ordinal);

    public JobData? Find(JobId id) => rows.GetValueOrDefault(id);

    public CellData? FindSession(string key) => sessions.GetValueOrDefault(key);

    /// <summary>Remembers a job that is being run.</summary>
    public void Keep(JobData row)
    {
        if (rows.Count >= Max)
        {
            rows.Clear();
        }

        rows[row.Id] = row.Light();
    }

    public void Keep(string session, CellData cell)
    {
        if (sessions.Count >= Max)
        {
            sessions.Clear();
        }

        sessions[session] = cell;
    }

    /// <summary>Notes that the cell of a session has another version now, and is the same otherwise. One that was
    /// known in another version than it had before is forgotten.</summary>
    public void Renew(string session, long before, long version)
    {
        if (!sessions.TryGetValue(session, out var cell))
        {
            return;
        }

        if (cell.Version == before)
        {
            _ = sessions.TryUpdate(session, cell with { Version = version }, cell);
        }
        else
        {
            _ = sessions.TryRemove(new KeyValuePair<string, CellData>(session, cell));
        }
    }

    public void Forget(JobId id) => _ = rows.TryRemove(id, out _);

    public void Forget(string session) => _ = sessions.TryRemove(session, out _);

    /// <summary>Whether a queue has been noted as one there was a job in.</summary>
    public bool HasQueue(string queue) => queues.ContainsKey(queue);

    public void KeepQueue(string queue)
    {
        if (queues.Count >= Max)
        {
            queues.Clear();
        }

        queues[queue] = 0;
    }
}
