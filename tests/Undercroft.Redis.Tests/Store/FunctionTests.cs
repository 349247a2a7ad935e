using Undercroft.Redis.Functions;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>The functions are there whenever they are needed, in the version of each client.</summary>
public sealed class FunctionTests(SharedRedis shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Functions_that_were_flushed_are_loaded_again()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var name = new StoreName(server);
        await using var store = await RedisStore.OpenAsync(name.Options(), cancellationToken: Cancel);

        for (var round = 0; round < 5; round++)
        {
            _ = await server.AskAsync("FUNCTION FLUSH", Cancel);
            var writing = Enumerable.Range(0, 20).Select(_ => AddAsync(store)).ToArray();
            await Task.WhenAll(writing);
            _ = await server.AskAsync("FUNCTION FLUSH", Cancel);
            _ = await store.ScanAsync(new ScanRequest { Collection = "c" }, Cancel);
        }

        Assert.Equal([101L], (await AddAsync(store)).Counters);
    }

    [Fact]
    public async Task Clients_of_two_versions_work_on_one_store_side_by_side()
    {
        var server = await shared.ServerAsync();
        await using var name = new StoreName(server);
        await using var older = await OpenAsync(name, FunctionLibrary.Revision);
        await using var newer = await OpenAsync(name, FunctionLibrary.Revision + 1);
        _ = await AddAsync(older);
        _ = await AddAsync(newer);
        var (_, cursor) = await FollowAsync(newer, FeedCursor.Beginning);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => AddAsync(i % 2 == 0 ? older : newer)));

        var (changes, _) = await FollowAsync(older, cursor);
        Assert.Equal(new Revision(102), Assert.Single(changes).Revision);
        Assert.Equal([103L], (await AddAsync(older)).Counters);
        await using var client = await name.ConnectAsync();
        using var segments = await client.SendAsync(
            client.Create("HSTRLEN"u8).AddKey(System.Text.Encoding.UTF8.GetBytes($"uc:{{{name.Name}}}:m"))
                .Add("segments"u8), Cancel);

        // One stretch for each opening: that the calls alternate does not look like a restart.
        Assert.Equal(2 * 16, segments.Int64);
    }

    [Fact]
    public async Task A_store_that_was_brought_to_a_newer_form_is_left_alone_by_those_who_have_it_open()
    {
        var server = await shared.ServerAsync();
        await using var name = new StoreName(server);
        await using var store = await RedisStore.OpenAsync(name.Options(), cancellationToken: Cancel);
        _ = await AddAsync(store);
        await using var client = await name.ConnectAsync();
        (await client.SendAsync(
            client.Create("HSET"u8).AddKey(System.Text.Encoding.UTF8.GetBytes($"uc:{{{name.Name}}}:m"))
                .Add("format"u8).Add(2), Cancel)).Dispose();

        var error = await Assert.ThrowsAsync<StoreException>(() => AddAsync(store));

        Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
        Assert.Contains("format 2, this code knows 1", error.Message, StringComparison.Ordinal);
    }

    private static async Task<IStore> OpenAsync(StoreName name, int revision) =>
        await RedisStore.OpenAsync(name.Options(), clock: null, new FunctionLibrary(revision), Cancel);

    private static async Task<CommitResult> AddAsync(IStore store) =>
        await store.CommitAsync(new Commit(new AddOperation(new RecordKey("c", "count"), 1)), Cancel);

    private static async Task<(IReadOnlyList<StoreRecord> Changes, FeedCursor Next)> FollowAsync(
        IStore store, FeedCursor after)
    {
        var page = await store.ChangesAsync(new ChangesRequest { After = after }, Cancel);
        return (page.Changes, page.Next);
    }
}
