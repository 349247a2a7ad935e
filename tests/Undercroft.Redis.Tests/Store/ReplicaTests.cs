using Undercroft.Jobs;
using Undercroft.Redis.Opening;
using Undercroft.Redis.Writing;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>Commits that replicas must have before they are acknowledged.</summary>
public sealed class ReplicaTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_waits_for_as_many_replicas_as_it_was_told_to()
    {
        await using var primary = await RedisServer.StartAsync(
            new RedisServerOptions { AppendOnly = false, Settings = ["repl-diskless-sync-delay 0"] }, Cancel);
        await using var replica = await RedisServer.StartAsync(
            new RedisServerOptions { AppendOnly = false, Settings = [$"replicaof {primary.Host} {primary.Port}"] },
            Cancel);
        await UntilItFollowsAsync(replica);
        var uri = $"{primary.Address}?replicas=1&wait=60s";
        await using var store = await new StoreSchemes().AddRedis().OpenAsync(uri, cancellationToken: Cancel);

        // What waits together shares the wait, and each gets its own verdict.
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i => await store.CommitAsync(
            new Commit(
                new AddOperation(new RecordKey("c", "count"), 1),
                new PutOperation(new RecordKey("c", $"id{i / 2}"), "x"u8.ToArray(), WriteCondition.Absent)),
            Cancel)));

        Assert.Equal(50, results.Count(static result => result.IsCommitted));
        Assert.Equal("51", await replica.AskAsync(["ZCARD", "uc:{undercroft}:f"], Cancel));
    }

    [Fact]
    public async Task Commits_that_wait_follow_the_primary_to_another_server()
    {
        await using var first = await RedisServer.StartAsync(
            new RedisServerOptions { AppendOnly = false, Settings = ["repl-diskless-sync-delay 0"] }, Cancel);
        await using var second = await RedisServer.StartAsync(
            new RedisServerOptions
            {
                AppendOnly = false,
                Settings = [$"replicaof {first.Host} {first.Port}", "repl-diskless-sync-delay 0"],
            },
            Cancel);
        await UntilItFollowsAsync(second);
        await using var store = await RedisStore.OpenAsync(
            new RedisStoreOptions
            {
                Hosts = FormattableString.Invariant($"{first.Host}:{first.Port},{second.Host}:{second.Port}"),
                Replicas = 1,
                AcknowledgeTimeout = TimeSpan.FromSeconds(60),
                ServerTimeout = TimeSpan.FromSeconds(60),
            },
            cancellationToken: Cancel);
        _ = await store.CommitAsync(new Commit(new AddOperation(new RecordKey("c", "count"), 1)), Cancel);

        _ = await second.AskAsync("REPLICAOF NO ONE", Cancel);
        _ = await first.AskAsync(["REPLICAOF", second.Host, $"{second.Port}"], Cancel);
        await UntilItFollowsAsync(first);
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await store.CommitAsync(
            new Commit(new AddOperation(new RecordKey("c", "count"), 1)), Cancel)));

        Assert.Equal(
            Enumerable.Range(2, 20).Select(static count => (long)count),
            results.SelectMany(static result => result.Counters).Order());
    }

    [Fact]
    public async Task Beats_claims_and_maintenance_wait_for_nobody_while_replicas_are_away()
    {
        await using var primary = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var plain = await new StoreSchemes().AddRedis()
            .OpenAsync(primary.Address, cancellationToken: Cancel);
        await using var store = await new StoreSchemes().AddRedis()
            .OpenAsync($"{primary.Address}?replicas=1&wait=100ms", cancellationToken: Cancel);
        _ = await JobStore.For(plain).CommitAsync(
            new Commit(new EnqueueOperation(new NewJob { Kind = "work" })), Cancel);

        var jobs = JobStore.For(store);
        var session = SessionId.New();
        var opened = await jobs.HeartbeatAsync(
            session, new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = TimeSpan.FromHours(1) }, Cancel);
        Assert.True(opened.IsAlive);
        var run = Assert.Single((await jobs.ClaimAsync(
            session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["work"] }, Cancel)).Jobs);
        var renewed = await jobs.HeartbeatAsync(
            session, new SessionUpdate { Lease = TimeSpan.FromHours(1) }, Cancel);
        Assert.True(renewed.IsAlive);
        _ = await jobs.MaintainJobsAsync(new JobMaintenance(), Cancel);

        // What a job came to is another matter.
        var error = await Assert.ThrowsAsync<StoreException>(async () => await jobs.CommitAsync(
            new Commit(new SettleOperation(run.Lease, Settlement.Succeeded)), Cancel));
        Assert.Contains("0 of 1 replicas", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RedisAppendPolicy.EverySecond, Durability.Os, 0, true)]
    [InlineData(RedisAppendPolicy.EverySecond, Durability.Disk, 0, true)]
    [InlineData(RedisAppendPolicy.EverySecond, Durability.Memory, 0, false)]
    [InlineData(RedisAppendPolicy.EverySecond, Durability.Memory, 1, false)]
    [InlineData(RedisAppendPolicy.Written, Durability.Os, 0, false)]
    [InlineData(RedisAppendPolicy.Written, Durability.Disk, 0, true)]
    [InlineData(RedisAppendPolicy.Always, Durability.Disk, 0, false)]
    [InlineData(RedisAppendPolicy.Always, Durability.Disk, 1, true)]
    public void A_commit_waits_for_the_log_where_its_level_needs_that(
        RedisAppendPolicy policy, Durability level, int replicas, bool expected)
    {
        // WAITAOF came with Redis 7.2: a server that has it is not at hand, so the rule is held to by itself.
        var from = ServerFacts.WaitsForLogFrom(policy, hasWaitForLog: true);

        Assert.Equal(expected, WaitLane.MustWait(level, Durability.Disk, from, replicas));
        Assert.Null(ServerFacts.WaitsForLogFrom(policy, hasWaitForLog: false));
    }

    [Fact]
    public async Task A_commit_that_no_replica_has_says_so_and_has_happened()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var store = await new StoreSchemes().AddRedis().OpenAsync(
            $"{server.Address}?replicas=2&wait=50ms", cancellationToken: Cancel);

        var error = await Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(
            new Commit(new PutOperation(new RecordKey("c", "a"), "x"u8.ToArray())), Cancel));

        Assert.Equal((StoreErrorKind.Unavailable, true), (error.Kind, error.IsTransient));
        Assert.Contains("a commit has happened", error.Message, StringComparison.Ordinal);
        Assert.Contains("only 0 of 2 replicas", error.Message, StringComparison.Ordinal);
        Assert.NotNull((await store.ReadAsync(new RecordKey("c", "a"), cancellationToken: Cancel))[0]);
        var conflict = await store.CommitAsync(
            new Commit(new PutOperation(new RecordKey("c", "a"), default, WriteCondition.Absent)), Cancel);
        Assert.False(conflict.IsCommitted);
    }

    private static Task UntilItFollowsAsync(RedisServer replica) => replica.UntilAsync(
        "INFO replication",
        static said => said.Contains("master_link_status:up", StringComparison.Ordinal),
        Cancel);
}
