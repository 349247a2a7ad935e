using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Times come from the store's clock, to the tick, unless a copy brings its own.</summary>
public abstract class TimeLaws : RevisionLaws
{
    private static readonly DateTimeOffset Old =
        new DateTimeOffset(1999, 12, 31, 23, 59, 59, TimeSpan.Zero).AddTicks(1);

    [Fact]
    public virtual async Task A_record_keeps_its_creation_time_as_long_as_it_lives()
    {
        var created = Clock.GetUtcNow();
        Assert.Equal(created, (await CommitAsync(Put("cave"), Add("count", 1))).At);
        Clock.Advance(TimeSpan.FromTicks(1));
        _ = await WriteAsync(Put("cave"), Add("count", 1));

        await AssertTimesAsync("cave", created, created.AddTicks(1));
        await AssertTimesAsync("count", created, created.AddTicks(1));
    }

    [Fact]
    public virtual async Task A_record_created_again_after_its_deletion_is_new()
    {
        _ = await WriteAsync(Put("cave"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        _ = await WriteAsync(Delete("cave"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        _ = await WriteAsync(Put("cave"));

        await AssertTimesAsync("cave", Clock.GetUtcNow(), Clock.GetUtcNow());
    }

    [Fact]
    public virtual async Task Times_a_copy_brings_are_kept_to_the_tick()
    {
        var (created, updated) = (Old, Old.AddDays(400).AddTicks(3));
        _ = await WriteAsync(new PutOperation(Key("cave"), default)
        {
            CreatedAt = created.ToOffset(TimeSpan.FromHours(-7)),
            UpdatedAt = updated.ToOffset(TimeSpan.FromHours(5)),
        });
        if (ExpectedCapabilities.HasFlag(StoreCapabilities.Persistent))
        {
            await RestartAsync();
        }

        await AssertTimesAsync("cave", created, updated);
        Assert.Equal(TimeSpan.Zero, (await ReadLiveAsync("cave")).CreatedAt.Offset);
    }

    [Fact]
    public virtual async Task Times_a_copy_brings_replace_those_of_a_live_record()
    {
        _ = await WriteAsync(Put("cave"));
        _ = await WriteAsync(new PutOperation(Key("cave"), default) { CreatedAt = Old, UpdatedAt = Old.AddTicks(1) });
        await AssertTimesAsync("cave", Old, Old.AddTicks(1));

        _ = await WriteAsync(Put("cave"));
        await AssertTimesAsync("cave", Old, Clock.GetUtcNow());
    }

    [Fact]
    public virtual async Task The_extremes_of_time_are_kept()
    {
        _ = await WriteAsync(new PutOperation(Key("cave"), default)
        {
            CreatedAt = DateTimeOffset.MinValue,
            UpdatedAt = DateTimeOffset.MaxValue,
            ExpiresAt = DateTimeOffset.MaxValue,
        });

        await AssertTimesAsync("cave", DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        Assert.Equal(DateTimeOffset.MaxValue, (await ReadLiveAsync("cave")).ExpiresAt);
    }

    [Fact]
    public virtual async Task A_commit_happens_at_the_instant_it_is_handed()
    {
        var result = await Store.CommitAsync(new Commit(Put("cave"), Put("gone")) { Now = Old }, Cancel);
        _ = await WriteAsync(new Commit(Delete("gone")) { Now = Old.AddTicks(5) });

        Assert.Equal(Old, result.At);
        await AssertTimesAsync("cave", Old, Old);
        var tombstone = await ReadLiveAsync("gone", new ReadOptions { IncludeDeleted = true });
        Assert.Equal((Old, Old.AddTicks(5)), (tombstone.CreatedAt, tombstone.UpdatedAt));
    }

    [Fact]
    public virtual async Task The_stores_clock_does_not_go_back_with_the_systems()
    {
        var start = Clock.GetUtcNow();
        _ = await WriteAsync(Put("a"), PutUntil("short", start.AddSeconds(1)));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await ReadAsync("short"));

        Clock.SetUtcNow(start.AddDays(-1));
        _ = await WriteAsync(Put("b"));

        Assert.Null(await ReadAsync("short"));
        await AssertTimesAsync("b", start.AddSeconds(1), start.AddSeconds(1));
    }

    [Fact]
    public virtual async Task The_stores_clock_does_not_go_back_behind_its_last_commit_when_it_is_opened_again()
    {
        Requires(StoreCapabilities.Persistent);
        Clock.Advance(TimeSpan.FromHours(1));
        var last = Clock.GetUtcNow();
        _ = await WriteAsync(Put("a"));

        Clock.SetUtcNow(last.AddHours(-1));
        await RestartAsync();
        _ = await WriteAsync(Put("b"));

        var found = await ReadLiveAsync("b");
        Assert.True(found.UpdatedAt >= last, $"Written at {found.UpdatedAt:O}, after a commit at {last:O}.");
    }

    [Fact]
    public virtual async Task The_stores_clock_runs_on_when_the_systems_was_far_ahead_once()
    {
        var right = Clock.GetUtcNow();
        Clock.SetUtcNow(right.AddYears(100));
        _ = await WriteAsync(Put("wrong"));
        Clock.SetUtcNow(right);

        await AssertAnHourIsAnHourAsync("one");
        if (ExpectedCapabilities.HasFlag(StoreCapabilities.Persistent))
        {
            Clock.SetUtcNow(right);
            await RestartAsync();
            await AssertAnHourIsAnHourAsync("two");
        }

        Clock.SetUtcNow(right.AddYears(200));
        Assert.Equal(right.AddYears(200), (await CommitAsync(Put("right again"))).At);
    }

    /// <summary>Has a record that is to live for an hour live so long, to a second.</summary>
    private async Task AssertAnHourIsAnHourAsync(string id)
    {
        var now = (await CommitAsync(Put(id))).At;
        _ = await WriteAsync(PutUntil(id, now.AddHours(1)));

        Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        _ = await ReadLiveAsync(id);
        Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await ReadAsync(id));
        var later = (await CommitAsync(Put(id))).At;
        Assert.InRange(later, now.AddHours(1), now.AddHours(1).AddSeconds(2));
    }

    private async Task AssertTimesAsync(string id, DateTimeOffset created, DateTimeOffset updated)
    {
        var found = await ReadLiveAsync(id);
        Assert.Equal((created, updated), (found.CreatedAt, found.UpdatedAt));
    }
}
