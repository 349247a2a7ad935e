using Undercroft.Backends;

namespace Undercroft.Sqlite.Tests;

public sealed class UpkeepTests : StoreTests
{
    [Theory]
    [InlineData("DELETE FROM entries WHERE id = 'a'", "is not found in its index 'ix'")]
    [InlineData("INSERT INTO entries SELECT ix, x'FFFF', id, row FROM entries", "There are 4 index entries")]
    [InlineData("UPDATE entries SET row = row + 100 WHERE id = 'a'", "is not found in its index 'ix'")]
    [InlineData("UPDATE records SET revision = 900 WHERE id = 'a'", "is at r900, after the store's latest")]
    [InlineData("UPDATE records SET entries = x'7F' WHERE id = 'a'", "is damaged")]
    [InlineData("UPDATE records SET collection = 77 WHERE id = 'a'", "has no name")]
    [InlineData("UPDATE records SET deleted = 1 WHERE id = 'a'", "more than a tombstone may have")]
    [InlineData("UPDATE store SET horizon = 900", "has forgotten through r900")]
    [InlineData("INSERT INTO segments (salt, start) VALUES (5, 900)", "out of order")]
    [InlineData("INSERT INTO lanes VALUES (x'00', 0, x'FF')", "kept for a client are damaged")]
    public async Task Verify_tells_what_does_not_fit_together(string damage, string problem)
    {
        var store = await OpenAsync();
        _ = await WriteAsync(store, Put("a", "body", Entry("k")), Put("b", "body", Entry("l")));
        Assert.Empty((await MaintainAsync(store, MaintenanceKind.Verify)).Problems);
        _ = Raw(damage);

        var report = await MaintainAsync(store, MaintenanceKind.Verify);

        Assert.Contains(report.Problems, found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancelled_backup_leaves_nothing()
    {
        var store = await OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            _ = await WriteAsync(store, Put($"id{i}", new string('x', 500_000)));
        }

        using var cancelled = new CancellationTokenSource();
        var request = new MaintenanceRequest
        {
            Kind = MaintenanceKind.Backup,
            Target = Folder.File("copy.db"),
            Progress = new Cancelling(cancelled),
        };

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await store.MaintainAsync(request, cancelled.Token));

        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(DatabasePath)!, "copy*"));
    }

    [Fact]
    public async Task A_backup_made_under_writers_is_whole_and_of_one_instant()
    {
        var store = await OpenAsync(static options => options.DefaultDurability = Durability.Os);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(
            async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    var text = $"{i}" + new string('x', 3000);
                    var third = Put($"id{i % 300}", text, Entry(text[..9]));
                    _ = await WriteAsync(store, Put("left", text), Put("right", text), third);
                }
            },
            Cancel);
        for (var round = 0; round < 5; round++)
        {
            var target = Folder.File($"copy{round}.db");
            _ = await store.MaintainAsync(new() { Kind = MaintenanceKind.Backup, Target = target }, Cancel);
            var copy = await OpenAsync(options => options.DatabasePath = target);
            Assert.Equal(await TextAsync(copy, "left"), await TextAsync(copy, "right"));
            Assert.Empty((await MaintainAsync(copy, MaintenanceKind.Verify)).Problems);
        }

        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task A_follower_of_a_store_put_back_in_time_is_told()
    {
        var store = await OpenAsync();
        _ = await WriteAsync(store, Put("a"));
        var copy = Folder.File("copy.db");
        _ = await store.MaintainAsync(new() { Kind = MaintenanceKind.Backup, Target = copy }, Cancel);
        _ = await WriteAsync(store, Put("b"));
        var seen = (await store.ChangesAsync(new ChangesRequest(), Cancel)).Next;
        await store.DisposeAsync();

        var restored = await OpenAsync(options => options.DatabasePath = copy);
        _ = await WriteAsync(restored, Put("c"));
        _ = await WriteAsync(restored, Put("d"));

        _ = await Assert.ThrowsAsync<CursorExpiredException>(
            async () => await restored.ChangesAsync(new ChangesRequest { After = seen }, Cancel));
    }

    [Fact]
    public async Task A_history_of_many_openings_is_bounded()
    {
        var store = await OpenAsync();
        _ = await WriteAsync(store, Put("a"));
        await store.DisposeAsync();
        _ = Raw($"""
            WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {FeedHistory.SegmentsMax - 1})
            INSERT INTO segments (salt, start) SELECT x, 1 FROM n
            """);

        store = await OpenAsync();
        _ = await WriteAsync(store, Put("b"));

        Assert.Equal(FeedHistory.SegmentsMax, Raw("SELECT count(*) FROM segments"));
        Assert.Equal(0, Raw("SELECT start FROM segments ORDER BY number LIMIT 1"));
        Assert.Equal(2, (await store.ChangesAsync(new ChangesRequest(), Cancel)).Changes.Count);
        Assert.Empty((await MaintainAsync(store, MaintenanceKind.Verify)).Problems);
    }

    [Fact]
    public async Task Sweeping_and_compacting_go_in_bounded_steps_and_give_room_back()
    {
        const int Records = 1700;
        var store = await OpenAsync(static options => options.DefaultDurability = Durability.Os);
        var soon = DateTimeOffset.UtcNow.AddMinutes(1);
        for (var i = 0; i < Records; i += 100)
        {
            var puts = Enumerable.Range(i, 100).Select(n => new PutOperation(Key($"id{n}"), new byte[4000])
            {
                ExpiresAt = soon,
                Entries = [Entry($"k{n}")],
            });
            _ = await WriteAsync(store, [.. puts]);
        }

        var before = (await MaintainAsync(store, MaintenanceKind.Measure)).StoredBytes;
        var swept = await store.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Expire, Now = soon }, Cancel);
        var compacted = await MaintainAsync(store, MaintenanceKind.Compact);

        Assert.Equal((Records, Records), (swept.Changed, compacted.Changed));
        Assert.InRange((await MaintainAsync(store, MaintenanceKind.Measure)).StoredBytes, 1, before / 10);
        Assert.Empty((await MaintainAsync(store, MaintenanceKind.Verify)).Problems);
        Assert.Equal(0, Raw("SELECT count(*) FROM entries"));
    }

    [Fact]
    public async Task Results_kept_for_clients_that_have_gone_are_pruned()
    {
        var store = await OpenAsync();
        var now = DateTimeOffset.UtcNow;
        foreach (var age in new[] { 8, 6 })
        {
            _ = await store.CommitAsync(
                new Commit(Put("a"))
                {
                    Identity = new CommitIdentity(Guid.NewGuid(), 1),
                    Now = now.AddDays(-age),
                },
                Cancel);
        }

        _ = await MaintainAsync(store, MaintenanceKind.Expire);

        Assert.Equal(1, Raw("SELECT count(*) FROM lanes"));
    }

    private static async Task<MaintenanceReport> MaintainAsync(SqliteStore store, MaintenanceKind kind) =>
        await store.MaintainAsync(new MaintenanceRequest { Kind = kind }, Cancel);

    private sealed class Cancelling(CancellationTokenSource source) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => source.Cancel();
    }
}
