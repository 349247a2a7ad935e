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
        await replica.UntilAsync(
            "INFO replication",
            static said => said.Contains("master_link_status:up", StringComparison.Ordinal),
            Cancel);
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
}
