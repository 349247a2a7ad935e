using System.Globalization;
using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Pages go on from a value, not from a number: what others write in between moves nothing.</summary>
public abstract class PagingLaws : ScanLaws
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(10, false)]
    [InlineData(11, true)]
    public virtual async Task Pages_put_together_are_the_range(int limit, bool isReverse)
    {
        string[] ids = ["a", "a/", "b", "é", "\uE000", "\uFFFF", "😀", "c", "d", "z"];
        _ = await WriteAsync([.. ids.Select(static id => Put(id))]);

        foreach (var range in new[] { ScanRange.All, ScanRange.Ids("a/", "😀"), ScanRange.Prefix("a") })
        {
            var whole = await IdsAsync(range, isReverse);
            var paged = await ScanAsync(Scan(range) with { Limit = limit, IsReverse = isReverse });
            Assert.Equal(whole, paged.Select(static item => item.Record.Key.Id));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public virtual async Task A_position_holds_while_the_records_around_it_come_and_go(bool isReverse)
    {
        _ = await WriteAsync([.. "bdfhjl".Select(static id => Put(id.ToString()))]);
        var first = await Store.ScanAsync(Scan() with { Limit = 3, IsReverse = isReverse }, Cancel);

        // The record at the position goes, one comes on either side of it, and one far behind.
        var at = first.Items[^1].Record.Key.Id;
        _ = await WriteAsync(Delete(at), Put("e"), Put("g"), Put("i"), Put("a"), Put("m"));
        var rest = await ScanAsync(Scan() with { Limit = 2, IsReverse = isReverse, After = first.Next });

        string[] expected = isReverse ? ["g", "f", "e", "d", "b", "a"] : ["g", "h", "i", "j", "l", "m"];
        Assert.Equal(expected, rest.Select(static item => item.Record.Key.Id));
    }

    [Fact]
    public virtual async Task A_position_outside_the_range_changes_nothing_that_is_inside()
    {
        _ = await WriteAsync(Put("a"), Put("b"), Put("c"), Put("d"));
        var (a, d) = (new ScanPosition(default, "a"), new ScanPosition(default, "d"));

        Assert.Equal(["b", "c"], IdsOf(await ScanAsync(Scan(ScanRange.Ids("b", "d")) with { After = a })));
        Assert.Equal(
            ["c", "b"], IdsOf(await ScanAsync(Scan(ScanRange.Ids("b", "d")) with { After = d, IsReverse = true })));
        Assert.Empty(await ScanAsync(Scan(ScanRange.Ids("a", "c")) with { After = d }));
        Assert.Empty(await ScanAsync(Scan(ScanRange.Ids("b")) with { After = a, IsReverse = true }));
    }

    [Fact]
    public virtual async Task A_page_ends_early_once_its_values_reach_the_limit_of_bytes()
    {
        var max = Store.Info.Limits.PageBytesMax;
        Assert.SkipUnless(max <= 64 << 20, "The limit is too high to be reached in a test.");
        var value = new byte[(max / 4) + 1];
        for (var i = 0; i < 6; i++)
        {
            _ = await WriteAsync(new PutOperation(Key($"id{i}"), value) { Entries = [Entry("age", (byte)i)] });
        }

        foreach (var range in new[] { ScanRange.All, ScanRange.Keys("age") })
        {
            var page = await Store.ScanAsync(Scan(range), Cancel);
            Assert.InRange(page.Items.Count, 1, 4);
            Assert.NotNull(page.Next);
            Assert.Equal(6, page.Items.Count + (await ScanAsync(Scan(range) with { After = page.Next })).Count);
        }

        var changes = await Store.ChangesAsync(new ChangesRequest(), Cancel);
        Assert.InRange(changes.Changes.Count, 1, 4);
        Assert.True(changes.HasMore);
        Assert.Equal(6, changes.Changes.Count + (await FollowAsync(changes.Next)).Changes.Count);
    }

    [Fact]
    public virtual async Task A_page_never_holds_more_items_than_the_store_gives_at_most()
    {
        var max = Store.Info.Limits.PageItemsMax;
        Assert.SkipUnless(max <= 20_000, "The limit is too high to be reached in a test.");
        foreach (var chunk in Enumerable.Range(0, max + 1).Chunk(Store.Info.Limits.OperationsMax))
        {
            _ = await WriteAsync(
                [.. chunk.Select(
                    static i => new PutOperation(Key(i.ToString("d6", CultureInfo.InvariantCulture)), default))]);
        }

        var page = await Store.ScanAsync(Scan() with { Limit = int.MaxValue, Detail = RecordDetail.Keys }, Cancel);

        Assert.InRange(page.Items.Count, 1, max);
        Assert.NotNull(page.Next);
        var rest = await ScanAsync(Scan() with { Limit = int.MaxValue, Detail = RecordDetail.Keys, After = page.Next });
        Assert.Equal(max + 1, page.Items.Count + rest.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public virtual async Task A_walk_sees_what_stays_exactly_once_whatever_others_write(bool isReverse)
    {
        var stays = Enumerable.Range(0, 60).Select(static i => $"id{i:d2}").ToArray();
        _ = await WriteAsync([.. stays.Select(static id => Put(id))]);

        _ = await WatchAsync(
            writers: 3,
            async (writer, round) =>
            {
                var id = $"id{round * 7 % 60:d2}+{writer}";
                _ = await WriteAsync(round % 2 == 0 ? Put(id) : Delete(id), Put($"id{round * 11 % 60:d2}-{writer}"));
            },
            watches: 15,
            async watch =>
            {
                var seen = new List<string>();
                var request = Scan() with { Limit = 7, IsReverse = isReverse };
                do
                {
                    var page = await Store.ScanAsync(request, Cancel);
                    seen.AddRange(IdsOf(page.Items));
                    request = request with { After = page.Next };

                    // Something comes or goes on either side of every page.
                    var first = $"id00.{watch}";
                    _ = await WriteAsync(seen.Count % 2 == 0 ? Put(first) : Delete(first), Put($"id59.{seen.Count}"));
                }
                while (request.After is not null);

                Assert.Equal(isReverse ? stays.Reverse() : stays, seen.Where(static id => id.Length == 4));
                Assert.Equal(seen.Count, seen.Distinct(StringComparer.Ordinal).Count());
            });
    }

    private static string[] IdsOf(IEnumerable<ScanItem> items) => [.. items.Select(static item => item.Record.Key.Id)];
}
