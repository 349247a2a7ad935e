using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>A commit happens whole or not at all, and says which operations stood in its way.</summary>
public abstract class CommitLaws : KeyLaws
{
    [Fact]
    public virtual async Task A_commit_that_meets_a_conflict_leaves_no_trace()
    {
        var before = await WriteAsync(Put("a", "old"), Put("b", "old"), Add("count", 1));
        var (_, cursor) = await FollowAsync();

        var result = await CommitAsync(
            Put("a", "new"),
            Delete("b"),
            Add("count", 1),
            PutWith("c", Entry("age", 1), Unique("c")),
            Put("d", "new", WriteCondition.Present));

        Assert.False(result.IsCommitted);
        Assert.Empty(result.Counters);
        Assert.Equal(
            ("old", "old", 1L),
            (Text(await ReadAsync("a")), Text(await ReadAsync("b")), Number(await ReadAsync("count"))));
        Assert.Null(await ReadAsync("c"));
        Assert.Equal(before, (await ReadLiveAsync("a")).Revision);
        Assert.Empty(await ScanAsync(Scan(ScanRange.Keys("age"))));
        Assert.Empty((await FollowAsync(cursor)).Changes);
    }

    [Fact]
    public virtual async Task Every_conflict_is_named_with_its_place_its_key_and_the_revision_found()
    {
        var a = await WriteAsync(Put("a"));
        var b = await WriteAsync(Put("b"), Put("text", "no counter"));

        var result = await CommitAsync(
            Put("a", "new", WriteCondition.Absent),
            Put("fine"),
            Check("b", WriteCondition.At(a)),
            Delete("none", WriteCondition.Present),
            Add("text", 1));

        Assert.Equal(
            [
                new CommitConflict(0, Key("a"), ConflictKind.Condition, a),
                new CommitConflict(2, Key("b"), ConflictKind.Condition, b),
                new CommitConflict(3, Key("none"), ConflictKind.Condition, Revision.None),
                new CommitConflict(4, Key("text"), ConflictKind.NotACounter, b),
            ],
            result.Conflicts.OrderBy(static conflict => conflict.Operation));
        Assert.Equal(b, result.Revision);
    }

    [Fact]
    public virtual async Task All_that_a_commit_writes_has_its_revision()
    {
        var revision = await WriteAsync(Put("gone"));
        Assert.True(revision.CompareTo(Revision.None) > 0);

        var result = await CommitAsync(Put("a"), Add("count", 5), Delete("gone"), Put("b"));

        Assert.False(result.IsReplay);
        Assert.True(result.Revision.CompareTo(revision) > 0);
        var found = await Store.ReadAsync(
            new[] { Key("a"), Key("b"), Key("count"), Key("gone") }, new ReadOptions { IncludeDeleted = true }, Cancel);
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(result.Revision, found[i]!.Revision));
    }

    [Fact]
    public virtual async Task Conditions_are_judged_on_the_state_before_whatever_the_order()
    {
        var revision = await WriteAsync(Put("a", "old"));

        var result = await CommitAsync(
            Check("a", WriteCondition.At(revision)),
            Put("a", "new"),
            Check("a", WriteCondition.At(revision)),
            Put("b", "new", WriteCondition.Absent),
            Check("b", WriteCondition.Absent));

        Assert.True(result.IsCommitted);
        Assert.Equal(("new", "new"), (Text(await ReadAsync("a")), Text(await ReadAsync("b"))));
    }

    [Fact]
    public virtual async Task A_commit_of_checks_writes_nothing_and_tells_the_latest_revision()
    {
        _ = await WriteAsync(Put("a"));
        var latest = await WriteAsync(Put("b"));
        var (_, cursor) = await FollowAsync();

        var held = await CommitAsync(Check("a", WriteCondition.Present), Check("c", WriteCondition.Absent));
        var failed = await CommitAsync(Check("a", WriteCondition.Absent));

        Assert.Equal((true, latest), (held.IsCommitted, held.Revision));
        Assert.Equal((false, latest), (failed.IsCommitted, failed.Revision));
        Assert.Empty((await FollowAsync(cursor)).Changes);
    }

    [Fact]
    public virtual async Task Deleting_what_is_not_there_writes_nothing()
    {
        var latest = await WriteAsync(Put("a"));
        var (_, cursor) = await FollowAsync();

        var result = await CommitAsync(Delete("never"));

        Assert.Equal((true, latest), (result.IsCommitted, result.Revision));
        Assert.Null(await ReadAsync("never", new ReadOptions { IncludeDeleted = true }));
        Assert.Empty((await FollowAsync(cursor)).Changes);
    }

    [Fact]
    public virtual async Task A_deletion_that_leaves_a_tombstone_leaves_one_where_nothing_was()
    {
        var at = new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero).AddTicks(7);

        var revision = await WriteAsync(
            new DeleteOperation(Key("never")) { LeavesTombstone = true, Meta = Meta(("v", "9")), UpdatedAt = at });

        var (changes, _) = await FollowAsync();
        var tombstone = Assert.Single(changes);
        Assert.Equal((Key("never"), true, revision), (tombstone.Key, tombstone.IsDeleted, tombstone.Revision));
        Assert.Equal((Meta(("v", "9")), at), (tombstone.Meta, tombstone.UpdatedAt));
        Assert.Null(await ReadAsync("never"));
    }

    [Fact]
    public virtual async Task Writing_the_same_bytes_again_is_a_write()
    {
        var first = await WriteAsync(Put("a", "same"));
        var second = await WriteAsync(Put("a", "same"));

        Assert.True(second.CompareTo(first) > 0);
        Assert.Equal(second, (await ReadLiveAsync("a")).Revision);
    }

    [Fact]
    public virtual async Task A_put_replaces_value_meta_entries_and_expiry_as_a_whole()
    {
        _ = await WriteAsync(new PutOperation(Key("a"), Bytes("old"))
        {
            Meta = Meta(("tag", "old")),
            Entries = [Entry("age", 1)],
            ExpiresAt = Clock.GetUtcNow().AddHours(1),
        });

        _ = await WriteAsync(Put("a", "new"));

        var found = await ReadLiveAsync("a", new ReadOptions { Detail = RecordDetail.Complete });
        Assert.Equal("new", Text(found));
        Assert.Empty(found.Meta);
        Assert.Empty(found.Entries);
        Assert.Null(found.ExpiresAt);
        Assert.Null(found.Origin);
    }

    [Fact]
    public virtual async Task A_commit_without_operations_is_refused() =>
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(() => CommitAsync());

    [Fact]
    public virtual async Task A_commit_that_writes_a_key_twice_is_refused_before_anything_is_written()
    {
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(() => CommitAsync(Put("b"), Put("a", "1"), Put("a", "2")));
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(() => CommitAsync(Put("a"), Delete("a")));
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(() => CommitAsync(Add("n", 1), Add("n", 1)));

        Assert.Empty(await IdsAsync());
    }

    [Fact]
    public virtual async Task A_commit_of_a_thousand_operations_is_whole()
    {
        var revision = await WriteAsync([.. Enumerable.Range(0, 1_000).Select(static i => Put($"id{i:d4}", $"v{i}"))]);

        var items = await ScanAsync(Scan());

        Assert.Equal(1_000, items.Count);
        Assert.All(items, item => Assert.Equal(revision, item.Record.Revision));
    }
}
