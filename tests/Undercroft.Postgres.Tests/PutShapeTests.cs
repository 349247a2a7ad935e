using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>A put alone is a statement for as much as it gives: whatever that is, all of it is kept.</summary>
public sealed class PutShapeTests(SharedPostgres shared) : StoreTest(shared)
{
    // Eight have a column of their own.
    private const int IndexesMax = 9;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_put_keeps_all_it_gives_whatever_its_shape(bool isFull)
    {
        var store = await OpenAsync();
        _ = await CommitAsync(store, Put("first"));

        // From many to none: what a put does not give must not be what the one before gave.
        for (var count = IndexesMax; count >= 0; count--)
        {
            var revision = await AssertKeptAsync(store, count, isFull, WriteCondition.Absent, 1);
            revision = await AssertKeptAsync(store, count, isFull, WriteCondition.At(revision), 2);
            _ = await AssertKeptAsync(store, count, isFull, WriteCondition.Present, 3);
            var last = await AssertKeptAsync(store, count, isFull, WriteCondition.Any, 4);
            Assert.True(last.Value > revision.Value);
        }

        var verified = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        Assert.Empty(verified.Problems);
    }

    private static async Task<Revision> AssertKeptAsync(
        PostgresStore store, int count, bool isFull, WriteCondition condition, byte value)
    {
        var time = DateTimeOffset.UnixEpoch.AddYears(60).AddDays(value);
        var put = new PutOperation(Key($"id{count}"), new[] { value }, condition)
        {
            Entries =
            [
                .. Enumerable.Range(0, count).Select(i => new IndexEntry($"x{i}", new byte[] { (byte)i, value })),
            ],
            Meta = isFull ? RecordMeta.Empty.With("name", $"{value}") : RecordMeta.Empty,
            ExpiresAt = isFull ? time.AddYears(100) : null,
            CreatedAt = isFull ? time : null,
            UpdatedAt = isFull ? time.AddHours(1) : null,
        };
        var result = await store.CommitAsync(new Commit(put) { Origin = isFull ? "there" : null }, Cancel);

        Assert.True(result.IsCommitted, string.Join("; ", result.Conflicts));
        var found = (await store.ReadAsync(put.Key, new ReadOptions { Detail = RecordDetail.Complete }, Cancel))[0]!;
        Assert.Equal(result.Revision, found.Revision);
        Assert.Equal(new[] { value }, found.Value.ToArray());
        Assert.Equal(put.Meta, found.Meta);
        Assert.Equal(put.ExpiresAt, found.ExpiresAt);
        Assert.Equal(isFull ? "there" : null, found.Origin);
        Assert.Equal(
            put.Entries.Select(static entry => (entry.Index, Convert.ToHexString(entry.Key.Span))),
            found.Entries.Select(static entry => (entry.Index, Convert.ToHexString(entry.Key.Span))));
        if (isFull)
        {
            Assert.Equal((put.CreatedAt, put.UpdatedAt), (found.CreatedAt, found.UpdatedAt));
        }

        foreach (var entry in put.Entries)
        {
            var page = await store.ScanAsync(
                new ScanRequest { Collection = "things", Range = ScanRange.Keys(entry.Index, entry.Key) }, Cancel);
            Assert.Contains(page.Items, item => item.Record.Key == put.Key);
        }

        return result.Revision;
    }
}
