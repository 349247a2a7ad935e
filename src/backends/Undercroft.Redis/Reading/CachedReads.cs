using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;

namespace Undercroft.Redis.Reading;

/// <summary>Reads single records through the cache, over a connection of its own on which the server tells what has
/// changed.</summary>
internal sealed class CachedReads : IAsyncDisposable
{
    /// <summary>How long the cache is believed without a word from the server: a connection that has died without
    /// notice tells of no changes.</summary>
    private static readonly TimeSpan BelievedFor = TimeSpan.FromSeconds(2);

    private readonly RedisClient client;
    private readonly RecordReads reads;
    private readonly RedisCommand place;

    /// <summary>Begins to cache.</summary>
    /// <param name="client">A client with tracking on, which belongs to the cache from here on.</param>
    /// <param name="caller">Names the store.</param>
    /// <param name="options">How much to keep.</param>
    public CachedReads(RedisClient client, FunctionCaller caller, RedisStoreOptions options)
    {
        this.client = client;
        reads = new RecordReads(new FunctionCaller(client, caller.Library, caller.Keys));
        Cache = new ReadCache(caller.Keys, options.CacheRecords, options.CacheBytes);

        // Never sent: it says which server the store lies on.
        place = client.Create("EXISTS"u8).AddKey(caller.Keys.Row);
        client.Invalidated = Cache.Hear;
    }

    /// <summary>What is cached.</summary>
    public ReadCache Cache { get; }

    /// <summary>Says whether a read may be answered out of the cache.</summary>
    public static bool Holds(in ReadOptions options) => options.Detail != RecordDetail.Complete;

    /// <summary>Looks into the cache.</summary>
    public bool TryRead(RecordKey key, in ReadOptions options, DateTimeOffset now, out StoreRecord? record)
    {
        if (Cache.TryFind(key, out var found) && client.HasHeard(place, BelievedFor))
        {
            record = RecordShape.Answer(found, options, 0, now);
            return true;
        }

        record = null;
        return false;
    }

    /// <summary>Reads from the server, and keeps what it answers.</summary>
    public async ValueTask<StoreRecord?> ReadAsync(
        RecordKey key, ReadOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var slot = Cache.Announce(key);
        try
        {
            var found = await reads.ReadRawAsync(key, cancellationToken).ConfigureAwait(false);
            Cache.Fill(slot, found);
            return RecordShape.Answer(found, options, 0, now);
        }
        catch
        {
            Cache.Drop(slot);
            throw;
        }
    }

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => client.DisposeAsync();
}
