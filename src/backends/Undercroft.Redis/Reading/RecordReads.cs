using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Reading;

/// <summary>Reads records by key. Whole records are one GET or MGET; less than that is cut on the server.</summary>
/// <param name="caller">Calls the server.</param>
internal sealed class RecordReads(FunctionCaller caller)
{
    private readonly StoreKeys keys = caller.Keys;

    /// <summary>Reads one record.</summary>
    public async ValueTask<StoreRecord?> ReadOneAsync(
        RecordKey key, ReadOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (IsCut(options))
        {
            return (await ReadCutAsync(key, options, now, cancellationToken).ConfigureAwait(false))[0];
        }

        using var reply = await caller.Client.SendAsync(Get(key), cancellationToken).ConfigureAwait(false);
        return reply.IsNull ? null : Answer(key, reply.Bytes.Span, options, 0, now);
    }

    /// <summary>Reads many records, out of one snapshot.</summary>
    public async ValueTask<StoreRecord?[]> ReadManyAsync(
        KeyList list, ReadOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (list.Count == 0)
        {
            return [];
        }

        if (IsCut(options))
        {
            return await ReadCutAsync(list, options, now, cancellationToken).ConfigureAwait(false);
        }

        using var reply = await caller.Client.SendAsync(GetMany(list), cancellationToken).ConfigureAwait(false);
        return Answers(reply, list, options, now);
    }

    /// <summary>Makes of what is stored what a read answers.</summary>
    public static StoreRecord? Answer(
        RecordKey key, ReadOnlySpan<byte> raw, in ReadOptions options, int position, DateTimeOffset now)
    {
        var (revision, isDeleted, expires) = RecordCodec.ReadHead(raw);
        if (isDeleted ? !options.IncludeDeleted : expires <= now.UtcTicks)
        {
            return null;
        }

        return options.Known is { } known && known[position] == revision
            ? new StoreRecord { Key = key, Revision = revision, IsUnchanged = true }
            : RecordCodec.Read(key, raw, options.Detail);
    }

    // Where less than the whole may come back, a function cuts it.
    private static bool IsCut(in ReadOptions options) =>
        options.Detail is RecordDetail.Keys or RecordDetail.Meta || options.Known is not null;

    private async ValueTask<StoreRecord?[]> ReadCutAsync(
        KeyList list, ReadOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var reply = await caller.CallAsync(
            caller.Library.Read, command => WriteKeys(command, list, options), isReading: true, cancellationToken)
            .ConfigureAwait(false);
        return Answers(reply, list, options, now);
    }

    private static StoreRecord?[] Answers(
        in RedisReply reply, KeyList list, in ReadOptions options, DateTimeOffset now)
    {
        var found = new StoreRecord?[list.Count];
        var position = 0;
        foreach (var element in reply)
        {
            if (!element.IsNull && element.Bytes is { Length: > 0 } raw)
            {
                found[position] = Answer(list[position], raw.Span, options, position, now);
            }

            position++;
        }

        return found;
    }

    private static void WriteKeys(RedisCommand command, KeyList list, in ReadOptions options)
    {
        Span<byte> name = stackalloc byte[RecordKey.CollectionBytesMax + 1 + RecordKey.IdBytesMax];
        _ = command.Add(Details.Number(options.Detail));
        for (var i = 0; i < list.Count; i++)
        {
            _ = command.Add(name[..StoreKeys.WriteName(list[i], name)]).Add(options.Known?[i].Value ?? 0);
        }
    }

    private RedisCommand Get(RecordKey key)
    {
        Span<byte> name = stackalloc byte[keys.RecordBytesMax];
        return caller.Client.Create("GET"u8).AddKey(name[..keys.WriteRecordKey(key, name)]).Repeatable();
    }

    private RedisCommand GetMany(KeyList list)
    {
        Span<byte> name = stackalloc byte[keys.RecordBytesMax];
        var command = caller.Client.Create("MGET"u8);
        for (var i = 0; i < list.Count; i++)
        {
            _ = command.AddKey(name[..keys.WriteRecordKey(list[i], name)]);
        }

        return command.Repeatable();
    }
}
