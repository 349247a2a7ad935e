using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>One rule for every text beside the value: valid Unicode is kept as it is, anything else is refused before
/// anything is written.</summary>
public abstract class TextLaws : ValueLaws
{
    // Half of a pair at the end, at the beginning, and both halves in the wrong order.
    private static readonly string[] Halves = ["a\uD83D", "\uDE00a", "a\uDE00\uD83Da"];

    [Fact]
    public virtual async Task Half_a_character_in_what_is_written_is_refused()
    {
        foreach (var half in Halves)
        {
            await RefuseAsync(new Commit(Put("cave")) { Origin = half });
            await RefuseAsync(new PutOperation(Key("cave"), default) { Meta = Meta((half, "text")) });
            await RefuseAsync(new PutOperation(Key("cave"), default) { Meta = Meta(("name", half)) });
            await RefuseAsync(new DeleteOperation(Key("lake")) { Meta = Meta(("name", half)) });
            await RefuseAsync(PutWith("cave", Entry(half, 1)));
            await RefuseAsync(Check("lake", WriteCondition.MetaIs(half, "text")));
            await RefuseAsync(Check("lake", WriteCondition.MetaIs("name", half)));
        }
    }

    [Fact]
    public virtual async Task Half_a_character_in_what_is_asked_for_is_refused()
    {
        foreach (var half in Halves)
        {
            ScanRange[] ranges =
            [
                ScanRange.Keys(half), ScanRange.Prefix(half), ScanRange.Ids(half), ScanRange.Ids(before: half),
            ];
            foreach (var range in ranges)
            {
                _ = await Assert.ThrowsAnyAsync<ArgumentException>(
                    async () => await Store.ScanAsync(Scan(range), Cancel));
            }

            ChangesRequest[] follows =
            [
                new ChangesRequest { ExceptOrigin = half }, new ChangesRequest { Collections = [Collection, half] },
            ];
            foreach (var follow in follows)
            {
                _ = await Assert.ThrowsAnyAsync<ArgumentException>(
                    async () => await Store.ChangesAsync(follow, Cancel));
            }

            _ = await Assert.ThrowsAnyAsync<ArgumentException>(
                async () => await Store.ScanAsync(new ScanRequest { Collection = half }, Cancel));
        }
    }

    [Fact]
    public virtual async Task The_character_zero_is_kept_beside_the_value()
    {
        const string Zero = "a\0b";
        var put = new PutOperation(Key("cave"), default)
        {
            Meta = Meta((Zero, Zero), ("a", "b")),
            Entries = [Entry(Zero, 1), Entry("a", 2)],
        };
        _ = await WriteAsync(new Commit(put) { Origin = Zero });
        _ = await WriteAsync(new Commit(Put("lake")) { Origin = "a" });
        if (ExpectedCapabilities.HasFlag(StoreCapabilities.Persistent))
        {
            await RestartAsync();
        }

        var found = await ReadLiveAsync("cave", new ReadOptions { Detail = RecordDetail.Complete });
        Assert.Equal((put.Meta, Zero), (found.Meta, found.Origin));
        Assert.Equal([Entry("a", 2), Entry(Zero, 1)], found.Entries);
        Assert.Equal(["cave"], await IdsAsync(ScanRange.Keys(Zero)));
        Assert.Equal([2], Assert.Single(await ScanAsync(Scan(ScanRange.Keys("a")))).EntryKey.ToArray());
        var (others, _) = await FollowAsync(new ChangesRequest { ExceptOrigin = Zero });
        Assert.Equal(Key("lake"), Assert.Single(others).Key);
        Assert.True((await CommitAsync(Check("cave", WriteCondition.MetaIs(Zero, Zero)))).IsCommitted);
    }

    private Task RefuseAsync(StoreOperation operation) => RefuseAsync(new Commit(Put("beside"), operation));

    private async Task RefuseAsync(Commit commit)
    {
        _ = await WriteAsync(Put("lake"));

        _ = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.CommitAsync(commit, Cancel));

        Assert.Equal(["lake"], await IdsAsync());
    }
}
