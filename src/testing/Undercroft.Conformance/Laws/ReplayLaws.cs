using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>A commit repeated with the same identity happens once.</summary>
public abstract class ReplayLaws : CounterLaws
{
    private static readonly Guid Client = new("7f1c1a52-5b3e-4a0e-9c55-0d6d5a1f0001");
    private static readonly Guid OtherClient = new("7f1c1a52-5b3e-4a0e-9c55-0d6d5a1f0002");

    [Fact]
    public virtual async Task A_repeated_commit_is_applied_once_and_tells_the_same()
    {
        var first = await RepeatAsync(1, Add("count", 5), Put("a"), Add("other", 2));
        _ = await WriteAsync(Add("count", 1));
        var (_, cursor) = await FollowAsync();

        var again = await RepeatAsync(1, Add("count", 5), Put("a"), Add("other", 2));

        Assert.Equal((false, true, true), (first.IsReplay, again.IsReplay, again.IsCommitted));
        Assert.Equal(first.Revision, again.Revision);
        Assert.Equal([5, 2], again.Counters);
        Assert.Equal(6, Number(await ReadAsync("count")));
        Assert.Empty((await FollowAsync(cursor)).Changes);
    }

    [Fact]
    public virtual async Task A_repeated_commit_does_not_come_back_over_later_ones()
    {
        _ = await RepeatAsync(1, Put("a", "first", WriteCondition.Absent));
        _ = await WriteAsync(Put("a", "second"));

        var again = await RepeatAsync(1, Put("a", "first", WriteCondition.Absent));

        Assert.True(again.IsReplay);
        Assert.Equal("second", Text(await ReadAsync("a")));
    }

    [Fact]
    public virtual async Task An_identity_used_for_other_content_is_refused()
    {
        _ = await RepeatAsync(1, Put("a", "1"));

        StoreOperation[][] others =
        [
            [Put("a", "2")], [Put("b", "1")], [Put("a", "1", WriteCondition.Absent)], [Put("a", "1"), Put("b")],
            [Delete("a")],
            [new PutOperation(Key("a"), Bytes("1")) { Meta = Meta(("tag", "dark")) }], [PutWith("a", Entry("age", 1))],
            [new PutOperation(Key("a"), Bytes("1")) { ExpiresAt = Clock.GetUtcNow().AddDays(1) }],
            [new PutOperation(Key("a"), Bytes("1")) { TimeToLive = TimeSpan.FromDays(1) }],
        ];
        foreach (var other in others)
        {
            var error = await Assert.ThrowsAsync<CommitIdentityException>(() => RepeatAsync(1, other));
            Assert.Equal(StoreErrorKind.IdentityReused, error.Kind);
            Assert.Equal(new CommitIdentity(Client, 1), error.Identity);
        }

        Assert.Equal("1", Text(await ReadAsync("a")));
        Assert.Null(await ReadAsync("b"));
    }

    [Fact]
    public virtual async Task Time_and_durability_are_not_content()
    {
        var identity = new CommitIdentity(Client, 1);
        var first = await Store.CommitAsync(new Commit(Add("count", 1)) { Identity = identity }, Cancel);
        Clock.Advance(TimeSpan.FromMinutes(1));

        var again = await Store.CommitAsync(
            new Commit(Add("count", 1))
            {
                Identity = identity,
                Now = Clock.GetUtcNow(),
                Durability = Store.Info.DurabilityLevels[0],
            },
            Cancel);

        Assert.Equal((true, first.Revision), (again.IsReplay, again.Revision));
    }

    [Fact]
    public virtual async Task A_conflict_is_not_kept()
    {
        var refused = await RepeatAsync(1, Put("a", "x", WriteCondition.Present));
        _ = await WriteAsync(Put("a"));

        var again = await RepeatAsync(1, Put("a", "new", WriteCondition.Present));

        Assert.Equal((false, true, false), (refused.IsCommitted, again.IsCommitted, again.IsReplay));
        Assert.Equal("new", Text(await ReadAsync("a")));
    }

    [Fact]
    public virtual async Task Clients_and_numbers_are_kept_apart_and_need_no_order()
    {
        foreach (var number in new long[] { 5, 3, -1, 0, long.MaxValue })
        {
            Assert.False((await RepeatAsync(number, Add("count", 1))).IsReplay);
        }

        var other = await Store.CommitAsync(
            new Commit(Add("count", 1)) { Identity = new CommitIdentity(OtherClient, 5) }, Cancel);

        Assert.Equal((false, 6L), (other.IsReplay, other.Counters[0]));
        Assert.Equal([2L], (await RepeatAsync(3, Add("count", 1))).Counters);
        Assert.Equal(6, Number(await ReadAsync("count")));
    }

    [Fact]
    public virtual async Task Only_the_latest_results_are_kept_and_older_ones_are_refused_not_repeated()
    {
        var kept = Store.Info.Limits.ReplaysKept;
        Assert.SkipUnless(kept <= 1_000, "The store keeps too many results to exceed them in a test.");
        for (var number = 0; number <= kept; number++)
        {
            _ = await RepeatAsync(number, Add("count", 1));
        }

        Assert.Equal([2L], (await RepeatAsync(1, Add("count", 1))).Counters);
        Assert.True((await RepeatAsync(kept, Add("count", 1))).IsReplay);
        _ = await Assert.ThrowsAsync<CommitIdentityException>(() => RepeatAsync(0, Add("count", 1)));
        _ = await Assert.ThrowsAsync<CommitIdentityException>(() => RepeatAsync(-1, Add("count", 1)));
        Assert.Equal(kept + 1, Number(await ReadAsync("count")));
    }

    [Fact]
    public virtual async Task Results_are_kept_when_the_store_is_opened_again()
    {
        Requires(StoreCapabilities.Persistent);
        var first = await RepeatAsync(1, Add("count", 5), Put("a"));

        await RestartAsync();
        var again = await RepeatAsync(1, Add("count", 5), Put("a"));

        Assert.Equal((true, first.Revision), (again.IsReplay, again.Revision));
        Assert.Equal([5], again.Counters);
        Assert.Equal(5, Number(await ReadAsync("count")));
        _ = await Assert.ThrowsAsync<CommitIdentityException>(() => RepeatAsync(1, Add("count", 6), Put("a")));
    }

    [Fact]
    public virtual async Task Of_many_attempts_at_once_with_one_identity_one_is_applied()
    {
        for (var round = 0; round < 10; round++)
        {
            var number = round;
            var results = await RaceAsync(6, _ => RepeatAsync(number, Add("count", 1)));

            _ = Assert.Single(results, static result => !result.IsReplay);
            Assert.All(results, result =>
                Assert.Equal((results[0].Revision, round + 1L), (result.Revision, result.Counters[0])));
        }
    }

    [Fact]
    public virtual async Task A_client_with_any_number_of_commits_in_flight_is_never_too_late()
    {
        const int Writers = 500;
        var identities = new CommitIdentities(Store.Info.Limits, Clock);
        var begun = Enumerable.Range(0, Writers).Select(_ => identities.Begin()).ToArray();

        // The last begun arrive first: in one row, the first would long be forgotten.
        Array.Reverse(begun);
        var first = await Task.WhenAll(begun.Select(identity => Task.Run(() => AddOneAsync(identity), Cancel)));
        var again = await Task.WhenAll(begun.Select(identity => Task.Run(() => AddOneAsync(identity), Cancel)));

        Assert.All(first, static result => Assert.False(result.IsReplay));
        Assert.All(again, static result => Assert.True(result.IsReplay));
        Assert.Equal(Writers, Number(await ReadAsync("count")));

        async Task<CommitResult> AddOneAsync(CommitIdentity identity) =>
            await Store.CommitAsync(new Commit(Add("count", 1)) { Identity = identity }, Cancel);
    }

    [Fact]
    public virtual async Task What_is_kept_for_retries_is_not_seen_elsewhere()
    {
        _ = await RepeatAsync(1, Put("a"));

        Assert.Equal([Key("a")], (await FollowAsync()).Changes.Select(static change => change.Key));
        var size = Assert.Single((await MaintainAsync(MaintenanceKind.Measure)).Collections);
        Assert.Equal((Collection, 1L), (size.Collection, size.Records));
    }

    private async Task<CommitResult> RepeatAsync(long number, params StoreOperation[] operations) =>
        await Store.CommitAsync(new Commit(operations) { Identity = new CommitIdentity(Client, number) }, Cancel);
}
