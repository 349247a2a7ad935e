using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>A cursor is opaque, survives what it can, and says so where the feed cannot go on from it.</summary>
public abstract class CursorLaws : FeedLaws
{
    [Theory]
    [InlineData("")]
    [InlineData("END")]
    [InlineData("beginning")]
    [InlineData("0")]
    [InlineData("garbage")]
    [InlineData("uc1.")]
    [InlineData("uc1.AAAA")]
    [InlineData("\u0000\uD83D")]
    public virtual async Task What_is_no_cursor_is_refused(string text)
    {
        _ = await WriteAsync(Put("a"));

        _ = await Assert.ThrowsAnyAsync<ArgumentException>(() => FollowAsync(new FeedCursor(text)));
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Store.WaitAsync(new FeedCursor(text), Cancel));
    }

    [Fact]
    public virtual async Task A_damaged_cursor_is_refused_and_never_taken_for_another_place()
    {
        _ = await WriteAsync(Put("a"));
        var text = (await FollowAsync()).Next.Text!;

        foreach (var damaged in new[] { text[..^1], text[1..], text + "A", text + " ", text[..(text.Length / 2)] })
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => FollowAsync(new FeedCursor(damaged)));
            Assert.True(error is ArgumentException or CursorExpiredException, $"'{damaged}' gave {error}.");
        }
    }

    [Fact]
    public virtual async Task A_cursor_is_text_that_can_be_kept()
    {
        _ = await WriteAsync(Put("a"));
        var (_, cursor) = await FollowAsync();
        _ = await WriteAsync(Put("b"));

        var kept = new FeedCursor(new string(cursor.ToString().AsSpan()));

        Assert.Equal(["b"], (await FollowAsync(kept)).Changes.Select(static change => change.Key.Id));
        Assert.All(kept.Text!, static letter => Assert.InRange(letter, '!', '~'));
    }

    [Fact]
    public virtual async Task A_cursor_of_another_store_has_expired()
    {
        var other = Own(new MemoryStore(clock: Clock));
        _ = await other.CommitAsync(new Commit(Put("a"), Put("b")), Cancel);
        _ = await WriteAsync(Put("a"));
        var page = await other.ChangesAsync(new ChangesRequest(), Cancel);

        var error = await Record.ExceptionAsync(() => FollowAsync(page.Next));

        Assert.True(error is CursorExpiredException or ArgumentException, $"It must be refused; it gave {error}.");
    }

    [Fact]
    public virtual async Task A_cursor_holds_when_the_store_is_opened_again()
    {
        Requires(StoreCapabilities.Persistent);
        _ = await WriteAsync(Put("a"), Put("b"));
        var (_, cursor) = await FollowAsync();
        _ = await WriteAsync(Delete("a"));
        await RestartAsync();
        _ = await WriteAsync(Put("c"));

        var (changes, next) = await FollowAsync(cursor);
        await RestartAsync();
        await RestartAsync();

        Assert.Equal([("a", true), ("c", false)], changes.Select(static change => (change.Key.Id, change.IsDeleted)));
        Assert.Empty((await FollowAsync(next)).Changes);
        _ = await WriteAsync(Put("d"));
        Assert.Equal(["d"], (await FollowAsync(next)).Changes.Select(static change => change.Key.Id));
    }

    [Fact]
    public virtual async Task A_cursor_before_a_forgotten_deletion_has_expired()
    {
        _ = await WriteAsync(Put("a"), Put("b"));
        var (_, before) = await FollowAsync();
        _ = await WriteAsync(Delete("a"));
        var (_, after) = await FollowAsync();
        _ = await WriteAsync(Put("c"));

        var report = await MaintainAsync(MaintenanceKind.Compact);

        Assert.Equal(1, report.Changed);
        var error = await Assert.ThrowsAsync<CursorExpiredException>(() => FollowAsync(before));
        Assert.Equal(StoreErrorKind.CursorExpired, error.Kind);
        _ = await Assert.ThrowsAsync<CursorExpiredException>(async () => await Store.WaitAsync(before, Cancel));
        Assert.Equal(["c"], (await FollowAsync(after)).Changes.Select(static change => change.Key.Id));
        Assert.Equal(["b", "c"], (await FollowAsync()).Changes.Select(static change => change.Key.Id));
        Assert.Null(await ReadAsync("a", new ReadOptions { IncludeDeleted = true }));
    }

    [Fact]
    public virtual async Task A_compaction_that_forgets_nothing_lets_every_cursor_live()
    {
        _ = await WriteAsync(Put("a"));
        var (_, cursor) = await FollowAsync();
        _ = await WriteAsync(Put("b"));

        Assert.Equal(0, (await MaintainAsync(MaintenanceKind.Compact)).Changed);

        Assert.Equal(["b"], (await FollowAsync(cursor)).Changes.Select(static change => change.Key.Id));
    }

    [Fact]
    public virtual async Task A_walk_begun_after_a_compaction_does_not_expire()
    {
        for (var i = 0; i < 6; i++)
        {
            _ = await WriteAsync(Put($"id{i}"), Put($"gone{i}"));
        }

        _ = await WriteAsync([.. Enumerable.Range(0, 6).Select(static i => Delete($"gone{i}"))]);
        _ = await WriteAsync(Put("last"));
        _ = await MaintainAsync(MaintenanceKind.Compact);

        // The first pages lie before the deletions that were forgotten: this follower was never owed them.
        var first = await Store.ChangesAsync(new ChangesRequest { Limit = 1 }, Cancel);
        var (rest, _) = await FollowAsync(new ChangesRequest { Limit = 1, After = first.Next });

        Assert.True(first.HasMore);
        Assert.Equal(
            ["id0", "id1", "id2", "id3", "id4", "id5", "last"],
            first.Changes.Concat(rest).Select(static change => change.Key.Id));
    }

    [Fact]
    public virtual async Task A_walk_overtaken_by_a_compaction_has_expired()
    {
        _ = await WriteAsync(Put("a"));
        _ = await WriteAsync(Put("b"));
        var first = await Store.ChangesAsync(new ChangesRequest { Limit = 1 }, Cancel);
        _ = await WriteAsync(Delete("a"));
        _ = await MaintainAsync(MaintenanceKind.Compact);

        _ = await Assert.ThrowsAsync<CursorExpiredException>(() => FollowAsync(first.Next));
    }

    [Fact]
    public virtual async Task What_was_forgotten_stays_forgotten_when_the_store_is_opened_again()
    {
        Requires(StoreCapabilities.Persistent);
        _ = await WriteAsync(Put("a"), Put("b"));
        var (_, before) = await FollowAsync();
        _ = await WriteAsync(Delete("a"));
        var (_, after) = await FollowAsync();
        _ = await MaintainAsync(MaintenanceKind.Compact);

        await RestartAsync();

        _ = await Assert.ThrowsAsync<CursorExpiredException>(() => FollowAsync(before));
        Assert.Empty((await FollowAsync(after)).Changes);
        Assert.Equal(["b"], (await FollowAsync()).Changes.Select(static change => change.Key.Id));
    }

    [Fact]
    public virtual async Task A_restored_store_notices_a_cursor_from_the_future_it_lost()
    {
        Requires(StoreCapabilities.Backup);
        _ = await WriteAsync(Put("a"));
        var (_, before) = await FollowAsync();
        _ = await WriteAsync(Put("b"));
        var target = NewBackupTarget();
        _ = await MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Backup, Target = target });
        _ = await WriteAsync(Put("lost"));
        var (_, lost) = await FollowAsync();

        var restored = Own(await OpenBackupAsync(target, Clock));
        await AssertExpiredAsync();
        for (var i = 0; i < 5; i++)
        {
            // The restored store comes to the same revision by another way.
            _ = await restored.CommitAsync(new Commit(Put($"other{i}")), Cancel);
            await AssertExpiredAsync();
        }

        var page = await restored.ChangesAsync(new ChangesRequest { After = before }, Cancel);
        Assert.Equal(
            ["b", "other0", "other1", "other2", "other3", "other4"],
            page.Changes.Select(static change => change.Key.Id));

        async Task AssertExpiredAsync() => _ = await Assert.ThrowsAsync<CursorExpiredException>(
            async () => await restored.ChangesAsync(new ChangesRequest { After = lost }, Cancel));
    }
}
