using Undercroft.Jobs;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>What a server promises decides what a store does, and what it does not fit is refused in a sentence.
/// </summary>
public sealed class OpeningTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, "always", new[] { Durability.Memory, Durability.Os, Durability.Disk })]
    [InlineData(true, "no", new[] { Durability.Memory, Durability.Os })]
    [InlineData(true, "everysec", new[] { Durability.Memory })]
    [InlineData(false, "always", new[] { Durability.Memory })]
    public async Task The_log_of_the_server_decides_the_levels(bool appendOnly, string sync, Durability[] levels)
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { AppendOnly = appendOnly, AppendSync = sync }, Cancel);

        await using var store = await OpenAsync(server.Address);

        Assert.Equal(levels, store.Info.DurabilityLevels);
        Assert.Equal(levels[^1], store.Info.DefaultDurability);
        if (!levels.Contains(Durability.Disk))
        {
            var error = await Assert.ThrowsAsync<CapabilityException>(
                async () => await OpenAsync($"{server.Address}?durability=disk"));
            Assert.Contains("'Disk'", error.Message, StringComparison.Ordinal);
            Assert.Contains("appendfsync always", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_in_one_sentence_and_left_as_it_is()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions
            {
                AppendOnly = false,
                Password = "open-sesame",
                Users =
                [
                    "clerk on >clerks-secret ~uc:* &uc:* +@all -zadd",
                ],
            },
            Cancel);
        var place = $"{server.Host}:{server.Port}";

        await AssertRefusedAsync(
            $"redis://clerk:clerks-secret@{place}", StoreErrorKind.Unavailable, "may not run ZADD", "ACL SETUSER");
        await AssertRefusedAsync(
            $"redis://:not-the-secret@{place}", StoreErrorKind.Unavailable, "password is wrong");
        await AssertRefusedAsync(
            $"redis://:open-sesame@{place}?store=none&mode=ro", StoreErrorKind.Unavailable, "no such store");

        _ = await server.AskAsync("SET uc:{other}:m something", Cancel);
        await AssertRefusedAsync(
            $"redis://:open-sesame@{place}?store=other", StoreErrorKind.Corrupt, "choose another name");
        Assert.Equal("something", await server.AskAsync("GET uc:{other}:m", Cancel));

        _ = await server.AskAsync("HSET uc:{later}:m format 2 epoch x", Cancel);
        await AssertRefusedAsync(
            $"redis://:open-sesame@{place}?store=later", StoreErrorKind.Unsupported, "format 2, this code knows 1",
            "use a newer Undercroft");

        _ = await server.AskAsync("CONFIG SET maxmemory-policy allkeys-lru", Cancel);
        await AssertRefusedAsync(
            $"redis://:open-sesame@{place}", StoreErrorKind.Unsupported, "maxmemory-policy is 'allkeys-lru'",
            "CONFIG SET maxmemory-policy noeviction");
        _ = await server.AskAsync("CONFIG SET maxmemory-policy noeviction", Cancel);
    }

    [Fact]
    public async Task A_server_that_does_not_tell_how_it_keeps_its_log_promises_nothing_unless_somebody_says_it()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { Users = ["quiet on >quiets-secret ~uc:* resetchannels +@all -config"] }, Cancel);
        var place = $"{server.Host}:{server.Port}";
        await using var untold = await OpenAsync($"redis://quiet:quiets-secret@{place}?store=quiet");
        Assert.Equal([Durability.Memory], untold.Info.DurabilityLevels);
        await using var told = await OpenAsync($"redis://quiet:quiets-secret@{place}?store=quiet&aof=always");
        Assert.Equal(Durability.Disk, told.Info.DefaultDurability);
        Assert.True((await told.CommitAsync(Put("a"), Cancel)).IsCommitted);

        // That there is none at all is told where CONFIG GET is refused, too.
        _ = await server.AskAsync("CONFIG SET appendonly no", Cancel);
        await AssertRefusedAsync(
            $"redis://quiet:quiets-secret@{place}?store=quiet&aof=always", StoreErrorKind.Unsupported,
            "says 'always', but the server keeps no log (appendonly no)");
    }

    [Theory]
    [InlineData("everysec", "always", "the server flushes its log every second (appendfsync everysec)")]
    [InlineData("everysec", "no", "the server flushes its log every second (appendfsync everysec)")]
    [InlineData("no", "always", "the server does not flush its log (appendfsync no)")]
    [InlineData("no", "everysec", null)]
    [InlineData("always", "none", null)]
    public async Task A_setting_asks_for_less_than_the_server_gives_and_never_claims_more(
        string sync, string said, string? refusal)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendSync = sync }, Cancel);
        var uri = $"{server.Address}?aof={said}";
        if (refusal is not null)
        {
            await AssertRefusedAsync(uri, StoreErrorKind.Unsupported, $"says '{said}', but {refusal}. Leave");
            return;
        }

        await using var store = await OpenAsync(uri);
        Assert.Equal([Durability.Memory], store.Info.DurabilityLevels);
    }

    [Fact]
    public async Task A_server_without_memory_refuses_commits_whole_and_goes_on_reading()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var store = await OpenAsync(server.Address);
        _ = await store.CommitAsync(Put("before"), Cancel);

        _ = await server.AskAsync("CONFIG SET maxmemory 1", Cancel);
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await store.CommitAsync(
                new Commit(
                    new PutOperation(new RecordKey("c", "one"), "x"u8.ToArray()),
                    new PutOperation(new RecordKey("c", "two"), "y"u8.ToArray())),
                Cancel));

        Assert.Equal((StoreErrorKind.Full, false), (error.Kind, error.IsTransient));
        Assert.Contains("raise maxmemory", error.Message, StringComparison.Ordinal);
        Assert.NotNull((await store.ReadAsync(new RecordKey("c", "before"), cancellationToken: Cancel))[0]);
        _ = await server.AskAsync("CONFIG SET maxmemory 0", Cancel);
        Assert.Null((await store.ReadAsync(new RecordKey("c", "one"), cancellationToken: Cancel))[0]);
        Assert.True((await store.CommitAsync(Put("after"), Cancel)).IsCommitted);
        Assert.Empty((await VerifyAsync(store)).Problems);
    }

    [Fact]
    public async Task A_store_on_a_server_without_memory_is_opened_to_be_read_and_to_delete()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        var job = new NewJob { Kind = "mail" };
        await using (var store = await OpenAsync(server.Address))
        {
            _ = await store.CommitAsync(Put("a"), Cancel);
            _ = await store.CommitAsync(Put("b"), Cancel);
            _ = await store.CommitAsync(new Commit(new EnqueueOperation(job)), Cancel);
        }

        _ = await server.AskAsync("CONFIG SET maxmemory 1", Cancel);
        foreach (var mode in new[] { "rw", "ro" })
        {
            await using var store = await OpenAsync($"{server.Address}?mode={mode}");
            Assert.NotNull((await store.ReadAsync(new RecordKey("c", "a"), cancellationToken: Cancel))[0]);
            Assert.Equal(
                JobState.Ready, (await store.Feature<IJobStore>()!.FindJobAsync(job.Id, Cancel))?.State);
        }

        await using var writer = await OpenAsync(server.Address);
        var deleted = await writer.CommitAsync(
            new Commit(
                new CheckOperation(new RecordKey("c", "b"), WriteCondition.Present),
                new DeleteOperation(new RecordKey("c", "a"), WriteCondition.Present)),
            Cancel);
        var swept = await writer.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Compact }, Cancel);
        Assert.True(deleted.IsCommitted);
        Assert.Equal(1, swept.Changed);
        Assert.Empty((await VerifyAsync(writer)).Problems);

        // What takes memory is refused, be it in the name of a deletion.
        foreach (var commit in new[]
        {
            Put("c"), new Commit(new EnqueueOperation(new() { Kind = "mail" })),
            new Commit(new DeleteOperation(new RecordKey("c", "never")) { LeavesTombstone = true }),
        })
        {
            var error = await Assert.ThrowsAsync<StoreException>(async () => await writer.CommitAsync(commit, Cancel));
            Assert.Equal(StoreErrorKind.Full, error.Kind);
        }

        var none = await Assert.ThrowsAsync<StoreException>(
            async () => await OpenAsync($"{server.Address}?store=new"));
        Assert.Equal(StoreErrorKind.Full, none.Kind);
        Assert.Equal("0", await server.AskAsync("EXISTS uc:{new}:m", Cancel));
    }

    [Fact]
    public async Task Stores_of_one_server_are_kept_apart_by_name()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var one = await OpenAsync($"{server.Address}?store=one");
        await using var two = await OpenAsync($"{server.Address}?store=two");

        _ = await one.CommitAsync(Put("a"), Cancel);

        Assert.NotEqual(one.Info.Epoch, two.Info.Epoch);
        Assert.Null((await two.ReadAsync(new RecordKey("c", "a"), cancellationToken: Cancel))[0]);
        Assert.Empty((await two.ChangesAsync(new ChangesRequest(), Cancel)).Changes);
        Assert.Contains("store=one", one.Info.Location, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis:", "names no host")]
    [InlineData("redis://localhost:99999", "no port")]
    [InlineData("redis://localhost?sotre=x", "'sotre'")]
    [InlineData("redis://localhost?store={x}", "The setting 'store' of the store is '{x}'; expected 1 to 64 bytes")]
    [InlineData("redis://localhost?wait=0s", "The setting 'wait' of the store is '0s'; expected 1 ms to 1 hour")]
    [InlineData("redis://u:top-secret%@localhost", "a '%' that begins no escape. Write '%25'")]
    [InlineData("redis://localhost?replicas=many", "'many'")]
    [InlineData("redis://localhost?aof=sometimes", "'sometimes'")]
    [InlineData("redis://u:top-secret@localhost?cache=-1", "'-1'")]
    public async Task A_uri_that_is_wrong_says_what_is_wrong(string uri, string expected)
    {
        var error = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await OpenAsync(uri));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret", error.Message, StringComparison.Ordinal);
    }

    private static Commit Put(string id) => new(new PutOperation(new RecordKey("c", id), "x"u8.ToArray()));

    private static async Task<MaintenanceReport> VerifyAsync(IStore store) =>
        await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);

    private static ValueTask<IStore> OpenAsync(string uri) =>
        new StoreSchemes().AddRedis().OpenAsync(uri, cancellationToken: Cancel);

    private static async Task AssertRefusedAsync(string uri, StoreErrorKind kind, params string[] expected)
    {
        var error = await Assert.ThrowsAsync<StoreException>(async () => await OpenAsync(uri));

        Assert.Equal((kind, "redis"), (error.Kind, error.Backend));
        Assert.All(expected, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", error.ToString(), StringComparison.Ordinal);
    }
}
