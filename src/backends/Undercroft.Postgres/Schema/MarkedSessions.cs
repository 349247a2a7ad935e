using System.Collections.Concurrent;
using Npgsql;
using Undercroft.Postgres.Connecting;

namespace Undercroft.Postgres.Schema;

/// <summary>The sessions of the server that carry their segment as a setting of their own: a commit compares it with a
/// word, where it would have to call a function.</summary>
/// <remarks>
/// A server that takes writes gets on another segment only by ending all its sessions: one that has once seen it
/// outside of a recovery stays on its segment until it ends. A session that is looked for in vain, because the number
/// of its process is another's by now or a pooler gives each transaction another session, fails the statement, which
/// then goes the longer way.
/// </remarks>
internal sealed class MarkedSessions(string schema, bool isPooled)
{
    /// <summary>The setting.</summary>
    public const string Setting = "undercroft.segment";

    private const int KnownMax = 1_000;
    private const int MistakesMax = 16;

    private readonly string text = $"""
        SELECT current_setting('synchronous_commit'), set_config('{Setting}', $1, false)
        WHERE NOT pg_is_in_recovery() AND "{schema}".segment_v1() = $1
        """;

    private readonly ConcurrentDictionary<int, (string Segment, string Level)> known = new();
    private int mistakes;

    /// <summary>Hears that a session has got the mark of a segment, and at which level it commits.</summary>
    public void Know(NpgsqlConnection connection, string segment, string level)
    {
        if (known.Count >= KnownMax)
        {
            known.Clear();
        }

        known[connection.ProcessID] = (segment, level);
    }

    /// <summary>Whether a session has the mark of a segment, and does by itself what a level is to do. One that nobody
    /// has looked at yet is marked, which is a round trip.</summary>
    public async ValueTask<bool> HoldsAsync(NpgsqlConnection connection, string segment, string level)
    {
        if (isPooled || Volatile.Read(ref mistakes) > MistakesMax)
        {
            return false;
        }

        if (!known.TryGetValue(connection.ProcessID, out var mark) || mark.Segment != segment)
        {
            if (await LookAsync(connection, segment).ConfigureAwait(false) is not { } found)
            {
                return false;
            }

            mark = (segment, found);
            Know(connection, segment, found);
        }

        return mark.Level == level;
    }

    /// <summary>Hears that a session was not as it was known.</summary>
    public void Forget(NpgsqlConnection connection)
    {
        _ = Interlocked.Increment(ref mistakes);
        _ = known.TryRemove(connection.ProcessID, out _);
    }

    private async ValueTask<string?> LookAsync(NpgsqlConnection connection, string segment)
    {
        var look = connection.CreateCommand();
        await using var owned = look.ConfigureAwait(false);
        look.CommandText = text;
        _ = look.Parameters.Add(Parameter.Of(segment));
        return (string?)await look.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
