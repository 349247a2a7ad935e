using System.Text;
using Undercroft.Backends;
using Undercroft.Redis;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Records;
using Undercroft.Redis.Writing;
using Undercroft.Servers;

namespace Undercroft.Bench;

/// <summary>The Redis store against a bare client that sends the same function, or reads the same key.</summary>
internal static class RedisStoreGates
{
    private const int Callers = 64;
    private const int Rounds = 100;
    private const int Reads = 64_000;
    private const int CachedReads = 500_000;
    private const int ValueBytes = 300;
    private const int Keys = 4_096;

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "redis-commit",
            "commits of one document by 64 callers / the same function sent by a bare client in batches of 64",
            0.8,
            IsSpeedUp: true,
            static _ => PrepareCommitAsync()),
        new Gate(
            "redis-read",
            "store read by key, 64 callers / GET of the same keys by 64 callers of a bare client",
            1.2,
            IsSpeedUp: false,
            static _ => PrepareReadAsync()),
        new Gate(
            "redis-cached-read",
            "store read by key that the read cache holds / the same read without it, one caller",
            10,
            IsSpeedUp: true,
            static _ => PrepareCachedAsync()),
    ];

    private static async ValueTask<Contest> PrepareCommitAsync()
    {
        var (server, store, client) = await OpenAsync(cache: 0);
        var keys = new StoreKeys(new RedisStoreOptions().StoreName);
        var call = new CommitCall(
            new FunctionLibrary(), keys, store.Info, new StoreClock(TimeProvider.System), new OpeningSalt());
        var identities = new CommitIdentities(store.Info.Limits);
        return new Contest(
            async () => await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
            {
                for (var round = 0; round < Rounds; round++)
                {
                    _ = await store.CommitAsync(Put((round * Callers) + caller));
                }
            })),
            async () =>
            {
                for (var round = 0; round < Rounds; round++)
                {
                    var batch = Enumerable.Range(0, Callers).Select(caller => Attempt(
                        identities, Put((round * Callers) + caller))).ToArray();
                    var command = client.Create("FCALL"u8);
                    for (var i = 0; i < batch.Length; i++)
                    {
                        call.Write(i == 0 ? command : command.Next("FCALL"u8), batch[i]);
                    }

                    using var reply = await client.SendAsync(command);
                    foreach (var attempt in batch)
                    {
                        identities.End(attempt.Identity);
                    }
                }
            },
            Callers * Rounds,
            Callers * Rounds,
            () => CloseAsync(server, store, client));
    }

    private static async ValueTask<Contest> PrepareReadAsync()
    {
        var (server, store, client) = await OpenAsync(cache: 0);
        await FillAsync(store);
        var (records, names) = (Records(), Names());
        return new Contest(
            () => ReadAsync(store, records, Callers, Reads),
            async () => await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
            {
                for (var i = caller; i < Reads; i += Callers)
                {
                    using var reply = await client.SendAsync(
                        client.Create("GET"u8).AddKey(names[i % Keys]).Repeatable());
                    _ = reply.Bytes.ToArray();
                }
            })),
            Reads,
            Reads,
            () => CloseAsync(server, store, client));
    }

    private static async ValueTask<Contest> PrepareCachedAsync()
    {
        var (server, store, client) = await OpenAsync(cache: 2 * Keys);
        await FillAsync(store);
        var plain = await RedisStore.OpenAsync(Options(server, cache: 0));
        var records = Records();
        return new Contest(
            () => ReadAsync(store, records, callers: 1, CachedReads),
            () => ReadAsync(plain, records, callers: 1, Keys),
            CachedReads,
            Keys,
            async () =>
            {
                await plain.DisposeAsync();
                await CloseAsync(server, store, client);
            });
    }

    // The caller has its keys, as that of the bare client has: making their texts is no part of a read.
    private static async ValueTask ReadAsync(RedisStore store, RecordKey[] keys, int callers, int count) =>
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async caller =>
        {
            for (var i = caller; i < count; i += callers)
            {
                if ((await store.ReadAsync(keys[i % Keys]))[0]!.Value.Length != ValueBytes)
                {
                    throw new InvalidOperationException("The value read is not the value written.");
                }
            }
        }));

    private static async Task FillAsync(RedisStore store)
    {
        for (var i = 0; i < Keys; i++)
        {
            _ = await store.CommitAsync(Put(i));
        }
    }

    private static CommitAttempt Attempt(CommitIdentities identities, Commit commit) =>
        new(commit, identities.Begin(), default, IsOwnIdentity: true, MustWait: false);

    private static Commit Put(int number) => new(new PutOperation(Key(number % Keys), new byte[ValueBytes])
    {
        Entries = [new IndexEntry("byAuthor", Encoding.UTF8.GetBytes($"author{number % 100}"))],
    });

    private static RecordKey Key(int number) => new("stories", $"story{number:d6}");

    private static RecordKey[] Records() => [.. Enumerable.Range(0, Keys).Select(Key)];

    private static byte[][] Names()
    {
        var keys = new StoreKeys(new RedisStoreOptions().StoreName);
        var name = new byte[keys.RecordBytesMax];
        return [.. Enumerable.Range(0, Keys).Select(i => name[..keys.WriteRecordKey(Key(i), name)])];
    }

    private static RedisStoreOptions Options(RedisServer server, int cache) => new()
    {
        Hosts = FormattableString.Invariant($"{server.Host}:{server.Port}"),
        CacheRecords = cache,
    };

    private static async ValueTask<(RedisServer Server, RedisStore Store, RedisClient Client)> OpenAsync(int cache)
    {
        var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        var store = await RedisStore.OpenAsync(Options(server, cache));
        return (server, store, await RedisClient.OpenAsync(RedisUri.Parse(StoreUri.Parse(server.Address))));
    }

    private static async ValueTask CloseAsync(RedisServer server, RedisStore store, RedisClient client)
    {
        await client.DisposeAsync();
        await store.DisposeAsync();
        await server.DisposeAsync();
    }
}
