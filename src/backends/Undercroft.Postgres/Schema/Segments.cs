using Npgsql;

namespace Undercroft.Postgres.Schema;

/// <summary>The segment of the server's history that commits are on, begun before the first commit on it: so a cursor
/// of what the server has lost is told from one of what it still has.</summary>
internal sealed class Segments(SqlText sql, MarkedSessions sessions)
{
    private string? known;

    /// <summary>The segment that was noted; null where it is to be looked for again.</summary>
    public string? Known => Volatile.Read(ref known);

    /// <summary>Forgets: the server is another one, or has been away.</summary>
    public void Forget() => Volatile.Write(ref known, null);

    /// <summary>Looks for the segment, and begins one where there is none.</summary>
    public async ValueTask BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var segment = await LookAsync(connection, cancellationToken).ConfigureAwait(false);
        if (segment is null)
        {
            var begin = connection.CreateCommand();
            await using var owned = begin.ConfigureAwait(false);
            begin.CommandText = sql.BeginSegment;
            segment = (string)(await begin.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }

        Volatile.Write(ref known, segment);
    }

    private async ValueTask<string?> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var look = connection.CreateCommand();
        await using var owned = look.ConfigureAwait(false);
        look.CommandText = sql.Segment;
        var reader = await look.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        _ = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!reader.IsDBNull(1))
        {
            sessions.Know(connection, reader.GetString(1), reader.GetString(2));
        }

        return reader.IsDBNull(0) ? null : reader.GetString(0);
    }
}
