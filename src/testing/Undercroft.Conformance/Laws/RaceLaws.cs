using System.Globalization;
using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Many at once: one winner for each race, one snapshot for each reader, nothing half done for anybody.
/// </summary>
public abstract class RaceLaws : LifetimeLaws
{
    [Fact]
    public virtual async Task Of_racing_creators_exactly_one_wins()
    {
        for (var round = 0; round < 15; round++)
        {
            var id = $"cave{round}";
            var results = await RaceAsync(
                8, racer => CommitAsync(Put(id, $"{racer}", WriteCondition.Absent), Add("won", 1)));

            var won = Assert.Single(results, static result => result.IsCommitted);
            Assert.Equal($"{Array.IndexOf(results, won)}", Text(await ReadAsync(id)));
            Assert.All(results, result => Assert.True(
                result.IsCommitted || result.Conflicts[0].Found == won.Revision, "A loser is told what it lost to."));
            Assert.Equal(round + 1, Number(await ReadAsync("won")));
        }
    }

    [Fact]
    public virtual async Task Of_racing_updates_of_one_revision_exactly_one_wins()
    {
        var revision = await WriteAsync(Put("cave", "start"));
        for (var round = 0; round < 15; round++)
        {
            var seen = revision;
            var results = await RaceAsync(8, racer => CommitAsync(
                racer == 7
                    ? Delete("cave", WriteCondition.At(seen))
                    : Put("cave", $"{racer}", WriteCondition.At(seen))));

            _ = Assert.Single(results, static result => result.IsCommitted);
            revision = await WriteAsync(Put("cave", "again"));
        }
    }

    [Fact]
    public virtual async Task Updates_that_read_first_and_then_compare_and_swap_lose_nothing()
    {
        _ = await WriteAsync(Put("cave", "0"));

        var attempts = await RaceAsync(6, async _ =>
        {
            var tries = 0;
            for (var done = 0; done < 15; tries++)
            {
                var found = await ReadLiveAsync("cave");
                var next = int.Parse(Text(found), CultureInfo.InvariantCulture) + 1;
                var result = await CommitAsync(Put("cave", $"{next}", WriteCondition.At(found.Revision)));
                done += result.IsCommitted ? 1 : 0;
                Assert.True(tries < 10_000, "No progress.");
            }

            return tries;
        });

        Assert.True(attempts.Sum() >= 90);
        Assert.Equal("90", Text(await ReadAsync("cave")));
    }

    [Fact]
    public virtual async Task Of_racing_claims_of_a_unique_key_exactly_one_wins()
    {
        for (var round = 0; round < 15; round++)
        {
            var name = $"name{round}";
            var results = await RaceAsync(8, racer => CommitAsync(PutWith($"{racer}", Unique(name))));

            var won = Assert.Single(results, static result => result.IsCommitted);
            var winner = Key($"{Array.IndexOf(results, won)}");
            Assert.All(results, result => Assert.True(
                result.IsCommitted || result.Conflicts[0].Holder == winner, "A loser is told who holds the key."));
            Assert.Equal([winner.Id], await IdsAsync(ScanRange.Keys("name", Bytes(name), Bytes(name + "\0"))));
        }
    }

    [Fact]
    public virtual async Task Of_two_that_each_delete_what_the_other_makes_one_comes_last()
    {
        for (var round = 0; round < 15; round++)
        {
            var ids = new[] { $"a{round}", $"b{round}" };
            var results = await RaceAsync(2, racer => CommitAsync(Delete(ids[racer]), Put(ids[1 - racer])));

            Assert.All(results, static result => Assert.True(result.IsCommitted));
            var found = await Store.ReadAsync(Array.ConvertAll(ids, static id => Key(id)), cancellationToken: Cancel);
            _ = Assert.Single(ids.Where((_, i) => found[i] is { IsDeleted: false }));
        }
    }

    [Fact]
    public virtual async Task A_read_of_several_keys_is_one_snapshot_whatever_is_written()
    {
        var keys = Enumerable.Range(0, 6).Select(static i => Key($"id{i}")).ToArray();
        await ReadWhileWritingAsync(
            round => [.. keys.Select(
                (key, i) => new PutOperation(key, Bytes(round)) { Entries = [Entry("age", (byte)i)] })],
            async () =>
            {
                var found = await Store.ReadAsync(keys, cancellationToken: Cancel);
                Assert.Single(
                    Enumerable.Range(0, keys.Length).Select(i => (found[i]?.Revision, Text(found[i]))).Distinct());
            });
    }

    [Fact]
    public virtual async Task A_page_of_a_scan_is_one_snapshot_whatever_is_written()
    {
        // Each commit writes all, with one number in all values, and moves them together to another index key.
        await ReadWhileWritingAsync(
            round => [.. Enumerable.Range(0, 6).Select(i =>
                new PutOperation(Key($"id{i}"), Bytes(round)) { Entries = [new IndexEntry("round", Bytes(round))] })],
            async () =>
            {
                foreach (var range in new[] { ScanRange.All, ScanRange.Keys("round") })
                {
                    var page = await Store.ScanAsync(Scan(range), Cancel);
                    Assert.Equal(6, page.Items.Count);
                    Assert.Single(
                        page.Items.Select(static item => (item.Record.Revision, Text(item.Record))).Distinct());
                }
            });
    }

    [Fact]
    public virtual async Task Transfers_between_accounts_never_make_or_lose_money()
    {
        const int Accounts = 5, Each = 100;
        _ = await WriteAsync([.. Enumerable.Range(0, Accounts).Select(static i => Put($"{i}", $"{Each}"))]);
        var keys = Enumerable.Range(0, Accounts).Select(static i => Key($"{i}")).ToArray();

        var moved = await RaceAsync(6, async client =>
        {
            var random = new Random(client);
            var done = 0;
            for (var round = 0; round < 25; round++)
            {
                var all = await Store.ReadAsync(keys, cancellationToken: Cancel);
                Assert.Equal(Accounts * Each, keys.Select((_, i) => Amount(all[i])).Sum());
                var (from, to) = (random.Next(Accounts), random.Next(Accounts - 1));
                to += to >= from ? 1 : 0;
                var result = await CommitAsync(
                    Put($"{from}", $"{Amount(all[from]) - 1}", WriteCondition.At(all[from]!.Revision)),
                    Put($"{to}", $"{Amount(all[to]) + 1}", WriteCondition.At(all[to]!.Revision)));
                done += result.IsCommitted ? 1 : 0;
            }

            return done;
        });

        Assert.True(moved.Sum() > 0);
        var items = await ScanAsync(Scan());
        Assert.Equal(Accounts * Each, items.Select(static item => Amount(item.Record)).Sum());
    }

    private async Task ReadWhileWritingAsync(Func<string, StoreOperation[]> write, Func<Task> read)
    {
        _ = await WriteAsync(write("start"));
        _ = await WatchAsync(
            writers: 3, (writer, round) => WriteAsync(write($"{writer}/{round:d3}")), watches: 60, _ => read());
    }

    private static int Amount(StoreRecord? record) => int.Parse(Text(record), CultureInfo.InvariantCulture);
}
