using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>A store is the same thing from its opening to its end, and after its end it is nothing.</summary>
public abstract class LifetimeLaws : MaintenanceLaws
{
    [Fact]
    public virtual async Task What_the_store_is_does_not_change_while_it_is_open()
    {
        var before = Store.Info;
        _ = await WriteAsync(Put("a"), Put("b"));
        _ = await WriteAsync(Delete("a"));
        _ = await MaintainAsync(MaintenanceKind.Compact);

        Assert.Equal(before, Store.Info);
    }

    [Fact]
    public virtual async Task After_its_end_every_call_is_refused()
    {
        _ = await WriteAsync(Put("a"));
        var (_, cursor) = await FollowAsync();

        await Store.DisposeAsync();

        foreach (var call in Calls(cursor, Cancel))
        {
            _ = await Assert.ThrowsAsync<ObjectDisposedException>(call);
        }
    }

    [Fact]
    public virtual async Task It_can_be_ended_twice()
    {
        await Store.DisposeAsync();

        await Store.DisposeAsync();
    }

    [Fact]
    public virtual async Task Whoever_ends_it_too_waits_for_the_same_end()
    {
        _ = await WriteAsync(Put("a"));
        var first = Store.DisposeAsync().AsTask();

        // A store that lets one process in at a time could not be opened before its first end is done.
        await RestartAsync();

        _ = await WriteAsync(Put("b"));
        await first;
    }

    [Fact]
    public virtual async Task A_call_cancelled_before_it_begins_does_nothing()
    {
        var latest = await WriteAsync(Put("a"), PutUntil("b", Clock.GetUtcNow()));
        var (_, cursor) = await FollowAsync();

        foreach (var call in Calls(cursor, new CancellationToken(canceled: true)))
        {
            _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
        }

        Assert.Null(await ReadAsync("new"));
        Assert.Equal(latest, (await CommitAsync(Check("a", WriteCondition.Present))).Revision);
    }

    [Fact]
    public virtual async Task What_is_missing_is_refused()
    {
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.CommitAsync(null!, Cancel));
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ScanAsync(null!, Cancel));
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ChangesAsync(null!, Cancel));
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.MaintainAsync(null!, Cancel));
    }

    [Fact]
    public virtual void A_feature_nobody_has_is_null() => Assert.Null(Store.Feature<LifetimeLaws>());

    [Fact]
    public virtual async Task Commits_in_flight_at_the_end_are_whole_or_not_there()
    {
        Requires(StoreCapabilities.Persistent);
        var writing = RaceAsync(8, async writer =>
        {
            var acknowledged = 0;
            try
            {
                for (var round = 0; round < 1_000; round++)
                {
                    _ = await WriteAsync(Put($"left{writer}", $"{round}"), Put($"right{writer}", $"{round}"));
                    acknowledged = round + 1;
                }
            }
            catch (ObjectDisposedException)
            {
                // The end came between two commits.
            }

            return acknowledged;
        });
        while (await ReadAsync("right5") is null)
        {
            await Task.Yield();
        }

        await RestartAsync();
        var acknowledged = await writing;

        for (var writer = 0; writer < acknowledged.Length; writer++)
        {
            var (left, right) = (await ReadAsync($"left{writer}"), await ReadAsync($"right{writer}"));
            Assert.Equal(Text(left), Text(right));
            var found = left is null ? 0 : int.Parse(Text(left), System.Globalization.CultureInfo.InvariantCulture) + 1;
            Assert.InRange(found, acknowledged[writer], acknowledged[writer] + 1);
        }

        Assert.Empty((await MaintainAsync(MaintenanceKind.Verify)).Problems);
    }

    private IEnumerable<Func<Task>> Calls(FeedCursor cursor, CancellationToken token) =>
    [
        async () => _ = await Store.ReadAsync(Key("a"), cancellationToken: token),
        async () => _ = await Store.ReadAsync(new[] { Key("a"), Key("b") }, cancellationToken: token),
        async () => _ = await Store.ScanAsync(Scan(), token),
        async () => _ = await Store.ScanAsync(Scan(ScanRange.Keys("age")), token),
        async () => _ = await Store.CommitAsync(new Commit(Put("new")), token),
        async () => _ = await Store.ChangesAsync(new ChangesRequest(), token),
        async () => await Store.WaitAsync(cursor, token),
        async () => _ = await Store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Expire }, token),
        async () => _ = await Store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Measure }, token),
    ];
}
