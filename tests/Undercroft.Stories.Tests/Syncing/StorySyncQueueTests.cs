namespace Undercroft.Stories.Tests;

public abstract class StorySyncQueueTests : BackendTests
{
    private (Storage Storage, StoryLibrary Library)? opened;

    private StoryLibrary Library
    {
        get
        {
            opened = opened is { } kept && ReferenceEquals(kept.Storage, Storage)
                ? kept
                : (Storage, new StoryLibrary(Storage));
            return opened.Value.Library;
        }
    }

    [Fact]
    public async Task Saves_and_deletions_are_in_it_from_their_commit_the_oldest_first()
    {
        var queue = new StorySyncQueue(Storage, "cloud");
        var empty = await queue.PendingAsync(100, Token);
        var a = await SaveAsync("a");
        var b = await SaveAsync("b");

        var created = await queue.PendingAsync(100, Token);
        await AcknowledgeAsync(queue, created);
        var later = await SaveAsync("a", "2");
        _ = await Library.DeleteAsync("b", cancellationToken: Token);
        var changed = await queue.PendingAsync(100, Token);

        Assert.Empty(empty);
        Assert.Equal(
            [("a", StorySyncOperation.Create, a.Revision), ("b", StorySyncOperation.Create, b.Revision)],
            created.Select(entry => (entry.StoryId, entry.Operation, entry.Revision)));
        Assert.Equal(
            [("a", StorySyncOperation.Update), ("b", StorySyncOperation.Delete)],
            changed.Select(entry => (entry.StoryId, entry.Operation)));
        Assert.Equal((later.Revision, later.UpdatedAt), (changed[0].Revision, changed[0].ChangedAt));
    }

    [Fact]
    public async Task A_story_is_in_it_once_and_what_came_and_went_unseen_is_not()
    {
        var queue = new StorySyncQueue(Storage, "cloud");
        for (var i = 0; i < 5; i++)
        {
            _ = await SaveAsync("a", $"{i}");
            _ = await SaveAsync("gone", $"{i}");
        }

        await queue.FailAsync((await queue.FindAsync("gone", Token))!, "The line is dead.", Token);
        _ = await Library.DeleteAsync("gone", cancellationToken: Token);
        _ = await SaveAsync("b");
        _ = await SaveAsync("a", "last");

        var pending = await queue.PendingAsync(100, Token);
        Assert.Equal(
            [("b", StorySyncOperation.Create), ("a", StorySyncOperation.Create)],
            pending.Select(entry => (entry.StoryId, entry.Operation)));
        Assert.Null(await queue.FindAsync("gone", Token));
        Assert.Equal(pending[1], await queue.FindAsync("a", Token));
        Assert.Single(await queue.PendingAsync(1, Token));
    }

    [Fact]
    public async Task What_is_saved_between_a_look_and_its_acknowledgement_is_still_to_do()
    {
        var queue = new StorySyncQueue(Storage, "cloud");
        _ = await SaveAsync("a");
        var entry = Assert.Single(await queue.PendingAsync(100, Token));
        var newer = await SaveAsync("a", "newer");

        await queue.AcknowledgeAsync(entry, Token);
        var left = Assert.Single(await queue.PendingAsync(100, Token));
        await queue.AcknowledgeAsync(left, Token);
        await queue.AcknowledgeAsync(entry, Token);

        Assert.Equal((StorySyncOperation.Update, newer.Revision), (left.Operation, left.Revision));
        Assert.False(await queue.HasPendingAsync(Token));
    }

    [Fact]
    public async Task Failures_are_counted_until_it_is_acknowledged_and_outlive_a_restart()
    {
        var queue = new StorySyncQueue(Storage, "cloud");
        _ = await SaveAsync("a");
        _ = await SaveAsync("b");
        var entry = (await queue.PendingAsync(1, Token))[0];
        await queue.FailAsync(entry, "503", Token);
        await queue.FailAsync(entry, new string('x', 5000), Token);
        await queue.AcknowledgeAsync((await queue.FindAsync("b", Token))!, Token);
        if (IsPersistent)
        {
            await ReopenAsync();
        }

        var again = new StorySyncQueue(Storage, "cloud");
        var failed = Assert.Single(await again.PendingAsync(100, Token));
        await again.AcknowledgeAsync(failed, Token);
        _ = await SaveAsync("a", "newer");

        Assert.Equal(("a", 2, 1000), (failed.StoryId, failed.RetryCount, failed.LastError!.Length));
        var fresh = Assert.Single(await again.PendingAsync(100, Token));
        Assert.Equal((0, null), (fresh.RetryCount, fresh.LastError));
    }

    [Fact]
    public async Task Consumers_do_not_know_of_each_other_and_clearing_and_removing_are_theirs()
    {
        var one = new StorySyncQueue(Storage, "a");
        var other = new StorySyncQueue(Storage, "a/b");
        for (var i = 0; i < 210; i++)
        {
            _ = await SaveAsync($"s{i:d3}");
        }

        var cleared = await one.ClearAsync(Token);
        var commits = Storage.Statistics.Commits;
        var looks = (await one.HasPendingAsync(Token), await one.HasPendingAsync(Token));
        var moved = Storage.Statistics.Commits - commits;
        var theirs = await other.PendingAsync(int.MaxValue, Token);
        await one.RemoveAsync(Token);

        Assert.Equal((210, (false, false), 210), (cleared, looks, theirs.Count));
        Assert.Equal(1, moved);
        Assert.Equal(100, (await one.PendingAsync(100, Token)).Count);
        Assert.Equal("s000", theirs[0].StoryId);
    }

    [Fact]
    public async Task A_feed_that_forgot_is_compared_anew_and_deletions_are_still_found()
    {
        var queue = new StorySyncQueue(Storage, "cloud");
        foreach (var id in new[] { "a", "b", "c" })
        {
            _ = await SaveAsync(id);
        }

        _ = await queue.ClearAsync(Token);
        Assert.False(await queue.HasPendingAsync(Token));
        _ = await Library.DeleteAsync("b", cancellationToken: Token);
        _ = await SaveAsync("c", "newer");
        var compact = new MaintenanceRequest
        {
            Kind = MaintenanceKind.Compact,
            Before = TimeProvider.System.GetUtcNow().AddDays(1),
        };
        _ = await Storage.Store.MaintainAsync(compact, Token);

        var again = new StorySyncQueue(Storage, "cloud");
        var pending = await again.PendingAsync(100, Token);
        await AcknowledgeAsync(again, pending);
        var after = await again.PendingAsync(100, Token);
        _ = await SaveAsync("a", "newer");

        Assert.Equal(
            [("b", StorySyncOperation.Delete), ("c", StorySyncOperation.Update)],
            pending.Select(entry => (entry.StoryId, entry.Operation)));
        Assert.Empty(after);
        Assert.Equal("a", Assert.Single(await again.PendingAsync(100, Token)).StoryId);
    }

    [Fact]
    public async Task What_the_feed_holds_back_was_not_deleted()
    {
        foreach (var id in new[] { "a", "b", "c" })
        {
            _ = await SaveAsync(id);
        }

        _ = await new StorySyncQueue(Storage, "cloud").ClearAsync(Token);
        _ = await Library.DeleteAsync("b", cancellationToken: Token);
        await using var forgetful = new Storage(new HoldingStore(Storage.Store) { Held = "c" });
        var pending = await new StorySyncQueue(forgetful, "cloud").PendingAsync(100, Token);

        Assert.Equal(("b", StorySyncOperation.Delete), (pending[0].StoryId, pending[0].Operation));
        _ = Assert.Single(pending);
    }

    [Fact]
    public async Task A_waiter_wakes_when_a_story_is_saved()
    {
        var queue = new StorySyncQueue(Storage, "cloud");
        var wait = queue.WaitAsync(Token).AsTask();
        _ = await new StoryPreferences(Storage).SetJsonAsync(
            StoryPreferenceScope.Global, "x", RawJson.FromText("1"), null, Token);

        _ = await SaveAsync("a");
        await wait;

        Assert.True(await queue.HasPendingAsync(Token));
    }

    [Fact]
    public async Task Random_work_ends_with_the_other_side_equal()
    {
        var random = new Random(Seeds.Current);
        var remote = new Dictionary<string, string>(StringComparer.Ordinal);
        var queue = new StorySyncQueue(Storage, "cloud");
        for (var round = 0; round < 80; round++)
        {
            var id = $"s{random.Next(6)}" + (random.Next(4) == 0 ? new string('é', 400) : "");
            _ = random.Next(3) == 0
                ? await Library.DeleteAsync(id, cancellationToken: Token)
                : await SaveAsync(id, $"{round}") is not null;
            if (random.Next(5) == 0)
            {
                await PushAsync(queue, remote, random.Next(1, 4));
            }

            queue = random.Next(10) == 0 ? new StorySyncQueue(Storage, "cloud") : queue;
        }

        while (await queue.HasPendingAsync(Token))
        {
            await PushAsync(queue, remote, 100);
        }

        var here = await Library.ListAsync(cancellationToken: Token).ToListAsync(Token);
        Assert.True(here.Select(story => story.Id).Order().SequenceEqual(remote.Keys.Order()), Seeds.Replay(0));
        foreach (var story in here)
        {
            Assert.True((await Library.LoadAsync(story.Id, cancellationToken: Token))!.Story.Passages[0].Body
                == remote[story.Id], Seeds.Replay(0));
        }
    }

    private async Task PushAsync(StorySyncQueue queue, Dictionary<string, string> remote, int limit)
    {
        foreach (var entry in await queue.PendingAsync(limit, Token))
        {
            Assert.Equal(entry.Operation == StorySyncOperation.Create, !remote.ContainsKey(entry.StoryId));
            if (entry.Operation == StorySyncOperation.Delete)
            {
                _ = remote.Remove(entry.StoryId);
            }
            else
            {
                var story = await Library.LoadAsync(entry.StoryId, cancellationToken: Token);
                remote[entry.StoryId] = story!.Story.Passages[0].Body;
            }

            await queue.AcknowledgeAsync(entry, Token);
        }
    }

    private static async Task AcknowledgeAsync(StorySyncQueue queue, IReadOnlyList<StorySyncEntry> entries)
    {
        foreach (var entry in entries)
        {
            await queue.AcknowledgeAsync(entry, Token);
        }
    }

    private async Task<StoredStory> SaveAsync(string id, string body = "1") =>
        await Library.SaveAsync(
            Make.Story(Make.Passage("Start", body)) with { Id = id }, null, Token);

    public sealed class OnMemory : StorySyncQueueTests
    {
        protected override string Address => "memory:";
    }

    public sealed class OnSqlite : StorySyncQueueTests
    {
        protected override string Address => "sqlite:{0}/stories.db";
    }

    public sealed class OnFiles : StorySyncQueueTests
    {
        protected override string Address => "file:{0}/stories";
    }
}
