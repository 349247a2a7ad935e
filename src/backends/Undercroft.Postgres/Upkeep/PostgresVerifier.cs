using Npgsql;
using Undercroft.Backends;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Reading;
using Undercroft.Postgres.Schema;
using Undercroft.Postgres.Writing;

namespace Undercroft.Postgres.Upkeep;

/// <summary>Reads everything of a tenant, out of one snapshot, and reports what does not fit together.</summary>
internal sealed class PostgresVerifier(
    NpgsqlConnection connection,
    SqlText sql,
    int tenant,
    StoreInfo info,
    IProgress<(long Done, long Total)>? progress)
{
    private const int ProblemsMax = 100;
    private const int ProgressEvery = 1000;
    private const int FirstSlot = RecordRow.Columns + 2;
    private const int Extra = FirstSlot + Tables.Slots;

    private readonly List<string> problems = [];
    private readonly Dictionary<(string Collection, string Index), IndexPlace> places = [];
    private long examined;
    private long rows;

    /// <summary>Verifies.</summary>
    public async ValueTask<MaintenanceReport> RunAsync(CancellationToken cancellationToken)
    {
        var snapshot = await connection
            .BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        await using var owned = snapshot.ConfigureAwait(false);
        await CheckStoreAsync(cancellationToken).ConfigureAwait(false);
        await ReadPlacesAsync(cancellationToken).ConfigureAwait(false);
        await CheckRecordsAsync(cancellationToken).ConfigureAwait(false);
        var found = await NumberAsync(
            $"SELECT count(*) FROM {sql.Schema}.entries WHERE t = $1", cancellationToken).ConfigureAwait(false);
        if (found != rows)
        {
            Report($"There are {found} rows of index entries, the records have {rows}.");
        }

        var uneven = await NumberAsync(
            $"SELECT count(*) FROM {sql.Schema}.lanes WHERE t = $1 AND (cardinality(numbers) <> cardinality(digests) " +
            "OR cardinality(numbers) <> cardinality(revisions) OR cardinality(numbers) <> cardinality(counters))",
            cancellationToken).ConfigureAwait(false);
        if (uneven > 0)
        {
            Report($"The results kept for {uneven} clients are damaged.");
        }

        return new MaintenanceReport { Examined = examined, Problems = problems };
    }

    private async ValueTask CheckStoreAsync(CancellationToken cancellationToken)
    {
        var ahead = await NumberAsync(
            $"SELECT count(*) FROM {sql.Schema}.records r WHERE r.t = $1 AND r.rev > " +
            $"(SELECT last_value FROM {sql.Schema}.revisions)", cancellationToken).ConfigureAwait(false);
        if (ahead > 0)
        {
            Report($"{ahead} records have revisions after the latest that the store has given.");
        }

        var late = await NumberAsync(
            $"SELECT count(*) FROM {sql.Schema}.records r WHERE r.t = $1 AND r.xid >= " +
            "(SELECT pg_snapshot_xmax(pg_current_snapshot()))", cancellationToken).ConfigureAwait(false);
        if (late > 0)
        {
            Report($"{late} records are of transactions that the server has not begun yet.");
        }
    }

    private async ValueTask ReadPlacesAsync(CancellationToken cancellationToken)
    {
        var command = Command($"SELECT c, name, n, slot FROM {sql.Schema}.indexes WHERE t = $1");
        await using var owned = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var name = System.Text.Encoding.UTF8.GetString(RecordRow.Bytes(reader, 1));
            places[(reader.GetString(0), name)] =
                new IndexPlace(reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetInt32(3));
        }
    }

    private async ValueTask CheckRecordsAsync(CancellationToken cancellationToken)
    {
        var total = await NumberAsync($"SELECT count(*) FROM {sql.Schema}.records WHERE t = $1", cancellationToken)
            .ConfigureAwait(false);
        var command = Command($"""
            SELECT r.rev, r.del, r.created, r.updated, r.expires, r.origin, r.meta, r.entries, r.v, r.c, r.id,
                r.k1, r.k2, r.k3, r.k4, r.k5, r.k6, r.k7, r.k8, r.many,
                CASE WHEN r.many THEN (SELECT array_agg(e.n ORDER BY e.n, e.k) FROM {sql.Schema}.entries e
                    WHERE e.t = r.t AND e.c = r.c AND e.id = r.id) END,
                CASE WHEN r.many THEN (SELECT array_agg(e.k ORDER BY e.n, e.k) FROM {sql.Schema}.entries e
                    WHERE e.t = r.t AND e.c = r.c AND e.id = r.id) END
            FROM {sql.Schema}.records r WHERE r.t = $1
            """);
        await using var owned = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var (collection, id) = (reader.GetString(RecordRow.Columns), reader.GetString(RecordRow.Columns + 1));
            try
            {
                Check(reader, RecordRow.Key(collection, id));
            }
            catch (Exception error) when (error is InvalidDataException or ArgumentException)
            {
                var name = Names.Show($"{collection}/{id}");
                Report($"The record {name} is damaged: {error.Message}");
            }

            if (++examined % ProgressEvery == 0)
            {
                progress?.Report((examined, total));
            }
        }

        progress?.Report((examined, total));
    }

    private void Check(NpgsqlDataReader row, RecordKey key)
    {
        var record = RecordRow.Read(row, key, RecordDetail.Complete);
        if (record.IsDeleted && (record.Entries.Count > 0 || !record.Value.IsEmpty || record.ExpiresAt is not null))
        {
            Report($"The tombstone {Show(record)} has more than a tombstone may have.");
        }

        if (record.Value.Length > info.Limits.ValueBytesMax)
        {
            Report($"The value of {Show(record)} has {record.Value.Length} bytes, more than the store allows.");
        }

        var columns = new byte[]?[Tables.Slots];
        var expected = new SortedSet<(int Number, string Key)>();
        for (var i = 0; i < record.Entries.Count; i++)
        {
            var entry = record.Entries[i];
            if (!places.TryGetValue((record.Key.Collection, entry.Index), out var place))
            {
                Report($"{Show(record)} has a key of the index {Names.Show(entry.Index)}, which is not there.");
            }
            else if (place.Slot is { } slot && CommitRound.IsAlone(record.Entries, i))
            {
                columns[slot - 1] = entry.Key.ToArray();
            }
            else
            {
                _ = expected.Add((place.Number, Convert.ToHexString(entry.Key.Span)));
            }
        }

        for (var i = 0; i < columns.Length; i++)
        {
            var found = row.IsDBNull(FirstSlot + i) ? null : RecordRow.Bytes(row, FirstSlot + i);
            if (found is null != columns[i] is null || (found is not null && !found.AsSpan().SequenceEqual(columns[i])))
            {
                Report($"The column k{i + 1} of {Show(record)} does not hold what its entries say.");
            }
        }

        CheckRows(row, record, expected);
    }

    private void CheckRows(NpgsqlDataReader row, StoreRecord record, SortedSet<(int Number, string Key)> expected)
    {
        rows += expected.Count;
        var found = new SortedSet<(int Number, string Key)>();
        if (!row.IsDBNull(Extra + 1))
        {
            var (numbers, keys) = (row.GetFieldValue<int[]>(Extra + 1), row.GetFieldValue<byte[][]>(Extra + 2));
            for (var i = 0; i < numbers.Length; i++)
            {
                _ = found.Add((numbers[i], Convert.ToHexString(keys[i])));
            }
        }

        if (row.GetBoolean(Extra) != expected.Count > 0 || !found.SetEquals(expected))
        {
            Report($"The rows of entries of {Show(record)} are not what its entries say.");
        }
    }

    private NpgsqlCommand Command(string text)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql.Fence.Over(text);
        _ = command.Parameters.Add(Parameter.Of(tenant));
        return command;
    }

    private async ValueTask<long> NumberAsync(string text, CancellationToken cancellationToken)
    {
        var command = Command(text);
        await using var owned = command.ConfigureAwait(false);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long number ? number : 0;
    }

    private static string Show(StoreRecord record) => Names.Show(record.Key.ToString());

    private void Report(FormattableString problem)
    {
        if (problems.Count < ProblemsMax)
        {
            problems.Add(FormattableString.Invariant(problem));
        }
    }
}
