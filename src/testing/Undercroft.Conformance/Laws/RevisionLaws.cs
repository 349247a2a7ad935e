using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Revisions only grow, are never used twice, and outlive deletion, compaction and closing.</summary>
public abstract class RevisionLaws : ConditionLaws
{
    [Fact]
    public virtual async Task Each_commit_has_a_greater_revision_than_all_before()
    {
        var last = Revision.None;
        for (var round = 0; round < 50; round++)
        {
            var revision = await WriteAsync(Put($"id{round % 3}"));
            Assert.True(revision.CompareTo(last) > 0, $"{revision} follows {last}.");
            last = revision;
        }
    }

    [Fact]
    public virtual async Task A_record_created_again_has_a_greater_revision_than_its_tombstone()
    {
        var seen = new List<Revision>();
        for (var round = 0; round < 5; round++)
        {
            seen.Add(await WriteAsync(Put("cave")));
            seen.Add(await WriteAsync(Delete("cave")));
            seen.Add((await ReadLiveAsync("cave", new ReadOptions { IncludeDeleted = true })).Revision);
        }

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(10, seen.Distinct().Count());
    }

    [Fact]
    public virtual async Task A_revision_is_not_used_again_after_compaction()
    {
        _ = await WriteAsync(Put("cave"));
        var deleted = await WriteAsync(Delete("cave"));
        _ = await MaintainAsync(MaintenanceKind.Compact);

        var again = await WriteAsync(Put("cave"));

        Assert.True(again.CompareTo(deleted) > 0);
        Assert.False((await CommitAsync(Put("cave", "x", WriteCondition.At(deleted)))).IsCommitted);
    }

    [Fact]
    public virtual async Task A_revision_is_not_used_again_after_the_store_was_closed()
    {
        Requires(StoreCapabilities.Persistent);
        var last = await WriteAsync(Put("a"));
        for (var round = 0; round < 3; round++)
        {
            // The latest write is a deletion that nothing but the sequence itself remembers.
            _ = await WriteAsync(Put("b"));
            var deleted = await WriteAsync(Delete("b"));
            _ = await MaintainAsync(MaintenanceKind.Compact);
            await RestartAsync();

            var next = await WriteAsync(Put("a"));
            Assert.True(next.CompareTo(deleted) > 0, $"{next} follows {deleted} after opening again.");
            Assert.True(next.CompareTo(last) > 0);
            last = next;
        }
    }

    [Fact]
    public virtual async Task Concurrent_writers_never_share_a_revision_and_never_see_one_go_back()
    {
        var revisions = await RaceAsync(8, async writer =>
        {
            var mine = new List<Revision>();
            for (var round = 0; round < 25; round++)
            {
                mine.Add(await WriteAsync(
                    round % 5 == 4 ? Delete("shared") : Put("shared", $"{writer}/{round}"), Put($"own{writer}")));
            }

            return mine;
        });

        Assert.All(revisions, static mine => Assert.Equal(mine.Order(), mine));
        var all = revisions.SelectMany(static mine => mine).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        var latest = all.Max();
        Assert.Equal(latest, (await CommitAsync(Check("shared", WriteCondition.Any))).Revision);
    }

    [Fact]
    public virtual async Task A_reader_never_sees_a_revision_go_back()
    {
        var last = await WriteAsync(Put("cave"));

        _ = await WatchAsync(
            writers: 4,
            (writer, round) => WriteAsync(Put("cave", $"{writer}/{round}")),
            watches: 60,
            async _ =>
            {
                var revision = (await ReadLiveAsync("cave")).Revision;
                Assert.True(revision.CompareTo(last) >= 0, $"{revision} was read after {last}.");
                last = revision;
            });
    }
}
