using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>A record is found under exactly the index keys it was last written with, in the order of their bytes.
/// </summary>
public abstract class IndexLaws : PagingLaws
{
    [Fact]
    public virtual async Task Entries_come_in_the_order_of_their_bytes_then_of_their_ids()
    {
        byte[][] keys =
            [[], [0], [0, 0], [0, 1], [1], [1, 0], [1, 255], [2], [127], [128], [255], [255, 0], [255, 255]];
        foreach (var key in keys.Reverse())
        {
            _ = await WriteAsync(
                PutWith($"😀{key.Length}{Convert.ToHexString(key)}", new IndexEntry("age", key)),
                PutWith($"\uFFFF{Convert.ToHexString(key)}", new IndexEntry("age", key)));
        }

        var items = await ScanAsync(Scan(ScanRange.Keys("age")));

        Assert.Equal(
            keys.SelectMany(static key => new[] { key, key }), items.Select(static item => item.EntryKey.ToArray()));
        Assert.All(items.Chunk(2), static pair =>
            Assert.Equal(("\uFFFF"[0], '\uD83D'), (pair[0].Record.Key.Id[0], pair[1].Record.Key.Id[0])));
        var back = await ScanAsync(Scan(ScanRange.Keys("age")) with { IsReverse = true });
        Assert.Equal(
            items.Select(static item => (item.Record.Key, Convert.ToHexString(item.EntryKey.Span))).Reverse(),
            back.Select(static item => (item.Record.Key, Convert.ToHexString(item.EntryKey.Span))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public virtual async Task A_range_holds_its_first_key_and_not_its_last(bool isReverse)
    {
        _ = await WriteAsync(
            PutWith("a", Entry("age", 1)), PutWith("b", Entry("age", 2)), PutWith("c", Entry("age", 2, 0)),
            PutWith("d", Entry("age", 3)), PutWith("e", Entry("age", 255)), PutWith("f", Entry("age")));

        await AssertRangeAsync("bc", [2], [3]);
        await AssertRangeAsync("b", [2], [2, 0]);
        await AssertRangeAsync("fab", [], [2, 0]);
        await AssertRangeAsync("de", [2, 1], null);
        await AssertRangeAsync("fabcde", [], null);
        await AssertRangeAsync("", [3], [2]);
        await AssertRangeAsync("", [], []);

        async Task AssertRangeAsync(string expected, byte[] from, byte[]? before)
        {
            var range = ScanRange.Keys("age", from, before is null ? (ReadOnlyMemory<byte>?)null : before);
            var found = string.Concat(await IdsAsync(range, isReverse));
            Assert.Equal(isReverse ? string.Concat(expected.Reverse()) : expected, found);
        }
    }

    [Fact]
    public virtual async Task A_record_with_several_entries_is_found_under_each_and_equal_ones_count_once()
    {
        _ = await WriteAsync(
            PutWith("a", Entry("tag", 3), Entry("tag", 1), Entry("tag", 3), Entry("age", 9)),
            PutWith("b", Entry("tag", 2)));

        var items = await ScanAsync(Scan(ScanRange.Keys("tag")) with { Limit = 1 });

        Assert.Equal(["a", "b", "a"], items.Select(static item => item.Record.Key.Id));
        Assert.Equal([1, 2, 3], items.Select(static item => item.EntryKey.Span[0]));
        Assert.Equal(["a"], await IdsAsync(ScanRange.Keys("age")));
    }

    [Fact]
    public virtual async Task A_write_replaces_the_entries_in_the_same_commit()
    {
        _ = await WriteAsync(PutWith("a", Entry("age", 1), Entry("tag", 1), Entry("tag", 2), Entry("old", 1)));
        _ = await WriteAsync(PutWith("a", Entry("age", 2), Entry("tag", 2), Entry("tag", 3), Entry("new", 1)));

        Assert.Empty(await IdsAsync(ScanRange.Keys("age", default, new byte[] { 2 })));
        Assert.Equal(["a"], await IdsAsync(ScanRange.Keys("age")));
        Assert.Equal(
            [2, 3], (await ScanAsync(Scan(ScanRange.Keys("tag")))).Select(static item => item.EntryKey.Span[0]));
        Assert.Empty(await IdsAsync(ScanRange.Keys("old")));
        Assert.Equal(["a"], await IdsAsync(ScanRange.Keys("new")));
    }

    [Fact]
    public virtual async Task An_entry_that_stays_leads_to_the_new_value()
    {
        _ = await WriteAsync(new PutOperation(Key("a"), Bytes("old")) { Entries = [Entry("age", 1)] });
        var revision = await WriteAsync(new PutOperation(Key("a"), Bytes("new")) { Entries = [Entry("age", 1)] });

        var found = Assert.Single(await ScanAsync(Scan(ScanRange.Keys("age")))).Record;

        Assert.Equal(("new", revision), (Text(found), found.Revision));
    }

    [Fact]
    public virtual async Task A_deleted_record_is_found_under_nothing()
    {
        _ = await WriteAsync(PutWith("a", Entry("age", 1)), PutWith("b", Entry("age", 1)));
        _ = await WriteAsync(Delete("a"));
        Assert.Equal(["b"], await IdsAsync(ScanRange.Keys("age")));

        _ = await WriteAsync(PutWith("a", Entry("tag", 1)));
        Assert.Equal(["b"], await IdsAsync(ScanRange.Keys("age")));
    }

    [Fact]
    public virtual async Task Indexes_are_kept_apart_by_name_and_by_collection()
    {
        _ = await WriteAsync(
            PutWith("a", Entry("age", 1)), PutWith("b", Entry("Age", 1)), PutWith("c", Entry("ag", (byte)'e', 1)),
            PutWith("d", Entry("age2", 1)), PutWith("e", Entry("ключ 😀/..", 1)),
            new PutOperation(Key("f", "other"), default) { Entries = [Entry("age", 1)] });

        Assert.Equal(["a"], await IdsAsync(ScanRange.Keys("age")));
        Assert.Equal(["a"], await IdsAsync(ScanRange.Keys("age"), isReverse: true));
        Assert.Equal(["e"], await IdsAsync(ScanRange.Keys("ключ 😀/..")));
        Assert.Empty(await IdsAsync(ScanRange.Keys("none")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public virtual async Task Pages_of_an_index_put_together_are_the_range(bool isReverse)
    {
        foreach (var chunk in Enumerable.Range(0, 40).Chunk(7))
        {
            _ = await WriteAsync(
                [.. chunk.Select(static i => PutWith($"id{i:d2}", Entry("age", (byte)(i % 3)), Entry("age", 7)))]);
        }

        var whole = await IdsAsync(ScanRange.Keys("age"), isReverse);
        foreach (var limit in new[] { 1, 7, 79, 80, 81 })
        {
            var items = await ScanAsync(Scan(ScanRange.Keys("age")) with { Limit = limit, IsReverse = isReverse });
            Assert.Equal(whole, items.Select(static item => item.Record.Key.Id));
        }

        Assert.Equal(80, whole.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public virtual async Task A_position_in_an_index_holds_while_the_entries_around_it_come_and_go(bool isReverse)
    {
        _ = await WriteAsync([.. "bdfhjl".Select(static id => PutWith(id.ToString(), Entry("age", (byte)(id / 6))))]);
        var request = Scan(ScanRange.Keys("age")) with { Limit = 3, IsReverse = isReverse };
        var whole = await IdsAsync(ScanRange.Keys("age"), isReverse);
        var first = await Store.ScanAsync(request, Cancel);

        var last = first.Items[^1];
        _ = await WriteAsync(
            Delete(last.Record.Key.Id),
            PutWith(last.Record.Key.Id + "0", new IndexEntry("age", last.EntryKey)),
            PutWith("behind", Entry("age", (byte)(isReverse ? 255 : 0))));
        var rest = (await ScanAsync(request with { After = first.Next }))
            .Select(static item => item.Record.Key.Id)
            .ToList();

        // The newcomer under the same key is after the position forward, and behind it on the way back.
        string[] expected = isReverse ? whole[3..] : [last.Record.Key.Id + "0", .. whole[3..]];
        Assert.Equal(expected, rest);
    }

    [Fact]
    public virtual async Task Entries_are_there_when_the_store_is_opened_again()
    {
        Requires(StoreCapabilities.Persistent);
        _ = await WriteAsync(
            PutWith("a", Entry("age", 2), Entry("tag", 1)),
            PutWith("b", Entry("age", 1)),
            PutWith("c", Entry("age", 3)));
        _ = await WriteAsync(PutWith("a", Entry("age", 4)), Delete("c"));

        await RestartAsync();

        Assert.Equal(["b", "a"], await IdsAsync(ScanRange.Keys("age")));
        Assert.Empty(await IdsAsync(ScanRange.Keys("tag")));
    }
}
