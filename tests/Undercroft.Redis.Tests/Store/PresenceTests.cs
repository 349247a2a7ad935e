using Undercroft.Redis.Reading;
using Undercroft.Servers;
using Undercroft.Testing;

namespace Undercroft.Redis.Tests;

/// <summary>Reads of a store that was flushed, or made anew by another, while it was open.</summary>
public sealed class PresenceTests
{
    private static readonly RecordKey Cave = new("things", "cave");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task Who_finds_nothing_in_a_store_that_was_flushed_hears_of_it_and_who_looks_again_too(int cached)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var name = new StoreName(server);
        var clock = new ManualClock();
        await using var store = await OpenAsync(name, clock, cached);
        _ = await store.CommitAsync(new Commit(new PutOperation(Cave, default)), Cancel);
        clock.Advance(StorePresence.SeenFor);
        Assert.NotNull((await store.ReadAsync(Cave, default, Cancel))[0]);
        _ = await server.AskAsync("FLUSHALL", Cancel);
        clock.Advance(StorePresence.SeenFor);

        foreach (var read in Reads(store).Concat(Reads(store)))
        {
            var error = await Assert.ThrowsAsync<StoreException>(read);
            Assert.Equal(StoreErrorKind.Unavailable, error.Kind);
            Assert.False(error.IsTransient);
            Assert.Contains("its data was flushed while it was open", error.Message, StringComparison.Ordinal);
        }

        await using var anew = await OpenAsync(name, clock, cached);
        foreach (var read in Reads(store))
        {
            var error = await Assert.ThrowsAsync<StoreException>(read);
            Assert.Contains("another store has taken its place", error.Message, StringComparison.Ordinal);
        }

        clock.Advance(StorePresence.SeenFor);
        foreach (var read in Reads(anew))
        {
            await read();
        }
    }

    [Fact]
    public async Task Who_finds_nothing_looks_no_more_than_once_within_a_second_and_who_finds_something_never()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var name = new StoreName(server);
        var clock = new ManualClock();
        await using var store = await OpenAsync(name, clock, cached: 0);
        _ = await store.CommitAsync(new Commit(new PutOperation(Cave, default)), Cancel);
        var nothing = new RecordKey("things", "nothing");

        Assert.Equal(0, await LooksAsync(server, () => ReadAsync(store, nothing, 100)));
        clock.Advance(StorePresence.SeenFor);
        Assert.Equal(1, await LooksAsync(server, () => ReadAsync(store, nothing, 100)));
        clock.Advance(StorePresence.SeenFor);
        Assert.Equal(0, await LooksAsync(server, () => ReadAsync(store, Cave, 100)));
        Assert.Equal(0, await LooksAsync(server, () => ReadAsync(store, nothing, 100)));
        clock.Advance(StorePresence.SeenFor);
        Assert.Equal(1, await LooksAsync(server, () => ReadAsync(store, new[] { nothing, nothing }, 1)));
        clock.Advance(StorePresence.SeenFor);
        Assert.Equal(0, await LooksAsync(server, () => ReadAsync(store, new[] { nothing, Cave }, 1)));
        clock.Advance(StorePresence.SeenFor);
        _ = await store.ReadAsync(Array.Empty<RecordKey>(), default, Cancel);
        Assert.Equal(1, await LooksAsync(server, () => ReadAsync(store, nothing, 100)));
    }

    private static IEnumerable<Func<Task>> Reads(RedisStore store) =>
    [
        () => store.ReadAsync(Cave, default, Cancel).AsTask(),
        () => store.ReadAsync(Cave, new ReadOptions { Detail = RecordDetail.Meta }, Cancel).AsTask(),
        () => store.ReadAsync(new[] { Cave, new RecordKey("things", "other") }, default, Cancel).AsTask(),
        () => store.ScanAsync(new ScanRequest { Collection = "things" }, Cancel).AsTask(),
        () => store.ScanAsync(
            new ScanRequest { Collection = "things", Range = ScanRange.Keys("age") }, Cancel).AsTask(),
    ];

    private static async Task ReadAsync(RedisStore store, KeyList keys, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _ = await store.ReadAsync(keys, default, Cancel);
        }
    }

    private static async Task<int> LooksAsync(RedisServer server, Func<Task> work)
    {
        _ = await server.AskAsync("CONFIG RESETSTAT", Cancel);
        await work();
        var line = (await server.AskAsync("INFO commandstats", Cancel)).Split('\n')
            .FirstOrDefault(static line => line.StartsWith("cmdstat_hget:", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.Split('=', ',')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static ValueTask<RedisStore> OpenAsync(StoreName name, ManualClock clock, int cached)
    {
        var options = name.Options();
        options.CacheRecords = cached;
        return RedisStore.OpenAsync(options, clock, Cancel);
    }
}
