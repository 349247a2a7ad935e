using Npgsql;
using Undercroft.Backends;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Reading;

/// <summary>Reads records by key, all of a call in one statement and so out of one snapshot.</summary>
internal sealed class KeyReader(SqlText sql, int tenant)
{
    /// <summary>Reads one record.</summary>
    public async ValueTask<StoreRecord?> FindAsync(
        NpgsqlConnection connection,
        RecordKey key,
        ReadOptions options,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (options.Known is not null)
        {
            var found = await ReadKnownAsync(connection, key, options, now, cancellationToken).ConfigureAwait(false);
            return found[0];
        }

        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = sql.ByKey(options.Detail);
        _ = command.Parameters.Add(Parameter.Of(tenant));
        _ = command.Parameters.Add(Parameter.Of(key.Collection));
        _ = command.Parameters.Add(Parameter.Of(key.Id));
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? Answer(reader, key, options, 0, now)
            : null;
    }

    /// <summary>Reads several records.</summary>
    public async ValueTask<StoreRecord?[]> ReadAsync(
        NpgsqlConnection connection,
        KeyList keys,
        ReadOptions options,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
        {
            return [];
        }

        if (options.Known is not null || !IsOneCollection(keys))
        {
            return await ReadKnownAsync(connection, keys, options, now, cancellationToken).ConfigureAwait(false);
        }

        var ids = new string[keys.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = keys[i].Id;
        }

        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = sql.ByIds(options.Detail);
        _ = command.Parameters.Add(Parameter.Of(tenant));
        _ = command.Parameters.Add(Parameter.Of(keys[0].Collection));
        _ = command.Parameters.Add(Parameter.Of(ids));
        return await AnswersAsync(command, keys, options, now, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<StoreRecord?[]> ReadKnownAsync(
        NpgsqlConnection connection,
        KeyList keys,
        ReadOptions options,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var (collections, ids, known) = (new string[keys.Count], new string[keys.Count], new long[keys.Count]);
        for (var i = 0; i < ids.Length; i++)
        {
            (collections[i], ids[i]) = (keys[i].Collection, keys[i].Id);
            known[i] = options.Known?[i].Value ?? 0;
        }

        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = sql.ByKeys(options.Detail);
        _ = command.Parameters.Add(Parameter.Of(tenant));
        _ = command.Parameters.Add(Parameter.Of(collections));
        _ = command.Parameters.Add(Parameter.Of(ids));
        _ = command.Parameters.Add(Parameter.Of(known));
        return await AnswersAsync(command, keys, options, now, cancellationToken).ConfigureAwait(false);
    }

    // Which of the keys a row answers stands behind it: the key itself need not be sent back.
    private static async ValueTask<StoreRecord?[]> AnswersAsync(
        NpgsqlCommand command,
        KeyList keys,
        ReadOptions options,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var owned = reader.ConfigureAwait(false);
        var found = new StoreRecord?[keys.Count];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var position = (int)reader.GetInt64(RecordRow.Columns) - 1;
            found[position] = Answer(reader, keys[position], options, position, now);
        }

        return found;
    }

    private static StoreRecord? Answer(
        NpgsqlDataReader reader, RecordKey key, in ReadOptions options, int position, DateTimeOffset now) =>
        RecordShape.Answer(RecordRow.Read(reader, key, options.Detail), options, position, now);

    private static bool IsOneCollection(KeyList keys)
    {
        for (var i = 1; i < keys.Count; i++)
        {
            if (keys[i].Collection != keys[0].Collection)
            {
                return false;
            }
        }

        return true;
    }
}
