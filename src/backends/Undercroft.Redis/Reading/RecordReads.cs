using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Reading;

/// <summary>Reads records by key. Whole records are one GET or MGET; less than that is cut on the server.</summary>
/// <param name="caller">Calls the server.</param>
/// <param name="clock">The store's clock.</param>
/// <param name="translate">Makes of an error what callers see.</param>
internal sealed class RecordReads(FunctionCaller caller, StoreClock clock, Func<Exception, Exception> translate)
{
    private readonly StoreKeys keys = caller.Keys;

    /// <summary>Says whether less than the whole may come back: then a function cuts it on the server.</summary>
    public static bool IsCut(in ReadOptions options) =>
        options.Detail is RecordDetail.Keys or RecordDetail.Meta || options.Known is not null;

    /// <summary>Reads one whole record.</summary>
    public ValueTask<ReadResult> ReadOneAsync(
        in RecordKey key, in ReadOptions options, CancellationToken cancellationToken)
    {
        Span<byte> name = stackalloc byte[keys.RecordBytes(key)];
        var command = caller.Client.Create("GET"u8).AddKey(name[..keys.WriteRecordKey(key, name)]).Repeatable();
        var read = command.Reader as RecordRead ?? new RecordRead(command, clock, translate);
        try
        {
            var result = read.Begin(key, options);
            caller.Client.Post(command.ReadBy(read), cancellationToken);
            return result;
        }
        catch (Exception error) when (error is RedisException or ObjectDisposedException)
        {
            return ValueTask.FromException<ReadResult>(translate(error));
        }
    }

    /// <summary>Reads many records, out of one snapshot.</summary>
    public async ValueTask<StoreRecord?[]> ReadManyAsync(
        KeyList list, ReadOptions options, CancellationToken cancellationToken)
    {
        if (list.Count == 0)
        {
            return [];
        }

        if (IsCut(options))
        {
            return await ReadCutAsync(list, options, cancellationToken).ConfigureAwait(false);
        }

        using var reply = await caller.Client.SendAsync(GetMany(list), cancellationToken).ConfigureAwait(false);
        return Answers(reply, list, options);
    }

    /// <summary>Makes of what is stored what a read answers.</summary>
    public static StoreRecord? Answer(
        in RecordKey key, ReadOnlySpan<byte> raw, in ReadOptions options, int position, StoreClock clock)
    {
        var (revision, isDeleted, expires) = RecordCodec.ReadHead(raw);
        if (isDeleted ? !options.IncludeDeleted : HasExpired(expires, options, clock))
        {
            return null;
        }

        return options.Known is { } known && known[position] == revision
            ? new StoreRecord { Key = key, Revision = revision, IsUnchanged = true }
            : RecordCodec.Read(key, raw, options.Detail);
    }

    private async ValueTask<StoreRecord?[]> ReadCutAsync(
        KeyList list, ReadOptions options, CancellationToken cancellationToken)
    {
        using var reply = await caller.CallAsync(
            caller.Library.Read, command => WriteKeys(command, list, options), isReading: true, cancellationToken)
            .ConfigureAwait(false);
        return Answers(reply, list, options);
    }

    private StoreRecord?[] Answers(in RedisReply reply, KeyList list, in ReadOptions options)
    {
        var found = new StoreRecord?[list.Count];
        var position = 0;
        foreach (var element in reply)
        {
            if (!element.IsNull && element.Bytes is { Length: > 0 } raw)
            {
                found[position] = Answer(list[position], raw.Span, options, position, clock);
            }

            position++;
        }

        return found;
    }

    // Most never do: then nobody asks the clock.
    private static bool HasExpired(long expires, in ReadOptions options, StoreClock clock) =>
        expires != RecordCodec.Never && expires <= (options.Now ?? clock.Now()).UtcTicks;

    private static void WriteKeys(RedisCommand command, KeyList list, in ReadOptions options)
    {
        Span<byte> name = stackalloc byte[RecordKey.CollectionBytesMax + 1 + RecordKey.IdBytesMax];
        _ = command.Add(Details.Number(options.Detail));
        for (var i = 0; i < list.Count; i++)
        {
            _ = command.Add(name[..StoreKeys.WriteName(list[i], name)]).Add(options.Known?[i].Value ?? 0);
        }
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
