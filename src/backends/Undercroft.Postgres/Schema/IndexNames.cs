using System.Collections.Concurrent;
using Npgsql;
using Undercroft.Postgres.Connecting;

namespace Undercroft.Postgres.Schema;

/// <summary>The numbers and columns of indexes: given once, never changed, and so remembered.</summary>
internal sealed class IndexNames(SqlText sql, int tenant, bool makesViews)
{
    private const int KnownMax = 10_000;

    private readonly ConcurrentDictionary<(string Collection, string Index), IndexPlace> known = new();
    private readonly ConcurrentDictionary<string, bool> viewed = new(StringComparer.Ordinal);

    /// <summary>The place of an index that is known; null where it is not, or not yet.</summary>
    public IndexPlace? Find(string collection, string index) =>
        known.TryGetValue((collection, index), out var place) ? place : null;

    /// <summary>Looks for an index that another process may have made.</summary>
    public async ValueTask<IndexPlace?> FindAsync(
        NpgsqlConnection connection, string collection, string index, CancellationToken cancellationToken)
    {
        if (Find(collection, index) is { } place)
        {
            return place;
        }

        var command = Command(connection, sql.FindIndex, collection, index);
        await using var owned = command.ConfigureAwait(false);
        return await ReadAsync(command, collection, index, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes sure that all indexes and views of a commit are there. Mostly they are, and nothing is asked.
    /// </summary>
    public async ValueTask EnsureAsync(
        NpgsqlConnection connection, Commit commit, CancellationToken cancellationToken)
    {
        foreach (var operation in commit.Operations)
        {
            if (operation is not PutOperation put)
            {
                continue;
            }

            var collection = put.Key.Collection;
            if (makesViews && !collection.StartsWith('$') && !viewed.ContainsKey(collection))
            {
                await MakeViewAsync(connection, collection, cancellationToken).ConfigureAwait(false);
            }

            foreach (var entry in put.Entries)
            {
                if (!known.ContainsKey((collection, entry.Index)))
                {
                    var command = Command(connection, sql.RegisterIndex, collection, entry.Index);
                    await using var owned = command.ConfigureAwait(false);
                    _ = await ReadAsync(command, collection, entry.Index, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Whether everything a commit names is known, so that nothing need be asked.</summary>
    public bool Knows(Commit commit)
    {
        foreach (var operation in commit.Operations)
        {
            if (operation is not PutOperation put)
            {
                continue;
            }

            if (makesViews && !put.Key.Collection.StartsWith('$') && !viewed.ContainsKey(put.Key.Collection))
            {
                return false;
            }

            foreach (var entry in put.Entries)
            {
                if (!known.ContainsKey((put.Key.Collection, entry.Index)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private async ValueTask MakeViewAsync(
        NpgsqlConnection connection, string collection, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = sql.MakeView;
        _ = command.Parameters.Add(Parameter.Of(tenant));
        _ = command.Parameters.Add(Parameter.Of(collection));
        try
        {
            _ = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // The view is for people. Who may write and not create, writes without it.
        }

        if (viewed.Count >= KnownMax)
        {
            viewed.Clear();
        }

        viewed[collection] = true;
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string text, string collection, string index)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        _ = command.Parameters.Add(Parameter.Of(tenant));
        _ = command.Parameters.Add(Parameter.Of(collection));
        _ = command.Parameters.Add(Parameter.Of(Parameter.Utf8(index)));
        return command;
    }

    private async ValueTask<IndexPlace?> ReadAsync(
        NpgsqlCommand command, string collection, string index, CancellationToken cancellationToken)
    {
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var owned = reader.ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var place = new IndexPlace(reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetInt32(1));
        if (known.Count >= KnownMax)
        {
            known.Clear();
        }

        known[(collection, index)] = place;
        return place;
    }
}
