using Undercroft.Blobs;
using Undercroft.Testing;

namespace Undercroft.Tests.Blobs;

public sealed class BlobTransactionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_blob_becomes_visible_in_the_commit_of_the_document_that_names_it()
    {
        await using var storage = BlobWorld.Open();
        var staged = await storage.Blobs.StageAsync(new MemoryStream([1, 2, 3]), null, Cancel);
        Assert.Empty(await storage.Blobs.ListAsync(cancellationToken: Cancel).ToListAsync(Cancel));

        var result = await storage.TransactionAsync(
            async transaction =>
            {
                _ = await transaction.Repository(Sample.Books).CreateAsync("emma", new Book("Emma", "Austen", 1));
                _ = await transaction.Blobs.PutAsync("covers/emma", staged);
                Assert.NotNull(await transaction.Blobs.GetAsync("covers/emma"));
                Assert.Null(await storage.Blobs.GetAsync("covers/emma", Cancel));
            },
            cancellationToken: Cancel);

        Assert.Equal(result.Revision, (await storage.Blobs.GetAsync("covers/emma", Cancel))!.Revision);
        Assert.Equal(result.Revision, (await storage.Repository(Sample.Books).GetAsync("emma", Cancel))!.Revision);
        Assert.Equal([1, 2, 3], await BlobWorld.ReadAsync(storage, "covers/emma"));
    }

    [Fact]
    public async Task A_transaction_that_fails_names_nothing_and_the_staged_bytes_can_be_used_again()
    {
        await using var storage = BlobWorld.Open();
        var staged = await storage.Blobs.StageAsync(new MemoryStream([1]), null, Cancel);

        _ = await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await storage.TransactionAsync(
            async transaction =>
            {
                _ = await transaction.Blobs.PutAsync("it", staged);
                throw new InvalidTimeZoneException();
            },
            cancellationToken: Cancel));
        Assert.Null(await storage.Blobs.GetAsync("it", Cancel));
        _ = await BlobWorld.CollectAsync(storage);

        _ = await storage.Blobs.PutAsync("it", staged, cancellationToken: Cancel);
        Assert.Equal([1], await BlobWorld.ReadAsync(storage, "it"));
    }

    [Fact]
    public async Task Staged_bytes_are_put_once()
    {
        await using var storage = BlobWorld.Open();
        var staged = await storage.Blobs.StageAsync(new MemoryStream([1]), null, Cancel);
        _ = await storage.Blobs.PutAsync("one", staged, cancellationToken: Cancel);

        var again = await Assert.ThrowsAsync<StoreException>(async () =>
            await storage.Blobs.PutAsync("two", staged, cancellationToken: Cancel));

        Assert.Equal(StoreErrorKind.Conflict, again.Kind);
        Assert.Null(await storage.Blobs.GetAsync("two", Cancel));
    }

    [Fact]
    public async Task Staged_bytes_that_nobody_names_expire_and_are_collected()
    {
        var clock = new ManualClock();
        await using var storage = BlobWorld.Open(clock: clock);
        var staged = await storage.Blobs.StageAsync(new MemoryStream(BlobWorld.Bytes(50_000)), null, Cancel);
        clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromTicks(1));
        Assert.Equal(0, (await BlobWorld.CollectAsync(storage)).Deleted);
        clock.Advance(TimeSpan.FromTicks(1));

        var report = await BlobWorld.CollectAsync(storage);

        Assert.True(report is { DeletedBytes: > 50_000, Spared: 0 }, report.ToString());
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks));
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Lists));
        var late = await Assert.ThrowsAsync<StoreException>(async () =>
            await storage.Blobs.PutAsync("it", staged, cancellationToken: Cancel));
        Assert.Equal(StoreErrorKind.Conflict, late.Kind);
    }

    [Fact]
    public async Task A_copy_shares_the_bytes_and_outlives_the_original()
    {
        await using var storage = BlobWorld.Open();
        var bytes = BlobWorld.Bytes(100_000);
        _ = await storage.Blobs.PutAsync(
            "one", new MemoryStream(bytes), new BlobWriteOptions { ContentType = "a/b" }, Cancel);

        _ = await storage.TransactionAsync(
            async transaction =>
            {
                var copy = await transaction.Blobs.CopyAsync("one", "two");
                Assert.Equal("a/b", copy!.ContentType);
                Assert.Null(await transaction.Blobs.CopyAsync("none", "three"));
                Assert.True(await transaction.Blobs.DeleteAsync("one"));
            },
            cancellationToken: Cancel);
        _ = await BlobWorld.CollectAsync(storage);

        Assert.Null(await storage.Blobs.GetAsync("one", Cancel));
        Assert.Equal(bytes, await BlobWorld.ReadAsync(storage, "two"));
    }
}
