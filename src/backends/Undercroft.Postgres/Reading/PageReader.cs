using Npgsql;
using Undercroft.Backends;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Reading;

/// <summary>Reads pages of a collection, by id or by the keys of an index.</summary>
internal sealed class PageReader(SqlText sql, IndexNames names, StoreLimits limits, int tenant)
{
    // The statements for each shape of a scan, made once.
    private readonly System.Collections.Concurrent.ConcurrentDictionary<int, string> texts = new();

    /// <summary>Reads a page.</summary>
    public async ValueTask<ScanPage> ReadAsync(
        NpgsqlConnection connection,
        ScanRequest request,
        int limit,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        _ = command.Parameters.Add(Parameter.Of(tenant));
        _ = command.Parameters.Add(Parameter.Of(request.Collection));
        _ = command.Parameters.Add(Parameter.Of(now.UtcTicks));
        _ = command.Parameters.Add(Parameter.Of(limit + 1));
        if (request.Range.Index is not { } index)
        {
            AskForIds(command, request);
        }
        else if (await names.FindAsync(connection, request.Collection, index, cancellationToken)
            .ConfigureAwait(false) is { } place)
        {
            AskForEntries(command, request, place);
        }
        else
        {
            return new ScanPage([], null);
        }

        return await ReadAsync(command, request, limit, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ScanPage> ReadAsync(
        NpgsqlCommand command, ScanRequest request, int limit, CancellationToken cancellationToken)
    {
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var owned = reader.ConfigureAwait(false);
        var isIndex = request.Range.Index is not null;
        var items = new List<ScanItem>(Math.Min(limit, 128));
        var bytes = 0L;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (items.Count == limit || bytes >= limits.PageBytesMax)
            {
                var last = items[^1];
                return new ScanPage(items, new ScanPosition(last.EntryKey, last.Record.Key.Id));
            }

            var key = RecordRow.Key(request.Collection, reader.GetString(RecordRow.Columns));
            var record = RecordRow.Read(reader, key, request.Detail);
            bytes += record.Value.Length;
            items.Add(new ScanItem(record, isIndex ? RecordRow.Bytes(reader, RecordRow.Columns + 1) : default));
        }

        return new ScanPage(items, null);
    }

    private void AskForIds(NpgsqlCommand command, ScanRequest request)
    {
        var bounds = IdBounds.Of(request.Range);
        var isAfter = request.After is { } place && !request.IsReverse && !bounds.IsBelow(place.Id);
        var from = isAfter ? request.After!.Id : bounds.From;
        var before = request is { IsReverse: true, After: { } after } && !bounds.IsAbove(after.Id)
            ? after.Id
            : bounds.Before;
        _ = command.Parameters.Add(Parameter.Of(from));
        _ = command.Parameters.Add(Parameter.Of(before));
        command.CommandText = Text(request, null, isAfter, before is not null);
    }

    private void AskForEntries(NpgsqlCommand command, ScanRequest request, IndexPlace place)
    {
        var range = request.Range;
        var isAfter = request.After is { } after && (request.IsReverse
            ? range.BeforeKey is not { } end || after.EntryKey.Span.SequenceCompareTo(end.Span) < 0
            : after.EntryKey.Span.SequenceCompareTo(range.FromKey.Span) >= 0);
        var from = isAfter && !request.IsReverse ? request.After!.EntryKey : range.FromKey;
        var before = isAfter && request.IsReverse ? request.After!.EntryKey : range.BeforeKey;
        _ = command.Parameters.Add(Parameter.Of(from.ToArray()));
        _ = command.Parameters.Add(Parameter.Of(before?.ToArray()));
        _ = command.Parameters.Add(Parameter.Of(isAfter ? request.After!.Id : null));
        _ = command.Parameters.Add(Parameter.Of(place.Number));
        command.CommandText = Text(request, place, isAfter, before is not null);
    }

    private string Text(ScanRequest request, IndexPlace? place, bool isAfter, bool hasEnd)
    {
        var slot = place is null ? 0 : 1 + (place.Value.Slot ?? 0);
        var shape = (slot * 32) + ((int)request.Detail * 8) +
            (request.IsReverse ? 4 : 0) + (isAfter ? 2 : 0) + (hasEnd ? 1 : 0);
        return texts.GetOrAdd(shape, static (_, ask) => ask.Place is { } index
            ? ask.Sql.Entries(ask.Request.Detail, index.Slot, ask.Request.IsReverse, ask.IsAfter, ask.HasEnd)
            : ask.Sql.Ids(ask.Request.Detail, ask.Request.IsReverse, ask.IsAfter, ask.HasEnd),
            (Sql: sql, Request: request, Place: place, IsAfter: isAfter, HasEnd: hasEnd));
    }
}
