using Undercroft.Testing;
using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>An expired record is invisible at once, to the tick, and swept into a tombstone later.</summary>
public abstract class ExpiryLaws : TimeLaws
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public virtual async Task A_record_is_visible_until_the_tick_before_its_expiry()
    {
        var end = Clock.GetUtcNow().AddMinutes(5);
        _ = await WriteAsync(
            new PutOperation(Key("cave"), default) { ExpiresAt = end, Entries = [Entry("age", 1)] }, Put("stays"));

        Clock.Advance(TimeSpan.FromMinutes(5) - Tick);
        Assert.NotNull(await ReadAsync("cave"));
        Assert.Equal(["cave", "stays"], await IdsAsync());
        Assert.Equal(["cave"], await IdsAsync(ScanRange.Keys("age")));
        Assert.True((await CommitAsync(Check("cave", WriteCondition.Present))).IsCommitted);

        Clock.Advance(Tick);
        Assert.Null(await ReadAsync("cave"));
        Assert.Null(await ReadAsync("cave", new ReadOptions { IncludeDeleted = true }));
        Assert.Equal(["stays"], await IdsAsync());
        Assert.Empty(await IdsAsync(ScanRange.Keys("age")));
        Assert.True((await CommitAsync(Check("cave", WriteCondition.Absent))).IsCommitted);
    }

    [Fact]
    public virtual async Task The_boundary_is_kept_when_the_store_is_opened_again()
    {
        Requires(StoreCapabilities.Persistent);
        var end = Clock.GetUtcNow().AddMinutes(5);
        _ = await WriteAsync(PutUntil("cave", end));
        await RestartAsync();
        Assert.Equal(end, (await ReadLiveAsync("cave")).ExpiresAt);

        Clock.Advance(TimeSpan.FromMinutes(5) - Tick);
        Assert.NotNull(await ReadAsync("cave"));
        Clock.Advance(Tick);
        Assert.Null(await ReadAsync("cave"));
    }

    [Fact]
    public virtual async Task Each_call_may_decide_expiry_at_an_instant_of_its_own()
    {
        var end = Clock.GetUtcNow().AddMinutes(5);
        _ = await WriteAsync(new PutOperation(Key("cave"), default) { ExpiresAt = end, Entries = [Entry("age", 1)] });

        Assert.NotNull(await ReadAsync("cave", new ReadOptions { Now = end - Tick }));
        Assert.Null(await ReadAsync("cave", new ReadOptions { Now = end }));
        foreach (var range in new[] { ScanRange.All, ScanRange.Keys("age") })
        {
            _ = Assert.Single(await ScanAsync(Scan(range) with { Now = end - Tick }));
            Assert.Empty(await ScanAsync(Scan(range) with { Now = end }));
        }

        _ = Assert.Single((await FollowAsync(new ChangesRequest { Now = end - Tick })).Changes);
        Assert.Empty((await FollowAsync(new ChangesRequest { Now = end })).Changes);
        Assert.False((await Store.CommitAsync(
            new Commit(Check("cave", WriteCondition.Absent)) { Now = end - Tick }, Cancel)).IsCommitted);
        Assert.True((await Store.CommitAsync(
            new Commit(Check("cave", WriteCondition.Absent)) { Now = end }, Cancel)).IsCommitted);
    }

    [Fact]
    public virtual async Task A_life_is_counted_from_the_instant_of_its_commit()
    {
        var (life, later) = (TimeSpan.FromMinutes(30), Clock.GetUtcNow().AddHours(5));
        var at = (await CommitAsync(PutFor("alone", life))).At;
        _ = await WriteAsync(PutFor("beside", life), Add("count", 1), PutFor("for ever", TimeSpan.MaxValue));
        _ = await WriteAsync(new Commit(PutFor("handed", life)) { Now = later });
        Clock.Advance(TimeSpan.FromMinutes(1));
        _ = await WriteAsync(PutFor("again", life));
        _ = await WriteAsync(PutFor("again", life + life, WriteCondition.Present));

        Assert.Equal(at + life, (await ReadLiveAsync("alone")).ExpiresAt);
        Assert.Equal(at + life, (await ReadLiveAsync("beside")).ExpiresAt);
        Assert.Equal(DateTimeOffset.MaxValue, (await ReadLiveAsync("for ever")).ExpiresAt);
        Assert.Equal(later + life, (await ReadLiveAsync("handed")).ExpiresAt);
        Assert.Equal(at.AddMinutes(1) + life + life, (await ReadLiveAsync("again")).ExpiresAt);
        Clock.Advance(life - TimeSpan.FromMinutes(1) - Tick);
        Assert.Equal(["again", "alone", "beside", "count", "for ever", "handed"], await IdsAsync());
        Clock.Advance(Tick);
        Assert.Equal(["again", "count", "for ever", "handed"], await IdsAsync());
        Assert.Equal(2, (await MaintainAsync(MaintenanceKind.Expire)).Changed);
    }

    [Fact]
    public virtual async Task A_life_is_whole_where_the_stores_time_is_ahead_of_who_asks_for_it()
    {
        var right = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromHours(1));
        _ = await WriteAsync(Put("fast"));
        Clock.SetUtcNow(right);
        var life = TimeSpan.FromMinutes(30);

        var at = (await CommitAsync(PutFor("cave", life))).At;

        Assert.True(at >= right.AddHours(1));
        Assert.Equal(at + life, (await ReadLiveAsync("cave")).ExpiresAt);
        Clock.Advance(life - TimeSpan.FromSeconds(1));
        _ = await ReadLiveAsync("cave");
        Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await ReadAsync("cave"));
    }

    [Fact]
    public virtual async Task A_document_lives_as_long_as_it_should_where_the_clock_here_is_behind_the_stores()
    {
        var storage = new Storage(
            new Borrowed(Store),
            new StorageOptions
            {
                Clock = new ManualClock(Clock.GetUtcNow().AddHours(-1)),
                SweepInterval = Timeout.InfiniteTimeSpan,
            });
        await using var owned = storage;
        var notes = storage.Repository(new CollectionDefinition<RawJson>("notes", RawJson.Codec));
        var options = new WriteOptions { TimeToLive = TimeSpan.FromMinutes(30) };

        var made = await notes.CreateAsync("cave", RawJson.FromText("{}"), options, Cancel);

        Assert.Equal(Clock.GetUtcNow().AddMinutes(30), made.ExpiresAt);
        Assert.Equal(made.ExpiresAt, (await notes.GetAsync("cave", Cancel))?.ExpiresAt);
    }

    [Fact]
    public virtual async Task A_life_of_nothing_or_beside_an_end_is_refused()
    {
        PutOperation[] wrong =
        [
            PutFor("cave", TimeSpan.Zero),
            PutFor("cave", Timeout.InfiniteTimeSpan),
            new(Key("cave"), default) { TimeToLive = Tick, ExpiresAt = Clock.GetUtcNow().AddDays(1) },
        ];
        foreach (var put in wrong)
        {
            _ = await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(put));
        }

        Assert.Null(await ReadAsync("cave"));
    }

    [Fact]
    public virtual async Task An_expired_record_can_be_created_again_and_is_new()
    {
        var end = Clock.GetUtcNow().AddSeconds(1);
        _ = await WriteAsync(PutUntil("cave", end), new AddOperation(Key("count"), 5) { ExpiresAt = end });
        Clock.Advance(TimeSpan.FromSeconds(1));

        var result = await CommitAsync(Put("cave", "new", WriteCondition.Absent), Add("count", 2));

        Assert.Equal([2], result.Counters);
        var found = await ReadLiveAsync("cave");
        Assert.Equal((end, null, "new"), (found.CreatedAt, found.ExpiresAt, Text(found)));
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.NotNull(await ReadAsync("cave"));
    }

    [Fact]
    public virtual async Task A_later_write_moves_or_lifts_the_expiry()
    {
        var end = Clock.GetUtcNow().AddSeconds(1);
        _ = await WriteAsync(PutUntil("later", end), PutUntil("never", end));
        _ = await WriteAsync(PutUntil("later", end.AddSeconds(1)), Put("never"));

        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["later", "never"], await IdsAsync());
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["never"], await IdsAsync());
        Assert.Equal(1, (await MaintainAsync(MaintenanceKind.Expire)).Changed);
        Assert.Equal(["never"], await IdsAsync());
    }

    [Fact]
    public virtual async Task What_is_written_already_expired_is_never_seen()
    {
        var result = await CommitAsync(PutUntil("cave", Clock.GetUtcNow()));

        Assert.True(result.IsCommitted);
        Assert.Null(await ReadAsync("cave"));
        Assert.Empty((await FollowAsync()).Changes);
    }

    [Fact]
    public virtual async Task A_sweep_turns_what_expired_into_tombstones_for_the_feed()
    {
        var end = Clock.GetUtcNow().AddSeconds(1);
        var created = Clock.GetUtcNow();
        _ = await WriteAsync(
            new PutOperation(Key("a"), default) { ExpiresAt = end, Entries = [Entry("age", 1)] },
            PutUntil("b", end.AddTicks(1)),
            Put("c"));
        var (_, cursor) = await FollowAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty((await FollowAsync(cursor)).Changes);
        Assert.Equal(["b", "c"], (await FollowAsync()).Changes.Select(static change => change.Key.Id));

        var latest = (await ReadLiveAsync("c")).Revision;
        var report = await MaintainAsync(MaintenanceKind.Expire);

        Assert.Equal(1, report.Changed);
        var tombstone = Assert.Single((await FollowAsync(cursor)).Changes);
        Assert.Equal((Key("a"), true), (tombstone.Key, tombstone.IsDeleted));
        Assert.Equal((created, Clock.GetUtcNow()), (tombstone.CreatedAt, tombstone.UpdatedAt));
        Assert.True(tombstone.Revision.CompareTo(latest) > 0);
        Assert.Equal(["b", "c"], await IdsAsync());
        Assert.Equal(0, (await MaintainAsync(MaintenanceKind.Expire)).Changed);
    }

    [Fact]
    public virtual async Task A_sweep_decides_at_the_instant_it_is_handed()
    {
        var end = Clock.GetUtcNow().AddHours(1);
        _ = await WriteAsync(PutUntil("cave", end));

        var early = await MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Expire, Now = end - Tick });
        var late = await MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Expire, Now = end });

        Assert.Equal((0L, 1L), (early.Changed, late.Changed));
        Assert.True((await ReadLiveAsync("cave", new ReadOptions { IncludeDeleted = true })).IsDeleted);
    }

    [Fact]
    public virtual async Task A_sweep_makes_no_commit_that_a_writer_could_not_make()
    {
        var max = Store.Info.Limits.OperationsMax;
        Assert.SkipUnless(max <= 20_000, "The limit is too high to be reached in a test.");
        var end = Clock.GetUtcNow().AddSeconds(1);
        _ = await WriteAsync([.. Enumerable.Range(0, max).Select(i => PutUntil($"id{i}", end))]);
        _ = await WriteAsync(PutUntil("one more", end));
        Clock.Advance(TimeSpan.FromSeconds(1));

        var report = await MaintainAsync(MaintenanceKind.Expire);

        Assert.Equal(max + 1, report.Changed);
        var (changes, _) = await FollowAsync();
        Assert.Equal(max + 1, changes.Count(static change => change.IsDeleted));
        Assert.All(
            changes.GroupBy(static change => change.Revision), commit => Assert.InRange(commit.Count(), 1, max));
    }

    [Fact]
    public virtual async Task A_sweep_of_many_leaves_nothing_behind()
    {
        var end = Clock.GetUtcNow().AddSeconds(1);
        _ = await WriteAsync([.. Enumerable.Range(0, 2_500).Select(i => PutUntil($"id{i}", end))]);
        Clock.Advance(TimeSpan.FromSeconds(1));

        var report = await MaintainAsync(MaintenanceKind.Expire);

        Assert.Equal(2_500, report.Changed);
        var (changes, _) = await FollowAsync();
        Assert.Equal(2_500, changes.Count);
        Assert.All(changes, static change => Assert.True(change.IsDeleted));
    }
}
