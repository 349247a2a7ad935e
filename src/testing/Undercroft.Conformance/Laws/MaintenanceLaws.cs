using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Maintenance does what it says, counts exactly, and takes nothing that is still owed.</summary>
public abstract class MaintenanceLaws : CapabilityLaws
{
    [Fact]
    public virtual async Task A_sound_store_has_no_problems()
    {
        _ = await WriteAsync(PutWith("a", Entry("age", 1), Unique("ada")), PutWith("b", Entry("age", 1)), Add("n", 1));
        _ = await WriteAsync(PutWith("a", Entry("age", 2)), Delete("b"), PutUntil("c", Clock.GetUtcNow()));

        var report = await MaintainAsync(MaintenanceKind.Verify);

        Assert.Empty(report.Problems);
        Assert.True(report.Examined >= 3, $"It has looked at {report.Examined} records.");
        Assert.Equal(0, report.Changed);
    }

    [Fact]
    public virtual async Task Sizes_are_exact()
    {
        _ = await WriteAsync(
            Put("a", "12345"), Put("b", ""), Put("c", "123"), Put("gone"), Add("count", 1),
            PutUntil("expired", Clock.GetUtcNow()),
            new PutOperation(Key("z", "a first"), Bytes("é")), new PutOperation(Key("z", "Other"), default));
        _ = await WriteAsync(Delete("gone"), Put("c", "1"), new DeleteOperation(Key("z", "Other")));

        var report = await MaintainAsync(MaintenanceKind.Measure);

        Assert.Equal(
            [
                new CollectionSize("Other", 0, 0, 1),
                new CollectionSize("a first", 1, 2, 0),
                new CollectionSize(Collection, 4, 5 + 0 + 1 + 8, 1),
            ],
            report.Collections);
        Assert.True(report.StoredBytes >= 0);
    }

    [Fact]
    public virtual async Task An_empty_store_measures_nothing()
    {
        Assert.Empty((await MaintainAsync(MaintenanceKind.Measure)).Collections);
        Assert.Empty((await MaintainAsync(MaintenanceKind.Verify)).Problems);
        Assert.Equal(0, (await MaintainAsync(MaintenanceKind.Expire)).Changed);
        Assert.Equal(0, (await MaintainAsync(MaintenanceKind.Compact)).Changed);
    }

    [Fact]
    public virtual async Task A_compaction_forgets_tombstones_and_nothing_else()
    {
        _ = await WriteAsync(Put("a"), PutWith("b", Entry("age", 1)), Put("c"));
        _ = await WriteAsync(Delete("c"), Put("a", "new"));

        var report = await MaintainAsync(MaintenanceKind.Compact);

        Assert.Equal(1, report.Changed);
        Assert.Equal(["a", "b"], await IdsAsync());
        Assert.Equal(["b"], await IdsAsync(ScanRange.Keys("age")));
        Assert.Equal("new", Text(await ReadAsync("a")));
        Assert.Equal(["b", "a"], (await FollowAsync()).Changes.Select(static change => change.Key.Id));
        Assert.True((await CommitAsync(Check("c", WriteCondition.MetaIs("any", null)))).IsCommitted);
        Assert.Empty((await MaintainAsync(MaintenanceKind.Verify)).Problems);
        Assert.Equal(0, Assert.Single((await MaintainAsync(MaintenanceKind.Measure)).Collections).Tombstones);
    }

    [Fact]
    public virtual async Task A_compaction_stays_within_its_bounds()
    {
        _ = await WriteAsync(Put("a"), Put("b"), Put("c"), Put("d"));
        var first = await WriteAsync(Delete("a"));
        Clock.Advance(TimeSpan.FromHours(1));
        var (_, afterFirst) = await FollowAsync();
        _ = await WriteAsync(Delete("b"));
        var middle = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromHours(1));
        _ = await WriteAsync(Delete("c"));

        var byRevision = new MaintenanceRequest { Kind = MaintenanceKind.Compact, Through = first };
        Assert.Equal(1, (await MaintainAsync(byRevision)).Changed);
        Assert.Equal(["b", "c"], (await FollowAsync(afterFirst)).Changes.Select(static change => change.Key.Id));

        var byTime = new MaintenanceRequest { Kind = MaintenanceKind.Compact, Before = middle };
        Assert.Equal(0, (await MaintainAsync(byTime)).Changed);
        Assert.Equal(1, (await MaintainAsync(byTime with { Before = middle.AddTicks(1) })).Changed);
        Assert.Equal(["d", "c"], (await FollowAsync()).Changes.Select(static change => change.Key.Id));
    }

    [Fact]
    public virtual async Task Maintenance_beside_writers_breaks_nothing()
    {
        var rounds = await WatchAsync(
            writers: 3,
            async (writer, round) =>
            {
                var id = $"{writer}/{round % 5}";
                _ = await WriteAsync(
                    round % 3 == 2 ? Delete(id) : PutWith(id, Entry("age", (byte)round), Unique(id)),
                    PutUntil($"short{writer}", Clock.GetUtcNow()),
                    Add("count", 1));
            },
            watches: 20,
            async watch =>
            {
                _ = await MaintainAsync(MaintenanceKind.Expire);
                _ = await MaintainAsync(MaintenanceKind.Compact);
                Assert.Empty((await MaintainAsync(MaintenanceKind.Verify)).Problems);
            });

        Assert.Equal(rounds.Sum(), Number(await ReadAsync("count")));
        Assert.Equal(
            (await IdsAsync()).Where(static id => id.Contains('/', StringComparison.Ordinal)),
            (await IdsAsync(ScanRange.Keys("age"))).Order(StringComparer.Ordinal));
    }
}
