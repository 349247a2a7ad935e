using System.Collections.Concurrent;
using Npgsql;
using Undercroft.Postgres.Connecting;

namespace Undercroft.Postgres.Schema;

/// <summary>The sessions of the server that carry their timeline as a setting of their own: a commit compares it with a
/// word, where it would have to ask where the server's log is.</summary>
/// <remarks>
/// A server that takes writes goes to another timeline only at the end of a recovery: a session that has once seen it
/// outside of one stays on its timeline until it ends. A session that is looked for in vain, because the number of its
/// process is another's by now or a pooler gives each transaction another session, fails the statement, which then
/// goes the longer way.
/// </remarks>
internal sealed class MarkedSessions(bool isPooled)
{
    /// <summary>The setting.</summary>
    public const string Setting = "undercroft.timeline";

    private const int KnownMax = 1_000;
    private const int MistakesMax = 16;

    private const string Mark = $"""
        SELECT current_setting('synchronous_commit'), set_config('{Setting}', $1, false)
        WHERE NOT pg_is_in_recovery() AND {PutText.Timeline} = $1
        """;

    private readonly ConcurrentDictionary<int, (string Timeline, string Level)> known = new();
    private int mistakes;

    /// <summary>Hears that a session has got the mark of a timeline, and at which level it commits.</summary>
    public void Know(NpgsqlConnection connection, string timeline, string level)
    {
        if (known.Count >= KnownMax)
        {
            known.Clear();
        }

        known[connection.ProcessID] = (timeline, level);
    }

    /// <summary>Whether a session has the mark of a timeline, and does by itself what a level is to do. One that nobody
    /// has looked at yet is marked, which is a round trip.</summary>
    public async ValueTask<bool> HoldsAsync(NpgsqlConnection connection, string timeline, string level)
    {
        if (isPooled || Volatile.Read(ref mistakes) > MistakesMax)
        {
            return false;
        }

        if (!known.TryGetValue(connection.ProcessID, out var mark) || mark.Timeline != timeline)
        {
            if (await LookAsync(connection, timeline).ConfigureAwait(false) is not { } found)
            {
                return false;
            }

            mark = (timeline, found);
            Know(connection, timeline, found);
        }

        return mark.Level == level;
    }

    /// <summary>Hears that a session was not as it was known.</summary>
    public void Forget(NpgsqlConnection connection)
    {
        _ = Interlocked.Increment(ref mistakes);
        _ = known.TryRemove(connection.ProcessID, out _);
    }

    private static async ValueTask<string?> LookAsync(NpgsqlConnection connection, string timeline)
    {
        var look = connection.CreateCommand();
        await using var owned = look.ConfigureAwait(false);
        look.CommandText = Mark;
        _ = look.Parameters.Add(Parameter.Of(timeline));
        return (string?)await look.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
