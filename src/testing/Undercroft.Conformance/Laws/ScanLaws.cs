using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Scans by id go in the order of UTF-8 bytes, forward and back, within their range.</summary>
public abstract class ScanLaws : ExpiryLaws
{
    /// <summary>In the order of their bytes; UTF-16 would put the last two before those from U+E000 on.</summary>
    private static readonly string[] InByteOrder =
    [
        "\u0001", " ", "!", "-", "0", "1", "10", "2", "A", "B", "Z", "_", "a", "a\u0001", "a ", "a.", "a/", "aA",
        "aa", "ab", "b", "ba", "z", "~", "\u007F", "\u0080", "ß", "é", "Ω", "я", "\u0FFF", "中", "\uD7FF", "\uE000",
        "\uFEFF", "\uFF5E",
        "\uFFFD", "\uFFFF", "\U00010000", "😀", "\U0010FFFF",
    ];

    [Fact]
    public virtual async Task Ids_come_in_the_order_of_their_bytes()
    {
        _ = await WriteIdsAsync(InByteOrder);

        Assert.Equal(InByteOrder, await IdsAsync());
    }

    [Fact]
    public virtual async Task A_scan_back_is_the_scan_forward_turned_round()
    {
        _ = await WriteIdsAsync(InByteOrder);

        Assert.Equal(InByteOrder.Reverse(), await IdsAsync(isReverse: true));
        ScanRange[] ranges =
            [ScanRange.Ids("a", "b"), ScanRange.Prefix("a"), ScanRange.Ids("中"), ScanRange.Ids(null, "é")];
        foreach (var range in ranges)
        {
            Assert.Equal((await IdsAsync(range)).Reverse(), await IdsAsync(range, isReverse: true));
        }
    }

    [Fact]
    public virtual async Task A_range_holds_its_first_id_and_not_its_last()
    {
        _ = await WriteIdsAsync(["a", "b", "c", "d"]);

        Assert.Equal(["b", "c"], await IdsAsync(ScanRange.Ids("b", "d")));
        Assert.Equal(["c", "d"], await IdsAsync(ScanRange.Ids("bb")));
        Assert.Equal(["a", "b"], await IdsAsync(ScanRange.Ids(null, "c")));
        Assert.Equal(["a", "b", "c"], await IdsAsync(ScanRange.Ids(null, "ca")));
        Assert.Empty(await IdsAsync(ScanRange.Ids("b", "b")));
        Assert.Empty(await IdsAsync(ScanRange.Ids("d", "a")));
        Assert.Empty(await IdsAsync(ScanRange.Ids("e")));
        Assert.Equal(["a", "b", "c", "d"], await IdsAsync(ScanRange.Ids()));
    }

    [Fact]
    public virtual async Task A_range_is_bounded_in_byte_order()
    {
        _ = await WriteIdsAsync(InByteOrder);

        (string From, string Before)[] bounds =
            [("\uE000", "😀"), ("\uFFFF", "\U0010FFFF"), ("Z", "é"), ("\uD7FF", "\uFF5E")];
        foreach (var (from, before) in bounds)
        {
            var expected = InByteOrder.SkipWhile(id => id != from).TakeWhile(id => id != before);
            Assert.Equal(expected, await IdsAsync(ScanRange.Ids(from, before)));
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("aa")]
    [InlineData("\uD7FF")]
    [InlineData("\uFFFF")]
    [InlineData("\U0010FFFF")]
    [InlineData("no such")]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData("")]
    public virtual async Task A_prefix_finds_what_begins_with_it_and_nothing_else(string prefix)
    {
        string[] ids =
            [.. InByteOrder, "a%b", "\uD7FFx", "\uFFFF\uFFFF", "\U0010FFFF\U0010FFFF", "\U0010FFFFa", "%", "%_", "_x"];
        _ = await WriteIdsAsync([.. ids.Distinct(StringComparer.Ordinal)]);

        var found = await IdsAsync(ScanRange.Prefix(prefix));

        Assert.Equal(
            ids.Where(id => id.StartsWith(prefix, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal),
            found.Order(StringComparer.Ordinal));
        Assert.Equal(found.Reverse(), await IdsAsync(ScanRange.Prefix(prefix), isReverse: true));
    }

    [Fact]
    public virtual async Task A_scan_sees_its_own_collection_only()
    {
        _ = await WriteAsync(
            Put("in"), new PutOperation(Key("before", "thing"), default),
            new PutOperation(Key("after", "things2"), default),
            new PutOperation(Key("upper", "Things"), default), new PutOperation(Key("path", "things/x"), default));

        Assert.Equal(["in"], await IdsAsync());
        Assert.Equal(["in"], await IdsAsync(isReverse: true));
        Assert.Empty(await ScanAsync(new ScanRequest { Collection = "none" }));
    }

    [Fact]
    public virtual async Task A_scan_sees_what_is_live_as_it_is_now()
    {
        _ = await WriteAsync(Put("a"), Put("b", "old"), Put("c"));
        _ = await WriteAsync(Delete("a"), Put("b", "new"));

        var items = await ScanAsync(Scan());

        Assert.Equal(["new", "x"], items.Select(static item => Text(item.Record)));
        Assert.All(items, static item => Assert.Equal(0, item.EntryKey.Length));
    }

    [Fact]
    public virtual async Task A_scan_brings_the_detail_asked_for()
    {
        var revision = await WriteAsync(new PutOperation(Key("a"), Bytes("body"))
        {
            Meta = Meta(("tag", "dark")),
            Entries = [Entry("age", 1), Entry("age", 2)],
        });

        foreach (var range in new[] { ScanRange.All, ScanRange.Keys("age", new byte[] { 2 }) })
        {
            var whole = Assert.Single(await ScanAsync(Scan(range))).Record;
            var meta = Assert.Single(await ScanAsync(Scan(range) with { Detail = RecordDetail.Meta })).Record;
            var keys = Assert.Single(await ScanAsync(Scan(range) with { Detail = RecordDetail.Keys })).Record;
            var all = Assert.Single(await ScanAsync(Scan(range) with { Detail = RecordDetail.Complete })).Record;

            Assert.Equal(("body", "", "", "body"), (Text(whole), Text(meta), Text(keys), Text(all)));
            Assert.All([whole, meta, all], static record => Assert.Equal(Meta(("tag", "dark")), record.Meta));
            Assert.Equal((Key("a"), revision, 0), (keys.Key, keys.Revision, keys.Meta.Count));
            Assert.Equal([Entry("age", 1), Entry("age", 2)], all.Entries);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public virtual async Task A_limit_that_is_not_positive_is_refused(int limit)
    {
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Store.ScanAsync(Scan() with { Limit = limit }, Cancel));
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Store.ChangesAsync(new ChangesRequest { Limit = limit }, Cancel));
    }

    [Fact]
    public virtual async Task A_collection_that_is_no_name_is_refused() =>
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Store.ScanAsync(new ScanRequest { Collection = "" }, Cancel));

    private Task<Revision> WriteIdsAsync(string[] ids)
    {
        // Written out of order, so that no order of insertion is taken for the order of bytes.
        string[] shuffled = [.. ids];
        new Random(7).Shuffle(shuffled);
        return WriteAsync([.. shuffled.Select(static id => Put(id, id))]);
    }
}
