using System.Buffers.Binary;
using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>Counters are exact, whoever adds, and never wrap round.</summary>
public abstract class CounterLaws : UniqueLaws
{
    [Fact]
    public virtual async Task A_counter_begins_at_zero_and_tells_each_new_value()
    {
        Assert.Equal([5], (await CommitAsync(Add("count", 5))).Counters);
        Assert.Equal([3], (await CommitAsync(Add("count", -2))).Counters);
        Assert.Equal([3], (await CommitAsync(Add("count", 0))).Counters);

        var found = await ReadLiveAsync("count");
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 3], found.Value.ToArray());
    }

    [Fact]
    public virtual async Task A_commit_tells_its_counters_in_the_order_of_its_operations()
    {
        _ = await WriteAsync(Add("a", 10), Add("b", 20));

        var result = await CommitAsync(
            Put("x"), Add("b", 1), Check("x", WriteCondition.Any), Add("new", 7), Add("a", -1));

        Assert.Equal([21, 7, 9], result.Counters);
    }

    [Fact]
    public virtual async Task A_counter_that_would_leave_its_range_is_a_conflict()
    {
        var revision = await WriteAsync(Add("max", long.MaxValue), Add("min", long.MinValue), Add("one", 1));

        var up = await CommitAsync(Add("one", 1), Add("max", 1));
        var down = await CommitAsync(Add("min", -1));

        Assert.Equal(
            new CommitConflict(1, Key("max"), ConflictKind.CounterOverflow, revision), Assert.Single(up.Conflicts));
        Assert.Equal(
            new CommitConflict(0, Key("min"), ConflictKind.CounterOverflow, revision), Assert.Single(down.Conflicts));
        Assert.Equal([-1, long.MaxValue], (await CommitAsync(Add("min", long.MaxValue), Add("max", 0))).Counters);
        Assert.Equal(1, Number(await ReadAsync("one")));
    }

    [Fact]
    public virtual async Task A_value_of_other_length_is_no_counter()
    {
        var revision = await WriteAsync(
            Put("text", "9 letters"), new PutOperation(Key("empty"), default),
            new PutOperation(Key("seven"), new byte[7]));

        foreach (var id in new[] { "text", "empty", "seven" })
        {
            var result = await CommitAsync(Add(id, 1));
            Assert.Equal(
                new CommitConflict(0, Key(id), ConflictKind.NotACounter, revision), Assert.Single(result.Conflicts));
        }
    }

    [Fact]
    public virtual async Task A_value_of_eight_bytes_is_a_counter_and_keeps_meta_and_entries()
    {
        var value = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(value, 40);
        _ = await WriteAsync(new PutOperation(Key("count"), value)
        {
            Meta = Meta(("tag", "dark")),
            Entries = [Entry("age", 1)],
        });

        Assert.Equal([42], (await CommitAsync(Add("count", 2))).Counters);

        var found = await ReadLiveAsync("count", new ReadOptions { Detail = RecordDetail.Complete });
        Assert.Equal(Meta(("tag", "dark")), found.Meta);
        Assert.Equal([Entry("age", 1)], found.Entries);
        Assert.Equal(["count"], await IdsAsync(ScanRange.Keys("age")));
    }

    [Fact]
    public virtual async Task A_deleted_counter_begins_again()
    {
        _ = await WriteAsync(Add("count", 5));
        _ = await WriteAsync(Delete("count"));

        Assert.Equal([1], (await CommitAsync(Add("count", 1))).Counters);
    }

    [Fact]
    public virtual async Task Counters_are_exact_however_many_add_at_once()
    {
        const int Clients = 8, Rounds = 25;

        var seen = await RaceAsync(Clients, async client =>
        {
            var mine = new List<long>();
            for (var round = 0; round < Rounds; round++)
            {
                var result = await CommitAsync(Add("hot", 1), Add($"own{client}", 2), Put($"{client}/{round}"));
                Assert.True(result.IsCommitted);
                mine.Add(result.Counters[0]);
            }

            return mine;
        });

        // Each addition was told a value of its own: none was lost, none was made twice.
        Assert.Equal(
            Enumerable.Range(1, Clients * Rounds).Select(static i => (long)i),
            seen.SelectMany(static mine => mine).Order());
        Assert.Equal(Clients * Rounds, Number(await ReadAsync("hot")));
        Assert.Equal(2 * Rounds, Number(await ReadAsync("own3")));
    }

    [Fact]
    public virtual async Task Counters_are_there_when_the_store_is_opened_again()
    {
        Requires(StoreCapabilities.Persistent);
        _ = await WriteAsync(Add("count", long.MinValue + 1));

        await RestartAsync();

        Assert.Equal([long.MinValue], (await CommitAsync(Add("count", -1))).Counters);
    }
}
