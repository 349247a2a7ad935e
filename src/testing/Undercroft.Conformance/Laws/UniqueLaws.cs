using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>A unique key has one live holder; who holds it is judged on the state after the commit.</summary>
public abstract class UniqueLaws : IndexLaws
{
    [Fact]
    public virtual async Task A_second_claim_is_refused_and_the_holder_named()
    {
        _ = await WriteAsync(PutWith("a", Unique("ada")));
        var b = await WriteAsync(Put("b", "old"));

        var result = await CommitAsync(Put("c"), PutWith("b", Unique("ada")));

        Assert.Equal(
            new CommitConflict(1, Key("b"), ConflictKind.Unique, b, "name", Key("a")), Assert.Single(result.Conflicts));
        Assert.Equal(("old", "(nothing)"), (Text(await ReadAsync("b")), Text(await ReadAsync("c"))));
    }

    [Fact]
    public virtual async Task A_condition_that_does_not_hold_hides_no_claim()
    {
        _ = await WriteAsync(PutWith("a", Unique("ada")));
        var b = await WriteAsync(Put("b"));

        var result = await CommitAsync(Put("c", "x", WriteCondition.Present), PutWith("b", Unique("ada")));

        Assert.Equal(
            [
                new CommitConflict(0, Key("c"), ConflictKind.Condition, Revision.None),
                new CommitConflict(1, Key("b"), ConflictKind.Unique, b, "name", Key("a")),
            ],
            result.Conflicts);
    }

    [Fact]
    public virtual async Task A_holder_may_claim_its_own_key_again()
    {
        _ = await WriteAsync(PutWith("a", Unique("ada")));

        Assert.True((await CommitAsync(PutWith("a", Unique("ada"), Unique("lovelace")))).IsCommitted);
        Assert.True((await CommitAsync(PutWith("a", Unique("ada"), Unique("ada")))).IsCommitted);
        Assert.True((await CommitAsync(PutWith("b", Unique("lovelace")))).IsCommitted);
    }

    [Fact]
    public virtual async Task Two_records_swap_their_keys_in_one_commit()
    {
        _ = await WriteAsync(PutWith("a", Unique("1")), PutWith("b", Unique("2")), PutWith("c", Unique("3")));

        Assert.True((await CommitAsync(PutWith("a", Unique("2")), PutWith("b", Unique("1")))).IsCommitted);
        Assert.True((await CommitAsync(
            PutWith("c", Unique("2")), PutWith("b", Unique("3")), PutWith("a", Unique("1")))).IsCommitted);

        Assert.Equal(["a", "c", "b"], await IdsAsync(ScanRange.Keys("name")));
        Assert.False((await CommitAsync(PutWith("d", Unique("2")))).IsCommitted);
    }

    [Fact]
    public virtual async Task Two_claims_of_one_key_in_one_commit_are_refused()
    {
        var result = await CommitAsync(PutWith("a", Unique("ada")), PutWith("b", Unique("ada")));

        Assert.False(result.IsCommitted);
        Assert.All(result.Conflicts, static conflict =>
            Assert.Equal((ConflictKind.Unique, "name"), (conflict.Kind, conflict.Index)));
        Assert.Empty(await IdsAsync());
    }

    [Fact]
    public virtual async Task A_key_freed_in_the_same_commit_can_be_claimed()
    {
        _ = await WriteAsync(PutWith("a", Unique("1")), PutWith("b", Unique("2")));

        Assert.True((await CommitAsync(PutWith("c", Unique("1")), Delete("a"))).IsCommitted);
        Assert.True((await CommitAsync(Put("b"), PutWith("d", Unique("2")))).IsCommitted);

        Assert.Equal(["c", "d"], await IdsAsync(ScanRange.Keys("name")));
    }

    [Fact]
    public virtual async Task A_key_freed_before_can_be_claimed()
    {
        _ = await WriteAsync(PutWith("a", Unique("1")), PutWith("b", Unique("2")));
        _ = await WriteAsync(Delete("a"), PutWith("b", Unique("other")));

        Assert.True((await CommitAsync(PutWith("c", Unique("1")), PutWith("d", Unique("2")))).IsCommitted);
    }

    [Fact]
    public virtual async Task A_counter_keeps_its_claim_when_it_is_added_to()
    {
        _ = await WriteAsync(new PutOperation(Key("count"), new byte[8]) { Entries = [Unique("1")] });

        Assert.False((await CommitAsync(Add("count", 1), PutWith("a", Unique("1")))).IsCommitted);
        Assert.True((await CommitAsync(
            new AddOperation(Key("count"), 1) { ExpiresAt = Clock.GetUtcNow() },
            PutWith("a", Unique("1")))).IsCommitted);

        Assert.Equal(["a"], await IdsAsync(ScanRange.Keys("name")));
    }

    [Fact]
    public virtual async Task A_key_is_held_until_the_tick_its_holder_expires()
    {
        _ = await WriteAsync(new PutOperation(Key("a"), default)
        {
            Entries = [Unique("ada")],
            ExpiresAt = Clock.GetUtcNow().AddSeconds(1),
        });

        Clock.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        Assert.False((await CommitAsync(PutWith("b", Unique("ada")))).IsCommitted);
        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.True((await CommitAsync(PutWith("b", Unique("ada")))).IsCommitted);

        Assert.Equal(["b"], await IdsAsync(ScanRange.Keys("name")));
        Assert.False((await CommitAsync(PutWith("a", Unique("ada")))).IsCommitted);
    }

    [Fact]
    public virtual async Task A_claim_is_of_one_collection_one_index_and_one_key()
    {
        _ = await WriteAsync(PutWith("a", Unique("ada")));

        Assert.True((await CommitAsync(
            PutWith("b", Unique("ada", "nickname")),
            PutWith("c", Unique("Ada")),
            PutWith("d", Unique("ad"), Unique("adaa")),
            PutWith("e", new IndexEntry("nickname", Bytes("x"))),
            new PutOperation(Key("f", "other"), default) { Entries = [Unique("ada")] })).IsCommitted);
    }

    [Fact]
    public virtual async Task A_claim_holds_when_the_store_is_opened_again()
    {
        Requires(StoreCapabilities.Persistent);
        _ = await WriteAsync(PutWith("a", Unique("1")), PutWith("b", Unique("2")));
        _ = await WriteAsync(Delete("b"));

        await RestartAsync();

        Assert.False((await CommitAsync(PutWith("c", Unique("1")))).IsCommitted);
        Assert.True((await CommitAsync(PutWith("c", Unique("2")))).IsCommitted);
    }
}
