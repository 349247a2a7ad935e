using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>Commits that cross on the server, seen at the moment at which it matters.</summary>
public sealed class IsolationTests(SharedPostgres shared) : StoreTest(shared)
{
    [Fact]
    public async Task A_record_that_was_not_there_to_be_deleted_does_not_come_before_the_commit_is_through()
    {
        var result = await CrossAsync(new DeleteOperation(Key("a")));

        Assert.True(result.IsCommitted);
        Assert.Null(await AskAsync("SELECT id FROM undercroft.records WHERE id = 'a' AND NOT del"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_that_must_not_be_there_does_not_come_before_the_commit_is_through(bool deletes)
    {
        StoreOperation absent = deletes
            ? new DeleteOperation(Key("a"), WriteCondition.Absent)
            : new CheckOperation(Key("a"), WriteCondition.Absent);

        var result = await CrossAsync(absent);

        Assert.Equal((ConflictKind.Condition, Key("a")), (result.Conflicts[0].Kind, result.Conflicts[0].Key));
        Assert.Equal(1L, await AskAsync("SELECT count(*) FROM undercroft.records WHERE id = 'a' AND NOT del"));
    }

    [Fact]
    public async Task Nothing_is_left_of_what_was_seen_not_to_be_there()
    {
        var store = await OpenAsync();

        _ = await CommitAsync(
            store, Put("z"), new DeleteOperation(Key("b")), new CheckOperation(Key("b"), WriteCondition.Absent),
            new CheckOperation(Key("a"), WriteCondition.Absent), Put("a"), new DeleteOperation(Key("c")));

        Assert.Equal(
            ["a", "z"], (string[])(await AskAsync("SELECT array_agg(id ORDER BY id) FROM undercroft.records"))!);
    }

    [Fact]
    public async Task A_stricter_isolation_is_refused_when_the_store_is_opened()
    {
        await SetIsolationAsync("serializable");

        var error = await Assert.ThrowsAsync<StoreException>(async () => await OpenAsync());

        Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
        Assert.Contains(
            "default_transaction_isolation is 'serializable', expected 'read committed'. Run ALTER ROLE",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_isolation_that_becomes_stricter_later_is_refused_by_the_commit()
    {
        // Its connections may have been lost with the commit under way: it asks for as long as is tried.
        var store = await OpenAsync(static options => options.RetryFor = TimeSpan.FromSeconds(5));
        _ = await CommitAsync(store, Put("a"));
        await SetIsolationAsync("repeatable read");
        _ = await AskAsync(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity " +
            "WHERE datname = current_database() AND pid <> pg_backend_pid()");

        var error = await Assert.ThrowsAsync<StoreException>(async () => await CommitAsync(store, Put("b"), Put("c")));

        Assert.Equal((StoreErrorKind.Unsupported, false), (error.Kind, error.IsTransient));
        Assert.Contains(
            "Set default_transaction_isolation to 'read committed'", error.Message, StringComparison.Ordinal);
        _ = Assert.Single((await store.ScanAsync(new ScanRequest { Collection = "things" }, Cancel)).Items);
    }

    // The first commit has looked and waits for a lock; the second, of another process, makes what was not there.
    private async Task<CommitResult> CrossAsync(StoreOperation absent)
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
        _ = await CommitAsync(one, Put("held"));
        await using var holder = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await holder.BeginTransactionAsync(Cancel);
        await using (var command = holder.CreateCommand())
        {
            command.CommandText = "SELECT 1 FROM undercroft.records WHERE id = 'held' FOR UPDATE";
            _ = await command.ExecuteScalarAsync(Cancel);
        }

        var first = one.CommitAsync(new Commit(absent, Put("b"), Put("held", "again")), Cancel).AsTask();
        while (await AskAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            is 0L)
        {
            Assert.False(first.IsCompleted);
            _ = await AskAsync("SELECT pg_sleep(0.01)");
        }

        _ = await CommitAsync(other, new DeleteOperation(Key("b")), Put("a"));
        await transaction.RollbackAsync(Cancel);
        return await first;
    }

    private async Task SetIsolationAsync(string level) => _ = await Server.QueryAsync(
        $"ALTER DATABASE \"{Database}\" SET default_transaction_isolation = '{level}'", cancellationToken: Cancel);
}
