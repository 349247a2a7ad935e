using Undercroft.Sqlite.Tests.Faults;

namespace Undercroft.Sqlite.Tests;

public sealed class GroupCommitTests : StoreTests
{
    [Fact]
    public async Task Commits_that_come_while_another_is_written_share_its_sync()
    {
        var vfs = WatchedVfs.Register();
        var store = await OpenAsync(options => options.Vfs = vfs.Name);
        _ = await WriteAsync(store, Put("first"));
        var before = 0;

        var results = await TogetherAsync(
            store, () => before = vfs.Syncs, [.. Enumerable.Range(0, 64).Select(i => new Commit(Put($"id{i}")))]);

        // With the commit that held the writer up.
        Assert.Equal(before + 1, vfs.Syncs);
        Assert.Equal(64, results.Select(static result => result.Result.Revision).Distinct().Count());
    }

    [Fact]
    public async Task Commits_share_no_sync_beyond_the_bound_of_a_group()
    {
        var vfs = WatchedVfs.Register();
        var store = await OpenAsync(options => (options.Vfs, options.GroupMax) = (vfs.Name, 4));
        _ = await WriteAsync(store, Put("first"));
        var before = 0;

        _ = await TogetherAsync(
            store, () => before = vfs.Syncs, [.. Enumerable.Range(0, 7).Select(i => new Commit(Put($"id{i}")))]);

        Assert.Equal(before + 2, vfs.Syncs);
    }

    [Fact]
    public async Task A_commit_that_must_be_safer_than_the_one_being_written_does_not_join_it()
    {
        var vfs = WatchedVfs.Register();
        var store = await OpenAsync(options =>
            (options.Vfs, options.DefaultDurability) = (vfs.Name, Durability.Os));
        _ = await WriteAsync(store, Put("first"));

        _ = await TogetherAsync(
            store,
            () => vfs.Expect("<mark>"),
            new Commit(Put("a", "<mark>")) { Durability = Durability.Disk });

        Assert.True(vfs.IsSynced("<mark>"));
    }

    [Fact]
    public async Task What_a_group_rolled_back_had_seen_is_not_remembered()
    {
        var store = await OpenAsync();

        var results = await TogetherAsync(
            store,
            new Commit(new PutOperation(Key("a"), "x"u8.ToArray(), WriteCondition.Absent)),
            new Commit(new CheckOperation(Key("a"), WriteCondition.Present), Put("b")),
            Stalls.FailingLate("x"));

        Assert.All(results.Take(2), static result => Assert.True(result.Result.IsCommitted));
        Assert.Equal(("x", "body"), (await TextAsync(store, "a"), await TextAsync(store, "b")));
    }

    [Fact]
    public async Task Commits_of_a_group_are_judged_on_the_state_with_the_earlier_ones()
    {
        var store = await OpenAsync();

        var results = await TogetherAsync(
            store,
            [.. Enumerable.Range(0, 10).Select(_ => new Commit(
                new PutOperation(Key("one"), "x"u8.ToArray(), WriteCondition.Absent)))]);

        _ = Assert.Single(results, static result => result.Result.IsCommitted);
        Assert.All(results, static result => Assert.True(result.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task A_commit_that_fails_before_it_has_written_fails_alone()
    {
        var store = await OpenAsync();

        var results = await TogetherAsync(
            store, new Commit(Put("a")), Stalls.FailingEarly("x"), new Commit(Put("b")));

        _ = Assert.IsType<InvalidTimeZoneException>(results[1].Exception!.InnerException);
        Assert.Equal(("body", "body"), (await TextAsync(store, "a"), await TextAsync(store, "b")));
    }

    [Fact]
    public async Task A_commit_that_fails_half_written_fails_alone_and_leaves_nothing()
    {
        var store = await OpenAsync();

        var results = await TogetherAsync(
            store, new Commit(Put("a")), Stalls.FailingLate("x"), new Commit(Put("b", "body", Entry("k"))));

        _ = Assert.IsType<InvalidTimeZoneException>(results[1].Exception!.InnerException);
        Assert.Equal(("body", "body"), (await TextAsync(store, "a"), await TextAsync(store, "b")));
        Assert.Null((await store.ReadAsync(new RecordKey("bad", "x1"), cancellationToken: Cancel))[0]);
        Assert.Empty((await store.ScanAsync(new ScanRequest { Collection = "bad" }, Cancel)).Items);
        var report = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        Assert.Empty(report.Problems);
    }

    [Fact]
    public async Task Names_first_used_in_a_group_rolled_back_are_not_remembered()
    {
        var store = await OpenAsync();

        _ = await TogetherAsync(
            store, new Commit(new PutOperation(new RecordKey("fresh", "a"), "1"u8.ToArray())), Stalls.FailingLate("x"));
        _ = await WriteAsync(store, new PutOperation(new RecordKey("other", "b"), "2"u8.ToArray()));

        Assert.Single((await store.ScanAsync(new ScanRequest { Collection = "fresh" }, Cancel)).Items);
        Assert.Single((await store.ScanAsync(new ScanRequest { Collection = "other" }, Cancel)).Items);
        Assert.Empty((await store.ScanAsync(new ScanRequest { Collection = "bad" }, Cancel)).Items);
    }

    [Fact]
    public async Task A_commit_cancelled_while_it_waits_never_happens()
    {
        var store = await OpenAsync();
        using var cancelled = new CancellationTokenSource();
        using var go = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        var gate = store.CommitAsync(Stalls.Until(go, reached), Cancel).AsTask();
        Assert.True(reached.Wait(TimeSpan.FromMinutes(2), Cancel));
        var waiting = store.CommitAsync(new Commit(Put("a")), cancelled.Token).AsTask();

        await cancelled.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        go.Set();
        _ = await gate;
        _ = await WriteAsync(store, Put("b"));

        Assert.Null(await TextAsync(store, "a"));
    }

    [Fact]
    public async Task The_queue_is_bounded_and_lets_waiting_commits_in_by_and_by()
    {
        var store = await OpenAsync(options => (options.QueueMax, options.GroupMax) = (2, 1));

        var results = await TogetherAsync(store, [.. Enumerable.Range(0, 20).Select(i => new Commit(Put($"id{i}")))]);

        Assert.All(results, static result => Assert.True(result.Result.IsCommitted));
    }

    [Fact]
    public async Task Commits_that_wait_when_the_store_is_closed_still_happen()
    {
        var store = await OpenAsync();
        using var go = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        var gate = store.CommitAsync(Stalls.Until(go, reached), Cancel).AsTask();
        Assert.True(reached.Wait(TimeSpan.FromMinutes(2), Cancel));
        var waiting = store.CommitAsync(new Commit(Put("a")), Cancel).AsTask();

        var closing = store.DisposeAsync().AsTask();
        go.Set();
        await closing;

        Assert.True((await gate).IsCommitted && (await waiting).IsCommitted);
        Assert.Equal("body", await TextAsync(await OpenAsync(), "a"));
    }

    private static Task<Task<CommitResult>[]> TogetherAsync(SqliteStore store, params Commit[] commits) =>
        TogetherAsync(store, static () => { }, commits);

    // Holds the writer up until all commits wait for it.
    private static async Task<Task<CommitResult>[]> TogetherAsync(
        SqliteStore store, Action whenHeld, params Commit[] commits)
    {
        using var go = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        var gate = store.CommitAsync(Stalls.Until(go, reached), Cancel).AsTask();
        Assert.True(reached.Wait(TimeSpan.FromMinutes(2), Cancel));
        whenHeld();
        var waiting = commits.Select(commit => store.CommitAsync(commit, Cancel).AsTask()).ToArray();

        go.Set();
        _ = await gate;
        foreach (var one in waiting)
        {
            _ = await Record.ExceptionAsync(() => one);
        }

        return waiting;
    }
}
