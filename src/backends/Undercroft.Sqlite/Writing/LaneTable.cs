using System.Buffers;
using Undercroft.Backends;
using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Schema;

namespace Undercroft.Sqlite.Writing;

/// <summary>The last results of each client instance, for retries. A lane is read once, and written once for all the
/// commits of its client in a group.</summary>
internal sealed class LaneTable(SqliteConnection connection, StoreLimits limits)
{
    // A process that lives long, with clients that do not, prunes now and then by itself.
    private const int NewLanesBetweenPrunings = 1024;
    private const int KnownMax = 1024;

    private readonly SqliteStatement find = connection.Statement(Sql.Lane);
    private readonly SqliteStatement set = connection.Statement(Sql.SetLane);
    private readonly SqliteStatement prune = connection.Statement(Sql.PruneLanes);
    private readonly ArrayBufferWriter<byte> bytes = new(4096);
    private readonly Dictionary<Guid, ReplayLane> known = [];
    private readonly Dictionary<Guid, DateTimeOffset> changed = [];
    private int added = NewLanesBetweenPrunings;

    /// <summary>Finds a client's lane.</summary>
    /// <returns>The lane, or null where the client has not committed yet, or long ago.</returns>
    public ReplayLane? Find(Guid client)
    {
        if (known.TryGetValue(client, out var lane))
        {
            return lane;
        }

        BindClient(find, client);
        try
        {
            return find.Step() ? ReadLane(find.Bytes(0).ToArray()) : null;
        }
        finally
        {
            find.Reset();
        }
    }

    /// <summary>Keeps one more result of a client; <see cref="Write"/> writes it.</summary>
    public void Keep(Guid client, ReplayLane? lane, StoredReplay replay, DateTimeOffset now)
    {
        if (lane is null && ++added > NewLanesBetweenPrunings)
        {
            _ = Prune(now);
            added = 0;
        }

        known[client] = (lane ?? ReplayLane.Empty).With(replay, limits.ReplaysKept);
        changed[client] = now;
    }

    /// <summary>Writes the lanes that have changed, at the end of the group.</summary>
    public void Write()
    {
        foreach (var (client, now) in changed)
        {
            bytes.ResetWrittenCount();
            WriteLane(known[client]);
            BindClient(set, client);
            set.Bind(2, now.UtcTicks);
            set.Bind(3, bytes.WrittenSpan);
            set.Run();
        }

        changed.Clear();
        if (known.Count > KnownMax)
        {
            known.Clear();
        }
    }

    /// <summary>Forgets what is known of the table: it was rolled back, or another process has written.</summary>
    public void Forget()
    {
        known.Clear();
        changed.Clear();
    }

    /// <summary>Deletes the lanes that nobody has used for long.</summary>
    /// <returns>How many.</returns>
    public int Prune(DateTimeOffset now)
    {
        Write();
        known.Clear();
        prune.Bind(1, Math.Max(0, now.UtcTicks - limits.ReplaysKeptFor.Ticks));
        prune.Run();
        return connection.Changes;
    }

    // What job operations came to stands behind the lane, where there is any: older files have none.
    private void WriteLane(ReplayLane lane)
    {
        var writer = new RecordWriter(bytes);
        writer.Lane(lane);
        foreach (var replay in lane.Replays.Any(static one => !one.Jobs.IsEmpty) ? lane.Replays : [])
        {
            writer.Bytes(replay.Jobs.Span);
        }
    }

    private static ReplayLane ReadLane(byte[] form)
    {
        var reader = new RecordReader(form);
        var lane = reader.Lane();
        if (reader.IsAtEnd)
        {
            return lane;
        }

        var replays = lane.Replays.ToArray();
        for (var i = 0; i < replays.Length; i++)
        {
            replays[i] = replays[i] with { Jobs = reader.Bytes() };
        }

        return lane with { Replays = [.. replays] };
    }

    private static void BindClient(SqliteStatement statement, Guid client)
    {
        Span<byte> key = stackalloc byte[16];
        _ = client.TryWriteBytes(key, bigEndian: true, out _);
        statement.Bind(1, key);
    }
}
