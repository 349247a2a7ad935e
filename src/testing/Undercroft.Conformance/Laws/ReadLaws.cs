using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Reads by key: your own writes at once, in the order asked, with the detail asked for.</summary>
public abstract class ReadLaws : StoreLaws
{
    private static readonly DateTimeOffset Later = new(2040, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public virtual async Task What_is_committed_can_be_read_at_once()
    {
        for (var round = 0; round < 20; round++)
        {
            var revision = await WriteAsync(Put("cave", $"round {round}"));

            var found = await ReadLiveAsync("cave");
            Assert.Equal(($"round {round}", revision), (Text(found), found.Revision));
        }
    }

    [Fact]
    public virtual async Task What_was_never_written_or_is_deleted_is_null()
    {
        _ = await WriteAsync(Put("cave"), Put("lake"));
        _ = await WriteAsync(Delete("cave"));

        Assert.Null(await ReadAsync("never"));
        Assert.Null(await ReadAsync("cave"));
        Assert.Null(await ReadAsync(Key("lake", "elsewhere")));
        Assert.NotNull(await ReadAsync("lake"));
    }

    [Fact]
    public virtual async Task A_read_answers_in_the_order_of_its_keys_repeated_and_missing_ones_too()
    {
        _ = await WriteAsync(Put("a", "1"), Put("b", "2"), Put("c", "3"));

        RecordKey[] keys = [Key("c"), Key("no"), Key("a"), Key("c"), Key("b"), Key("a", "other")];
        var found = await Store.ReadAsync(keys, cancellationToken: Cancel);

        Assert.Equal(
            ["3", "(nothing)", "1", "3", "2", "(nothing)"],
            Enumerable.Range(0, found.Count).Select(i => Text(found[i])));
    }

    [Fact]
    public virtual async Task A_read_of_no_keys_answers_nothing()
    {
        var found = await Store.ReadAsync(Array.Empty<RecordKey>(), cancellationToken: Cancel);

        Assert.Equal(0, found.Count);
    }

    [Fact]
    public virtual async Task A_whole_record_has_everything_but_entries()
    {
        var (now, revision) = (Clock.GetUtcNow(), await WriteRichAsync());

        var found = await ReadLiveAsync("rich");

        Assert.Equal(Key("rich"), found.Key);
        Assert.Equal(revision, found.Revision);
        Assert.Equal("body", Text(found));
        Assert.Equal((now, now, Later), (found.CreatedAt, found.UpdatedAt, found.ExpiresAt));
        Assert.Equal(TimeSpan.Zero, found.ExpiresAt!.Value.Offset);
        Assert.Equal(Meta(("tag", "dark")), found.Meta);
        Assert.Equal("me", found.Origin);
        Assert.False(found.IsDeleted);
        Assert.False(found.IsUnchanged);
    }

    [Fact]
    public virtual async Task A_read_of_meta_leaves_out_the_value()
    {
        var (now, revision) = (Clock.GetUtcNow(), await WriteRichAsync());

        var found = await ReadLiveAsync("rich", new ReadOptions { Detail = RecordDetail.Meta });

        Assert.True(found.Value.IsEmpty);
        Assert.Equal(revision, found.Revision);
        Assert.Equal((now, now, Later), (found.CreatedAt, found.UpdatedAt, found.ExpiresAt));
        Assert.Equal(Meta(("tag", "dark")), found.Meta);
        Assert.Equal("me", found.Origin);
    }

    [Fact]
    public virtual async Task A_read_of_keys_brings_key_and_revision_only()
    {
        var revision = await WriteRichAsync();

        var found = await ReadLiveAsync("rich", new ReadOptions { Detail = RecordDetail.Keys });

        Assert.Equal((Key("rich"), revision), (found.Key, found.Revision));
        Assert.True(found.Value.IsEmpty);
        Assert.Equal((default, default, null), (found.CreatedAt, found.UpdatedAt, found.ExpiresAt));
        Assert.Empty(found.Meta);
        Assert.Empty(found.Entries);
        Assert.Null(found.Origin);
    }

    [Fact]
    public virtual async Task A_complete_record_has_its_entries_in_order_and_each_once()
    {
        _ = await WriteAsync(new PutOperation(Key("rich"), Bytes("body"))
        {
            Meta = Meta(("tag", "dark")),
            Entries = [Unique("b"), Entry("age", 2), Entry("age", 1, 255), Entry("age", 1), Entry("age", 2)],
        });

        var found = await ReadLiveAsync("rich", new ReadOptions { Detail = RecordDetail.Complete });

        Assert.Equal("body", Text(found));
        Assert.Equal(Meta(("tag", "dark")), found.Meta);
        Assert.Equal([Entry("age", 1), Entry("age", 1, 255), Entry("age", 2), Unique("b")], found.Entries);
    }

    [Fact]
    public virtual async Task A_reader_who_knows_the_revision_is_told_that_nothing_changed()
    {
        var old = await WriteAsync(Put("same"), Put("changed"), Put("gone"));
        _ = await WriteAsync(Put("changed", "new"), Delete("gone"));

        var found = await Store.ReadAsync(
            new[] { Key("same"), Key("changed"), Key("gone"), Key("never") },
            new ReadOptions { Known = [old, old, old, Revision.None] },
            Cancel);

        Assert.True(found[0]!.IsUnchanged);
        Assert.Equal((Key("same"), old, 0), (found[0]!.Key, found[0]!.Revision, found[0]!.Value.Length));
        Assert.False(found[1]!.IsUnchanged);
        Assert.Equal("new", Text(found[1]));
        Assert.Null(found[2]);
        Assert.Null(found[3]);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    [InlineData(3, 4)]
    public virtual async Task A_reader_says_for_each_key_what_is_known(int keys, int known)
    {
        var revision = await WriteAsync(Put("a"));
        var read = new ReadOptions { Known = [.. Enumerable.Repeat(revision, known)] };

        _ = await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadAsync(
            Enumerable.Repeat(Key("a"), keys).ToArray(), read, Cancel));
        if (keys == 1)
        {
            _ = await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadAsync(Key("a"), read, Cancel));
        }
    }

    [Fact]
    public virtual async Task A_tombstone_is_read_only_by_who_asks_for_it()
    {
        var created = Clock.GetUtcNow();
        _ = await WriteAsync(Put("cave"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        var revision = await WriteAsync(new Commit(new DeleteOperation(Key("cave")) { Meta = Meta(("by", "me")) })
        {
            Origin = "here",
        });

        var found = await ReadLiveAsync("cave", new ReadOptions { IncludeDeleted = true });

        Assert.Null(await ReadAsync("cave"));
        Assert.True(found.IsDeleted);
        Assert.Equal((revision, "here", 0), (found.Revision, found.Origin, found.Value.Length));
        Assert.Equal((created, Clock.GetUtcNow()), (found.CreatedAt, found.UpdatedAt));
        Assert.Equal(Meta(("by", "me")), found.Meta);
        Assert.Null(found.ExpiresAt);
        Assert.Null(await ReadAsync("never", new ReadOptions { IncludeDeleted = true }));
    }

    [Theory]
    [InlineData(RecordDetail.Whole)]
    [InlineData(RecordDetail.Meta)]
    [InlineData(RecordDetail.Keys)]
    [InlineData(RecordDetail.Complete)]
    public virtual async Task Every_detail_says_whether_a_record_is_deleted(RecordDetail detail)
    {
        _ = await WriteAsync(Put("cave"), Put("lake"));
        var revision = await WriteAsync(Delete("cave"));

        var found = await Store.ReadAsync(
            new[] { Key("cave"), Key("lake") }, new ReadOptions { Detail = detail, IncludeDeleted = true }, Cancel);

        Assert.Equal((true, revision), (found[0]!.IsDeleted, found[0]!.Revision));
        Assert.False(found[1]!.IsDeleted);
    }

    private Task<Revision> WriteRichAsync() => WriteAsync(new Commit(
        new PutOperation(Key("rich"), Bytes("body"))
        {
            Meta = Meta(("tag", "dark")),
            ExpiresAt = Later.ToOffset(TimeSpan.FromHours(2)),
            Entries = [Entry("age", 1)],
        })
    {
        Origin = "me",
    });
}
