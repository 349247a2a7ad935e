using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Reading;

/// <summary>Reads single records through a cache, over a connection of its own on which the server tells what has
/// changed.</summary>
internal sealed class CachedReads : IAsyncDisposable
{
    private readonly RedisClient client;
    private readonly StoreKeys keys;
    private readonly StoreClock clock;

    /// <summary>Begins to cache.</summary>
    /// <param name="client">A client with tracking on, which belongs to the cache from here on.</param>
    /// <param name="keys">The keys of the store.</param>
    /// <param name="clock">The store's clock.</param>
    /// <param name="options">How much to keep.</param>
    public CachedReads(RedisClient client, StoreKeys keys, StoreClock clock, RedisStoreOptions options)
    {
        (this.client, this.keys, this.clock) = (client, keys, clock);

        // A connection that has died without notice tells of no changes: it is believed for so long.
        Cache = new RedisReadCache(
            client, options.CacheRecords, options.CacheBytes, new RedisClientOptions().PingInterval * 2);
    }

    /// <summary>What is cached.</summary>
    public RedisReadCache Cache { get; }

    /// <summary>Reads a record, out of the cache where it is there.</summary>
    public ValueTask<StoreRecord?> ReadAsync(
        RecordKey key, in ReadOptions options, CancellationToken cancellationToken)
    {
        Span<byte> name = stackalloc byte[keys.RecordBytesMax];
        var asked = Cache.SendAsync(
            client.Create("GET"u8).AddKey(name[..keys.WriteRecordKey(key, name)]), cancellationToken);
        return asked.IsCompletedSuccessfully
            ? new(Answer(key, asked.Result, options))
            : AwaitAsync(asked, key, options);
    }

    /// <summary>Forgets what a commit of this process has written, or may have.</summary>
    public void Forget(Commit commit)
    {
        Span<byte> name = stackalloc byte[keys.RecordBytesMax];
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i].IsWrite)
            {
                Cache.Forget(name[..keys.WriteRecordKey(commit.Operations[i].Key, name)]);
            }
        }
    }

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => client.DisposeAsync();

    private async ValueTask<StoreRecord?> AwaitAsync(
        ValueTask<RedisReply> asked, RecordKey key, ReadOptions options) =>
        Answer(key, await asked.ConfigureAwait(false), options);

    private StoreRecord? Answer(
        RecordKey key, in RedisReply reply, in ReadOptions options) =>
        reply.IsNull ? null : RecordReads.Answer(key, reply.Bytes.Span, options, 0, clock);
}
