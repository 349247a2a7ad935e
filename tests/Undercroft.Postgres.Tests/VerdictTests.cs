using System.Globalization;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>What callers hear of their commits: what the store in memory says, alone and in groups.</summary>
public sealed class VerdictTests(SharedPostgres shared) : StoreTest(shared)
{
    private readonly List<(Revision Ours, Revision Theirs)> revisions = [(Revision.None, Revision.None)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Verdicts_are_those_of_the_store_in_memory(int seed)
    {
        var (store, memory) = (await OpenAsync(), new MemoryStore());
        await using var owned = memory;
        var random = new Random(seed);
        var conflicts = 0;
        for (var i = 0; i < 250; i++)
        {
            var (ours, theirs) = Make(random);

            var result = await store.CommitAsync(new Commit(ours), Cancel);
            var expected = await memory.CommitAsync(new Commit(theirs), Cancel);

            Assert.Equal(Tell(expected, static revision => revision), Tell(result, Theirs));
            conflicts += result.Conflicts.Count > 1 ? 1 : 0;
            if (result.IsCommitted && result.Revision.Value > revisions[^1].Ours.Value)
            {
                revisions.Add((result.Revision, expected.Revision));
            }
        }

        Assert.True(conflicts > 10, "Too few commits failed for several reasons.");
    }

    [Theory]
    [InlineData(WriteConditionKind.Any)]
    [InlineData(WriteConditionKind.Absent)]
    [InlineData(WriteConditionKind.Present)]
    [InlineData(WriteConditionKind.Revision)]
    public async Task Puts_that_share_a_statement_are_judged_each_for_itself(WriteConditionKind kind)
    {
        var store = await OpenAsync(static options => options.Lanes = 1);
        var tags = new[] { new IndexEntry("tags", new byte[] { 1 }), new IndexEntry("tags", new byte[] { 2 }) };
        var seen = (await CommitAsync(store, Put("held"), Put("id1"), Put("id2", "{}", tags), Put("id3"))).Revision;
        _ = await CommitAsync(store, Put("id1", "1"), new DeleteOperation(Key("id3")));
        var condition = kind switch
        {
            WriteConditionKind.Any => WriteCondition.Any,
            WriteConditionKind.Absent => WriteCondition.Absent,
            WriteConditionKind.Present => WriteCondition.Present,
            _ => WriteCondition.At(seen),
        };

        // 0 was never there, 1 was written since, 2 has rows of entries, 3 was deleted.
        var results = await TogetherAsync(store, [.. Enumerable.Range(0, 4).Select(i => new PutOperation(
            Key($"id{i}"), new byte[] { (byte)i }, condition)
        {
            Entries = [new IndexEntry("age", new byte[] { 7 })],
        })]);

        bool[] expected = kind switch
        {
            WriteConditionKind.Any => [true, true, true, true],
            WriteConditionKind.Absent => [true, false, false, true],
            WriteConditionKind.Present => [false, true, true, false],
            _ => [false, false, true, false],
        };
        Assert.Equal(expected, results.Select(static result => result.IsCommitted));
        Assert.Equal(4, results.Where(static result => result.IsCommitted).Select(static one => one.Revision)
            .Distinct().Count() + expected.Count(static one => !one));
        var found = await store.ReadAsync(
            Enumerable.Range(0, 4).Select(static i => Key($"id{i}")).ToArray(), default, Cancel);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(
                expected[i] ? results[i].Revision : results[i].Conflicts[0].Found,
                found[i] is { IsDeleted: false } live ? live.Revision : Revision.None);
        }

        var aged = await store.ScanAsync(
            new ScanRequest { Collection = "things", Range = ScanRange.Keys("age") }, Cancel);
        Assert.Equal(expected.Count(static one => one), aged.Items.Count);
        Assert.Empty((await store.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel)).Problems);
    }

    [Fact]
    public async Task Puts_that_share_a_statement_keep_times_origins_and_meta()
    {
        var store = await OpenAsync(static options => options.Lanes = 1);
        var first = await CommitAsync(store, Put("held"), Put("old"), new PutOperation(Key("dead"), default)
        {
            ExpiresAt = DateTimeOffset.UnixEpoch,
        });
        var (now, until) = (first.At.AddHours(1), first.At.AddHours(9));

        var results = await TogetherAsync(
            store,
            [.. new[] { "old", "new", "dead" }.Select(id => new Commit(
                new PutOperation(Key(id), new byte[] { 1 })
                {
                    ExpiresAt = until, Meta = RecordMeta.From([KeyValuePair.Create("a\0b", id)]),
                })
            {
                Now = now, Origin = $"from {id}",
            })]);

        Assert.All(results, result => Assert.Equal(now, result.At));
        var changes = (await store.ChangesAsync(new ChangesRequest { Now = now }, Cancel)).Changes;
        foreach (var (id, created) in new[] { ("old", first.At), ("new", now), ("dead", now) })
        {
            var record = Assert.Single(changes, change => change.Key.Id == id);
            Assert.Equal((created, now, until), (record.CreatedAt, record.UpdatedAt, record.ExpiresAt));
            Assert.Equal(($"from {id}", id), (record.Origin, record.Meta["a\0b"]));
        }
    }

    // The lane is held up by a lock, so that what comes meanwhile goes together.
    private Task<CommitResult[]> TogetherAsync(IStore store, StoreOperation[] operations) =>
        TogetherAsync(store, Array.ConvertAll(operations, static operation => new Commit(operation)));

    private async Task<CommitResult[]> TogetherAsync(IStore store, Commit[] commits)
    {
        await using var holder = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await holder.BeginTransactionAsync(Cancel);
        await using (var command = holder.CreateCommand())
        {
            command.CommandText = "SELECT 1 FROM undercroft.records WHERE id = 'held' FOR UPDATE";
            _ = await command.ExecuteScalarAsync(Cancel);
        }

        var held = CommitAsync(store, Put("held"));
        var results = Task.WhenAll(commits.Select(commit => store.CommitAsync(commit, Cancel).AsTask()));
        await transaction.RollbackAsync(Cancel);
        _ = await held;
        return await results;
    }

    private (StoreOperation[] Ours, StoreOperation[] Theirs) Make(Random random)
    {
        string[] ids = ["a", "b", "c", "d", "e"];
        random.Shuffle(ids);
        var made = ids.Take(random.Next(1, 4)).Select(id => MakeOne(random, Key(id))).ToList();
        return ([.. made.Select(static one => one.Ours)], [.. made.Select(static one => one.Theirs)]);
    }

    private (StoreOperation Ours, StoreOperation Theirs) MakeOne(Random random, RecordKey key)
    {
        var (ours, theirs) = revisions[random.Next(Math.Max(0, revisions.Count - 6), revisions.Count)];
        var condition = random.Next(8);
        var (what, name, tombstone) = (random.Next(8), random.Next(5), random.Next(2) == 0);
        return (One(ours), One(theirs));

        StoreOperation One(Revision revision)
        {
            var on = condition switch
            {
                0 or 1 => WriteCondition.Absent,
                2 or 3 => WriteCondition.Present,
                4 => WriteCondition.At(revision),
                _ => WriteCondition.Any,
            };
            return what switch
            {
                0 => new DeleteOperation(key, on) { LeavesTombstone = tombstone },
                1 => new CheckOperation(key, on),
                2 => new AddOperation(key, long.MaxValue / 2, on),
                _ => new PutOperation(key, new byte[] { 1 }, on)
                {
                    Entries = name == 0 ? [] : [new IndexEntry("name", new[] { (byte)name }, IsUnique: true)],
                },
            };
        }
    }

    private Revision Theirs(Revision ours) => revisions.Single(pair => pair.Ours == ours).Theirs;

    private static string Tell(CommitResult result, Func<Revision, Revision> map) => string.Join(
        "; ",
        result.Conflicts
            .Select(conflict => (conflict with { Found = map(conflict.Found) }).ToString())
            .Prepend(string.Join(", ", result.Counters))
            .Prepend(result.IsCommitted.ToString(CultureInfo.InvariantCulture)));
}
