using Npgsql;

namespace Undercroft.Postgres.Schema;

/// <summary>The server's timeline, noted before the first commit on it: so a cursor of what a lost primary had, and its
/// successor has not, is told from one of what both have.</summary>
internal sealed class Segments(SqlText sql, MarkedSessions sessions)
{
    private string? known;

    /// <summary>The timeline that was noted; null where that is to be done again.</summary>
    public string? Known => Volatile.Read(ref known);

    /// <summary>Forgets: the server is another one.</summary>
    public void Forget() => Volatile.Write(ref known, null);

    /// <summary>Notes the timeline.</summary>
    public async ValueTask BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (timeline, isNoted) = await LookAsync(connection, cancellationToken).ConfigureAwait(false);
        if (!isNoted)
        {
            var begin = connection.CreateCommand();
            await using var owned = begin.ConfigureAwait(false);
            begin.CommandText = sql.BeginSegment;
            _ = await begin.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        Volatile.Write(ref known, timeline);
    }

    private async ValueTask<(string Timeline, bool IsNoted)> LookAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var look = connection.CreateCommand();
        await using var owned = look.ConfigureAwait(false);
        look.CommandText = sql.Timeline;
        var reader = await look.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        _ = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!reader.IsDBNull(2))
        {
            sessions.Know(connection, reader.GetString(2), reader.GetString(3));
        }

        return (reader.GetString(0), reader.GetBoolean(1));
    }
}
