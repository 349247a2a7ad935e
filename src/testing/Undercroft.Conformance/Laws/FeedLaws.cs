using System.Collections.Concurrent;
using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>The feed brings the latest write of each key, deletions too, in the order of commits, and misses nothing.
/// </summary>
public abstract class FeedLaws : ReplayLaws
{
    [Fact]
    public virtual async Task The_feed_brings_each_key_once_at_its_latest_in_the_order_of_commits()
    {
        _ = await WriteAsync(Put("a", "1"), Put("b", "1"));
        var second = await WriteAsync(Put("c", "2"));
        var third = await WriteAsync(Put("a", "3"), Delete("b"));

        var (changes, _) = await FollowAsync();

        Assert.Equal(
            [(Key("c"), second, false), (Key("a"), third, false), (Key("b"), third, true)],
            changes.Select(static change => (change.Key, change.Revision, change.IsDeleted)));
        Assert.Equal(["2", "3", ""], changes.Select(static change => Text(change)));
    }

    [Fact]
    public virtual async Task A_follower_sees_what_came_after_its_cursor_and_nothing_twice()
    {
        _ = await WriteAsync(Put("a"), Put("b"));
        var (_, cursor) = await FollowAsync();
        Assert.Empty((await FollowAsync(cursor)).Changes);

        _ = await WriteAsync(Put("b"), Put("c"));
        var (second, next) = await FollowAsync(cursor);
        _ = await WriteAsync(Delete("a"));
        var (third, _) = await FollowAsync(next);

        Assert.Equal(["b", "c"], second.Select(static change => change.Key.Id));
        Assert.Equal([("a", true)], third.Select(static change => (change.Key.Id, change.IsDeleted)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public virtual async Task A_page_never_ends_inside_a_commit(int limit)
    {
        for (var commit = 0; commit < 5; commit++)
        {
            var number = commit;
            _ = await WriteAsync([.. Enumerable.Range(0, 3).Select(i => Put($"id{number}{i}"))]);
        }

        var cursor = FeedCursor.Beginning;
        var seen = 0;
        for (var pages = 0; seen < 15; pages++)
        {
            Assert.True(pages < 15, "The feed does not go on.");
            var page = await Store.ChangesAsync(new ChangesRequest { After = cursor, Limit = limit }, Cancel);
            Assert.All(
                page.Changes.GroupBy(static change => change.Revision),
                static commit => Assert.Equal(3, commit.Count()));
            Assert.True(page.Changes.Count < limit + 3, $"{page.Changes.Count} changes on a page of about {limit}.");
            Assert.NotEmpty(page.Changes);
            seen += page.Changes.Count;
            Assert.True(page.HasMore || seen == 15, $"The feed says that it ends after {seen} of 15 changes.");
            cursor = page.Next;
        }

        Assert.Empty((await FollowAsync(cursor)).Changes);
    }

    [Fact]
    public virtual async Task A_feed_from_the_beginning_brings_live_records_and_tombstones()
    {
        _ = await WriteAsync(Put("a"), Put("b"));
        _ = await WriteAsync(Delete("a"));
        _ = await WriteAsync(new PutOperation(Key("a", "other"), default));

        var (changes, _) = await FollowAsync();

        Assert.Equal([("b", false), ("a", true), ("a", false)], changes.Select(static c => (c.Key.Id, c.IsDeleted)));
    }

    [Fact]
    public virtual async Task A_feed_from_the_end_brings_only_what_comes_after()
    {
        _ = await WriteAsync(Put("a"));
        var page = await Store.ChangesAsync(new ChangesRequest { After = FeedCursor.End }, Cancel);
        _ = await WriteAsync(Put("b"));

        var (changes, _) = await FollowAsync(page.Next);

        Assert.Equal((0, false), (page.Changes.Count, page.HasMore));
        Assert.Equal(["b"], changes.Select(static change => change.Key.Id));
    }

    [Fact]
    public virtual async Task An_empty_feed_gives_a_place_to_go_on_from()
    {
        var (nothing, cursor) = await FollowAsync();
        _ = await WriteAsync(Put("a"));

        Assert.Empty(nothing);
        Assert.Equal(["a"], (await FollowAsync(cursor)).Changes.Select(static change => change.Key.Id));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public virtual async Task A_feed_of_some_collections_leaves_out_the_others(int limit)
    {
        for (var round = 0; round < 10; round++)
        {
            _ = await WriteAsync(new PutOperation(Key($"id{round}", $"c{round % 3}"), default));
        }

        var request = new ChangesRequest { Collections = ["c0", "c2", "none"], Limit = limit };
        var (changes, next) = await FollowAsync(request);

        Assert.Equal(["id0", "id2", "id3", "id5", "id6", "id8", "id9"], changes.Select(static change => change.Key.Id));
        Assert.Empty((await FollowAsync(request with { After = next })).Changes);
        Assert.Empty((await FollowAsync(request with { Collections = [] })).Changes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public virtual async Task A_feed_without_an_origin_leaves_out_what_it_wrote(int limit)
    {
        _ = await WriteAsync(new Commit(Put("mine"), Put("taken")) { Origin = "me" });
        _ = await WriteAsync(new Commit(Put("theirs"), Put("taken")) { Origin = "them" });
        _ = await WriteAsync(new Commit(Put("late mine"), Delete("mine")) { Origin = "me" });
        _ = await WriteAsync(Put("nobody's"));

        var (changes, next) = await FollowAsync(new ChangesRequest { ExceptOrigin = "me", Limit = limit });
        var (all, _) = await FollowAsync();

        Assert.Equal(["taken", "theirs", "nobody's"], changes.Select(static change => change.Key.Id));
        Assert.Equal(["them", "them", "me", "me", null], all.Select(static change => change.Origin));
        Assert.Empty((await FollowAsync(next)).Changes);
    }

    [Fact]
    public virtual async Task The_feed_brings_the_detail_asked_for()
    {
        _ = await WriteAsync(new PutOperation(Key("a"), Bytes("body"))
        {
            Meta = Meta(("tag", "dark")),
            Entries = [Entry("age", 1)],
        });

        var whole = await FirstAsync(RecordDetail.Whole);
        var meta = await FirstAsync(RecordDetail.Meta);
        var keys = await FirstAsync(RecordDetail.Keys);
        var all = await FirstAsync(RecordDetail.Complete);

        Assert.Equal(("body", "", "", "body"), (Text(whole), Text(meta), Text(keys), Text(all)));
        Assert.Equal((1, 1, 0, 1), (whole.Meta.Count, meta.Meta.Count, keys.Meta.Count, all.Meta.Count));
        Assert.Equal([Entry("age", 1)], all.Entries);

        async Task<StoreRecord> FirstAsync(RecordDetail detail) =>
            Assert.Single((await FollowAsync(new ChangesRequest { Detail = detail })).Changes);
    }

    [Fact]
    public virtual async Task A_follower_among_concurrent_writers_misses_nothing()
    {
        var latest = new Dictionary<RecordKey, StoreRecord>();
        var cursor = FeedCursor.Beginning;

        var rounds = await WatchAsync(
            writers: 5,
            async (writer, round) =>
            {
                // Every third commit fails, some delete, all touch what others touch too.
                _ = await CommitAsync(
                    round % 7 == 6 ? Delete($"hot{round % 3}") : Put($"hot{round % 3}", $"{writer}/{round}"),
                    Put($"own{writer}/{round}"),
                    Check("never", round % 3 == 2 ? WriteCondition.Present : WriteCondition.Any));
            },
            watches: 60,
            watch => FollowOnAsync(watch % 2 == 0 ? 4 : 1_000));

        // The writers may have got far ahead while nobody watched.
        while (await FollowOnAsync(1_000))
        {
        }

        var (expected, _) = await FollowAsync(new ChangesRequest { Limit = 1_000 });
        Assert.Equal(
            expected.OrderBy(static change => change.Revision).ThenBy(static change => change.Key)
                .Select(static change => (change.Key, change.Revision, change.IsDeleted, Text(change))),
            latest.Values.OrderBy(static change => change.Revision).ThenBy(static change => change.Key)
                .Select(static change => (change.Key, change.Revision, change.IsDeleted, Text(change))));
        Assert.Equal(
            rounds.Sum(static count => count - (count / 3)),
            latest.Keys.Count(static key => key.Id.StartsWith("own", StringComparison.Ordinal)));

        async Task<bool> FollowOnAsync(int limit)
        {
            var page = await Store.ChangesAsync(new ChangesRequest { After = cursor, Limit = limit }, Cancel);
            FeedCheck.Page(
                page, latest.Values.Select(static change => change.Revision).DefaultIfEmpty().Max(),
                OrdersFeedByRevision);
            foreach (var change in page.Changes)
            {
                Assert.True(
                    !latest.TryGetValue(change.Key, out var before) ||
                    change.Revision.CompareTo(before.Revision) > 0,
                    $"{change.Key} comes at {change.Revision} after {before?.Revision}.");
                latest[change.Key] = change;
            }

            cursor = page.Next;
            return page.HasMore;
        }
    }

    [Fact]
    public virtual async Task An_end_that_holds_nothing_back_comes_behind_all_that_was_acknowledged()
    {
        var (place, shown) = (FeedCursor.Beginning, new HashSet<RecordKey>());
        var acknowledged = new ConcurrentQueue<RecordKey>();

        _ = await WatchAsync(
            writers: 2,
            async (writer, round) =>
            {
                _ = await WriteAsync(Put($"own{writer}-{round}"));
                acknowledged.Enqueue(Key($"own{writer}-{round}"));
            },
            watches: 60,
            async _ =>
            {
                RecordKey[] before = [.. acknowledged];
                var page = await Store.ChangesAsync(new ChangesRequest { After = place, Limit = 5 }, Cancel);
                place = page.Next;
                shown.UnionWith(page.Changes.Select(static change => change.Key));
                if (!page.HasMore && page.HeldBack is null)
                {
                    Assert.Empty(before.Where(key => !shown.Contains(key)));
                }
            });
        shown.UnionWith((await FollowAsync(place)).Changes.Select(static change => change.Key));
        Assert.Empty(acknowledged.Where(key => !shown.Contains(key)));
    }

    [Fact]
    public virtual async Task A_page_is_one_snapshot_of_the_feed()
    {
        _ = await WriteAsync(Put("left", "start"), Put("right", "start"));

        _ = await WatchAsync(
            writers: 2,
            (writer, round) => WriteAsync(Put("left", $"{writer}/{round}"), Put("right", $"{writer}/{round}")),
            watches: 60,
            async _ =>
            {
                // One commit wrote both: they come together.
                var page = await Store.ChangesAsync(new ChangesRequest { Limit = 1 }, Cancel);
                Assert.Equal(["left", "right"], page.Changes.Select(static change => change.Key.Id));
                Assert.Equal(
                    (page.Changes[0].Revision, Text(page.Changes[0])),
                    (page.Changes[1].Revision, Text(page.Changes[1])));
            });
    }
}
