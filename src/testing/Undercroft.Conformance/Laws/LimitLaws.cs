using System.Globalization;
using static Undercroft.Conformance.Sample;

namespace Undercroft.Conformance;

/// <summary>What is over a limit is refused before anything is written, and the limit is named.</summary>
public abstract class LimitLaws : WaitLaws
{
    private StoreLimits Limits => Store.Info.Limits;

    [Fact]
    public virtual async Task A_value_over_its_limit_is_refused()
    {
        var max = Reachable(Limits.ValueBytesMax);
        await RefuseAsync(
            nameof(StoreLimits.ValueBytesMax), max, max + 1, new PutOperation(Key("big"), new byte[max + 1]));

        var value = new byte[max];
        value[^1] = 1;
        _ = await WriteAsync(new PutOperation(Key("fits"), value));
        Assert.Equal(value, (await ReadLiveAsync("fits")).Value.ToArray());
    }

    [Fact]
    public virtual async Task Meta_over_its_limit_is_refused()
    {
        var max = Reachable(Limits.MetaBytesMax);
        var fits = Meta(("é", new string('x', max - 2)));

        await RefuseAsync(
            nameof(StoreLimits.MetaBytesMax), max, max + 1,
            new PutOperation(Key("big"), default) { Meta = Meta(("é", new string('x', max - 1))) });
        await RefuseAsync(
            nameof(StoreLimits.MetaBytesMax), max, max + 1,
            new DeleteOperation(Key("first")) { Meta = Meta(("é", new string('x', max - 1))) });

        _ = await WriteAsync(new PutOperation(Key("fits"), default) { Meta = fits });
        Assert.Equal(fits, (await ReadLiveAsync("fits")).Meta);
    }

    [Fact]
    public virtual async Task More_entries_than_the_limit_are_refused()
    {
        var max = Reachable(Limits.EntriesMax);
        var entries = Enumerable.Range(0, max + 1).Select(static i => Entry("age", (byte)(i >> 8), (byte)i)).ToArray();

        await RefuseAsync(nameof(StoreLimits.EntriesMax), max, max + 1, PutWith("big", entries));

        _ = await WriteAsync(PutWith("fits", entries[..max]));
        Assert.Equal(max, (await ScanAsync(Scan(ScanRange.Keys("age")))).Count);
    }

    [Fact]
    public virtual async Task An_index_key_over_its_limit_is_refused()
    {
        var max = Reachable(Limits.EntryKeyBytesMax);
        await RefuseAsync(
            nameof(StoreLimits.EntryKeyBytesMax), max, max + 1,
            PutWith("big", new IndexEntry("age", new byte[max + 1])));

        _ = await WriteAsync(PutWith("fits", new IndexEntry("age", new byte[max])));
        Assert.Equal(max, Assert.Single(await ScanAsync(Scan(ScanRange.Keys("age")))).EntryKey.Length);
    }

    [Fact]
    public virtual async Task An_index_name_over_its_limit_is_refused()
    {
        var max = Reachable(Limits.IndexNameBytesMax);
        await RefuseAsync(
            nameof(StoreLimits.IndexNameBytesMax), max, max + 1,
            PutWith("big", Entry(new string('x', max - 1) + "é", 1)));

        var name = new string('x', max - 2) + "é";
        _ = await WriteAsync(PutWith("fits", Entry(name, 1)));
        Assert.Equal(["fits"], await IdsAsync(ScanRange.Keys(name)));
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(() => CommitAsync(PutWith("none", Entry("", 1))));
    }

    [Fact]
    public virtual async Task An_origin_over_its_limit_is_refused()
    {
        var max = Reachable(Limits.OriginBytesMax);
        var origin = new string('x', max - 1) + "é";
        var error = await Assert.ThrowsAsync<LimitExceededException>(
            () => WriteAsync(new Commit(Put("big")) { Origin = origin }));

        AssertLimit(error, nameof(StoreLimits.OriginBytesMax), max, max + 1);
        Assert.Null(await ReadAsync("big"));
        _ = await WriteAsync(new Commit(Put("fits")) { Origin = origin[1..] });
        Assert.Equal(origin[1..], (await ReadLiveAsync("fits")).Origin);
    }

    [Fact]
    public virtual async Task More_operations_than_the_limit_are_refused()
    {
        var max = Reachable(Limits.OperationsMax);
        var operations = Enumerable.Range(0, max + 1)
            .Select(static StoreOperation (i) => Add(i.ToString(CultureInfo.InvariantCulture), 1))
            .ToArray();

        var error = await Assert.ThrowsAsync<LimitExceededException>(() => CommitAsync(operations));

        AssertLimit(error, nameof(StoreLimits.OperationsMax), max, max + 1);
        Assert.Empty(await IdsAsync());
    }

    [Fact]
    public virtual async Task More_bytes_than_the_limit_of_a_commit_are_refused()
    {
        var max = Reachable((int)Math.Min(Limits.CommitBytesMax, int.MaxValue));
        var value = new byte[Math.Min(Limits.ValueBytesMax, max)];
        var puts = Enumerable.Range(0, (max / value.Length) + 1)
            .Select(StoreOperation (i) => new PutOperation(Key($"big{i}"), value))
            .ToArray();
        Assert.SkipUnless(puts.Length <= Limits.OperationsMax, "The limit of operations is met first.");

        var error = await Assert.ThrowsAsync<LimitExceededException>(() => CommitAsync(puts));

        Assert.Equal((nameof(StoreLimits.CommitBytesMax), (long)max), (error.Limit, error.Allowed));
        Assert.True(error.Found > max);
        Assert.Empty(await IdsAsync());
    }

    [Fact]
    public virtual async Task More_keys_than_the_limit_of_a_read_are_refused()
    {
        var max = Reachable(Limits.KeysPerReadMax);
        var keys = Enumerable.Repeat(Key("a"), max + 1).ToArray();
        _ = await WriteAsync(Put("a"));

        var error = await Assert.ThrowsAsync<LimitExceededException>(
            async () => await Store.ReadAsync(keys, cancellationToken: Cancel));

        AssertLimit(error, nameof(StoreLimits.KeysPerReadMax), max, max + 1);
        var found = await Store.ReadAsync(keys[..max], cancellationToken: Cancel);
        Assert.Equal((max, "x"), (found.Count, Text(found[max - 1])));
    }

    [Fact]
    public virtual void The_limits_leave_room_to_work()
    {
        Assert.True(Limits.ValueBytesMax >= 1_024, "A store must take values of 1 KiB.");
        Assert.True(Limits.OperationsMax >= 100, "A store must take 100 operations at once.");
        Assert.True(Limits.KeysPerReadMax >= 100, "A store must read 100 keys at once.");
        Assert.True(Limits.CommitBytesMax >= Limits.ValueBytesMax, "A commit must hold the largest value.");
        Assert.True(Limits.EntryKeyBytesMax >= 128 && Limits.EntriesMax >= 16, "A store must take a few entries.");
        Assert.True(Limits.PageItemsMax >= 1 && Limits.PageBytesMax >= 1, "A page must hold something.");
        Assert.True(Limits.ReplaysKept >= 1 && Limits.ReplaysKeptFor > TimeSpan.Zero, "Retries must find something.");
    }

    private static int Reachable(int limit)
    {
        Assert.SkipUnless(limit <= 64 << 20, "The limit is too high to be reached in a test.");
        return limit;
    }

    private async Task RefuseAsync(string limit, long allowed, long found, StoreOperation refused)
    {
        var before = await WriteAsync(Put("first"));

        var error = await Assert.ThrowsAsync<LimitExceededException>(() => CommitAsync(Put("beside"), refused));

        AssertLimit(error, limit, allowed, found);
        Assert.Null(await ReadAsync("beside"));
        Assert.Equal(before, (await CommitAsync(Check("first", WriteCondition.Present))).Revision);
    }

    private static void AssertLimit(LimitExceededException error, string limit, long allowed, long found)
    {
        Assert.Equal((limit, allowed, found), (error.Limit, error.Allowed, error.Found));
        Assert.Equal(StoreErrorKind.LimitExceeded, error.Kind);
        Assert.Contains(limit, error.Message, StringComparison.Ordinal);
    }
}
