using System.Globalization;
using Undercroft.Jobs;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>What each operation costs: counted on the server, so that no machine's mood is in it.</summary>
public sealed class CostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_operation_is_one_call()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var store = await OpenAsync(server, static _ => { });
        var keys = Enumerable.Range(0, 100).Select(static i => new RecordKey("c", $"id{i:d3}")).ToArray();
        _ = await store.CommitAsync(
            new Commit([.. keys.Select(static key => new PutOperation(key, "x"u8.ToArray()) { Entries = [Entry(1)] })]),
            Cancel);
        _ = await store.ChangesAsync(new ChangesRequest(), Cancel);

        await AssertCallsAsync(
            server, "fcall=1",
            async () => await store.CommitAsync(new Commit(new PutOperation(keys[0], "y"u8.ToArray())), Cancel));
        await AssertCallsAsync(
            server, "fcall=1",
            async () => await store.CommitAsync(
                new Commit(
                    [.. keys.Select(static key => new PutOperation(key, "z"u8.ToArray(), WriteCondition.Present))]),
                Cancel));
        await AssertCallsAsync(
            server, "get=1", async () => await store.ReadAsync(keys[0], cancellationToken: Cancel));
        await AssertCallsAsync(
            server, "mget=1", async () => await store.ReadAsync(keys, cancellationToken: Cancel));
        await AssertCallsAsync(
            server, "fcall_ro=1",
            async () => await store.ReadAsync(keys, new ReadOptions { Detail = RecordDetail.Meta }, Cancel));
        await AssertCallsAsync(
            server, "fcall_ro=1",
            async () => await store.ScanAsync(new ScanRequest { Collection = "c" }, Cancel));
        await AssertCallsAsync(
            server, "fcall_ro=1", async () => await store.ChangesAsync(new ChangesRequest(), Cancel));
    }

    [Fact]
    public async Task What_is_cached_costs_nothing_and_is_never_older_than_an_own_write()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var store = await OpenAsync(server, static options => options.CacheRecords = 1_000);
        await using var other = await OpenAsync(server, static _ => { });
        var key = new RecordKey("c", "a");
        _ = await store.CommitAsync(new Commit(new PutOperation(key, "one"u8.ToArray())), Cancel);
        Assert.Equal("one"u8.ToArray(), await ValueAsync(store, key));

        await AssertCallsAsync(server, "", async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                Assert.Equal("one"u8.ToArray(), await ValueAsync(store, key));
            }
        });

        for (var i = 0; i < 200; i++)
        {
            var value = BitConverter.GetBytes(i);
            _ = await store.CommitAsync(new Commit(new PutOperation(key, value)), Cancel);
            Assert.Equal(value, await ValueAsync(store, key));
        }

        _ = await other.CommitAsync(new Commit(new PutOperation(key, "others"u8.ToArray())), Cancel);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await ValueAsync(store, key)).AsSpan().SequenceEqual("others"u8))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        // What has expired is gone at once, in the cache too.
        var until = TimeProvider.System.GetUtcNow().AddHours(1);
        _ = await store.CommitAsync(new Commit(new PutOperation(key, default) { ExpiresAt = until }), Cancel);
        Assert.NotNull((await store.ReadAsync(key, cancellationToken: Cancel))[0]);
        Assert.Null((await store.ReadAsync(key, new ReadOptions { Now = until }, Cancel))[0]);
    }

    [Fact]
    public async Task A_page_does_not_look_at_the_whole_collection()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var store = await OpenAsync(server, static _ => { });
        for (var part = 0; part < 4; part++)
        {
            _ = await store.CommitAsync(
                new Commit([.. Enumerable.Range(part * 500, 500).Select(static i => new PutOperation(
                    new RecordKey("c", $"id{i:d4}"), "x"u8.ToArray()) { Entries = [Entry((byte)(i % 200))] })]),
                Cancel);
        }

        var first = await store.ScanAsync(new ScanRequest { Collection = "c", Limit = 10 }, Cancel);
        var entries = new ScanRequest
        {
            Collection = "c", Limit = 10, Range = ScanRange.Keys("by", "d"u8.ToArray(), "x"u8.ToArray()),
        };
        var firstEntries = await store.ScanAsync(entries, Cancel);
        foreach (var request in new[]
        {
            new ScanRequest { Collection = "c", Limit = 10, After = first.Next },
            new ScanRequest { Collection = "c", Limit = 10, IsReverse = true },
            entries, entries with { After = firstEntries.Next }, entries with { IsReverse = true },
        })
        {
            // Ten records and the one that says that there is more.
            await AssertInnerAsync(server, 11, async () => await store.ScanAsync(request, Cancel));
        }

        // A commit of 500 is not split; those behind it are not looked at.
        await AssertInnerAsync(
            server, 516, async () => await store.ChangesAsync(new ChangesRequest { Limit = 10 }, Cancel), atMost: true);
    }

    [Fact]
    public async Task A_hundred_jobs_take_one_call_to_enqueue_two_to_claim_and_one_to_settle()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var store = await OpenAsync(server, static _ => { });
        var jobs = JobStore.For(store);
        var session = await OpenSessionAsync(jobs);
        var claimed = new ClaimResult();

        // The first of a session's claims makes what the others find.
        for (var round = 0; round < 2; round++)
        {
            var work = Enumerable.Range(0, 100).Select(
                static _ => new EnqueueOperation(new NewJob { Kind = "work", Payload = new byte[100] })).ToArray();
            await AssertJobCallsAsync(
                server, reads: 0, inner: 24, async () => await jobs.CommitAsync(new Commit([.. work]), Cancel));
            await AssertJobCallsAsync(
                server, reads: 1, inner: 40, async () => claimed = await jobs.ClaimAsync(
                    session,
                    new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["work"], Max = 100 },
                    Cancel));
            Assert.Equal(100, claimed.Jobs.Count);
            await AssertJobCallsAsync(
                server, reads: 0, inner: 24, async () => await jobs.CommitAsync(
                    new Commit([.. claimed.Jobs.Select(
                        static job => new SettleOperation(job.Lease, Settlement.Succeeded))]),
                    Cancel));
        }
    }

    [Fact]
    public async Task A_claim_costs_as_much_with_ten_thousand_waiting_as_with_a_hundred()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var store = await OpenAsync(server, static _ => { });
        var jobs = JobStore.For(store);
        var session = await OpenSessionAsync(jobs);
        for (var part = 0; part < 20; part++)
        {
            _ = await jobs.CommitAsync(
                new Commit([.. Enumerable.Range(part * 500, 500).Select(static number => new EnqueueOperation(
                    new NewJob { Kind = "work", Priority = number * 7919 % 5 }))]),
                Cancel);
        }

        for (var round = 0; round < 2; round++)
        {
            await AssertJobCallsAsync(
                server, reads: 1, inner: 40, async () => Assert.Equal(100, (await jobs.ClaimAsync(
                    session,
                    new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["work"], Max = 100 },
                    Cancel)).Jobs.Count));
        }
    }

    private static IndexEntry Entry(byte key) => new("by", new byte[] { key });

    private static async Task<IStore> OpenAsync(RedisServer server, Action<RedisStoreOptions> change)
    {
        var options = RedisStoreSchemes.Options(StoreUri.Parse(server.Address));
        options.PollInterval = TimeSpan.FromHours(1);
        change(options);
        return await RedisStore.OpenAsync(options, cancellationToken: Cancel);
    }

    private static async Task<SessionId> OpenSessionAsync(JobStore jobs)
    {
        var session = SessionId.New();
        var open = new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = TimeSpan.FromHours(1) };
        _ = await jobs.HeartbeatAsync(session, open, Cancel);
        return session;
    }

    private static async Task<byte[]> ValueAsync(IStore store, RecordKey key) =>
        (await store.ReadAsync(key, cancellationToken: Cancel))[0]!.Value.ToArray();

    // The calls of clients, without those of the functions and of connections.
    private static async Task AssertCallsAsync(RedisServer server, string expected, Func<Task> work)
    {
        _ = await server.AskAsync("CONFIG RESETSTAT", Cancel);
        await work();
        var calls = await CallsAsync(server);
        string[] clients = ["fcall", "fcall_ro", "mget"];
        var own = calls.Where(call => clients.Contains(call.Key)).ToDictionary();
        if (!own.Keys.Any(static name => name.StartsWith("fcall", StringComparison.Ordinal)) &&
            calls.TryGetValue("get", out var gets))
        {
            own["get"] = gets;
        }

        Assert.Equal(expected, string.Join(' ', own.Select(static call => $"{call.Key}={call.Value}")));
        Assert.DoesNotContain(calls.Keys, static name => name is "keys" or "scan" or "hgetall" or "zscan" or "hscan");
    }

    // One call that writes; and of what the functions call no more than so much, for all jobs together.
    private static async Task AssertJobCallsAsync(RedisServer server, long reads, long inner, Func<Task> work)
    {
        _ = await server.AskAsync("CONFIG RESETSTAT", Cancel);
        await work();
        var calls = await CallsAsync(server);
        Assert.Equal((1, reads), (calls["fcall"], calls.GetValueOrDefault("fcall_ro")));
        var called = calls.Where(static call => !call.Key.StartsWith("fcall", StringComparison.Ordinal))
            .Sum(static call => call.Value);
        Assert.InRange(called, 1, inner);
    }

    private static async Task AssertInnerAsync(RedisServer server, long records, Func<Task> work, bool atMost = false)
    {
        _ = await server.AskAsync("CONFIG RESETSTAT", Cancel);
        await work();
        var calls = await CallsAsync(server);
        var looked = calls.GetValueOrDefault("get") + calls.GetValueOrDefault("getrange");
        Assert.InRange(looked, atMost ? 1 : records, records);
    }

    private static async Task<Dictionary<string, long>> CallsAsync(RedisServer server)
    {
        var calls = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in (await server.AskAsync("INFO commandstats", Cancel)).Split('\n'))
        {
            if (line.StartsWith("cmdstat_", StringComparison.Ordinal))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                var count = line[(colon + 1)..].Split(',')[0]["calls=".Length..];
                calls[line["cmdstat_".Length..colon]] = long.Parse(count, CultureInfo.InvariantCulture);
            }
        }

        return calls;
    }
}
