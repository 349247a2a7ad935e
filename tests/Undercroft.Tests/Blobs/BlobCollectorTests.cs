using System.Diagnostics.CodeAnalysis;
using Undercroft.Blobs;
using Undercroft.Layers;
using Undercroft.Testing;
using Undercroft.Tests.Storage;

namespace Undercroft.Tests.Blobs;

public sealed class BlobCollectorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_nothing_refers_to_goes_and_what_is_shared_stays()
    {
        await using var storage = BlobWorld.Open();
        var bytes = BlobWorld.Bytes(300_000);
        byte[] longer = [.. bytes, .. BlobWorld.Bytes(300_000, 2)];
        _ = await storage.Blobs.PutAsync("one", new MemoryStream(bytes), cancellationToken: Cancel);
        _ = await storage.Blobs.PutAsync("two", new MemoryStream(longer), cancellationToken: Cancel);
        var all = (await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks)).Count +
            (await BlobWorld.RecordsAsync(storage, BlobKeys.Lists)).Count;

        Assert.Equal(new BlobCollectReport(all, 0, 0, 0), await BlobWorld.CollectAsync(storage));
        _ = await storage.Blobs.DeleteAsync("two", cancellationToken: Cancel);
        var report = await BlobWorld.CollectAsync(storage);

        Assert.InRange(report.DeletedBytes, 300_000, 350_000);
        Assert.Equal(bytes, await BlobWorld.ReadAsync(storage, "one"));
        Assert.Empty((await storage.Blobs.VerifyAsync(cancellationToken: Cancel)).Problems);
        _ = await storage.Blobs.DeleteAsync("one", cancellationToken: Cancel);
        _ = await BlobWorld.CollectAsync(storage);
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks));
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Lists));
    }

    [Fact]
    public async Task A_grace_spares_what_an_earlier_collection_has_not_seen_for_so_long()
    {
        var clock = new ManualClock();
        await using var storage = BlobWorld.Open(clock: clock);
        var hour = new BlobCollectOptions { Grace = TimeSpan.FromHours(1) };
        _ = await storage.Blobs.PutAsync("old", new MemoryStream([1]), cancellationToken: Cancel);
        _ = await storage.Blobs.DeleteAsync("old", cancellationToken: Cancel);

        Assert.Equal((0, 1), await CollectAsync(storage, hour));
        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.Equal((0, 1), await CollectAsync(storage, hour));
        _ = await storage.Blobs.PutAsync("young", new MemoryStream([2]), cancellationToken: Cancel);
        _ = await storage.Blobs.DeleteAsync("young", cancellationToken: Cancel);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal((1, 1), await CollectAsync(storage, hour));
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal((1, 0), await CollectAsync(storage, hour));
    }

    [Fact]
    public async Task Many_collections_keep_few_moments_and_the_grace_all_the_same()
    {
        var clock = new ManualClock();
        await using var storage = BlobWorld.Open(clock: clock);
        var day = new BlobCollectOptions { Grace = TimeSpan.FromDays(1) };
        for (var minute = 0; minute < 2 * 24 * 60; minute += 10)
        {
            _ = await CollectAsync(storage, day);
            clock.Advance(TimeSpan.FromMinutes(10));
        }

        _ = await storage.Blobs.PutAsync("it", new MemoryStream([1]), cancellationToken: Cancel);
        _ = await storage.Blobs.DeleteAsync("it", cancellationToken: Cancel);
        var waited = TimeSpan.Zero;
        for (; (await CollectAsync(storage, day)).Deleted == 0; waited += TimeSpan.FromMinutes(10))
        {
            clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.InRange(waited, TimeSpan.FromDays(1), TimeSpan.FromDays(1.2));
        var record = (await storage.Store.ReadAsync(BlobKeys.Collector, default, Cancel))[0]!;
        Assert.InRange(record.Value.Length, 100, 64 * 100);
    }

    [Fact]
    public async Task A_dry_run_tells_and_deletes_nothing()
    {
        await using var storage = BlobWorld.Open();
        _ = await storage.Blobs.PutAsync("it", new MemoryStream([1, 2, 3]), cancellationToken: Cancel);
        _ = await storage.Blobs.DeleteAsync("it", cancellationToken: Cancel);

        var report = await storage.Blobs.CollectAsync(new() { Grace = TimeSpan.Zero, IsDryRun = true }, Cancel);

        Assert.Equal(new BlobCollectReport(1, 1, 3, 0), report);
        Assert.Single(await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks));
        _ = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
            await storage.Blobs.CollectAsync(new() { Grace = -TimeSpan.FromTicks(1) }, Cancel));
    }

    [Fact]
    public async Task A_reference_made_between_the_last_look_and_the_deletion_saves_the_chunk()
    {
        var store = new MeddlingStore(new MemoryStore());
        await using var storage = BlobWorld.Open(store);
        await using var other = BlobWorld.Open(new Shared(store));
        _ = await storage.Blobs.PutAsync("it", new MemoryStream([1, 2, 3]), cancellationToken: Cancel);
        _ = await storage.Blobs.DeleteAsync("it", cancellationToken: Cancel);
        var meddled = 0;
        store.BeforeCommit = commit =>
        {
            if (commit.Operations.Any(static one => one is DeleteOperation && one.Key.Collection == BlobKeys.Chunks) &&
                meddled++ == 0)
            {
                var putting = other.Blobs.PutAsync("again", new MemoryStream([1, 2, 3])).AsTask();
                Assert.True(putting.IsCompletedSuccessfully);
            }
        };

        var report = await BlobWorld.CollectAsync(storage);

        Assert.Equal((1, 0L), (meddled, report.Deleted));
        Assert.Equal([1, 2, 3], await BlobWorld.ReadAsync(storage, "again"));
    }

    [Fact]
    public async Task A_chunk_collected_between_the_look_for_it_and_the_reference_to_it_is_stored_again()
    {
        var store = new MeddlingStore(new MemoryStore());
        await using var storage = BlobWorld.Open(store);
        await using var other = BlobWorld.Open(new Shared(store));
        _ = await storage.Blobs.PutAsync("it", new MemoryStream([1, 2, 3]), cancellationToken: Cancel);
        _ = await storage.Blobs.DeleteAsync("it", cancellationToken: Cancel);
        var meddled = 0;
        store.BeforeCommit = commit =>
        {
            if (commit.Operations.Any(static one => one is CheckOperation && one.Key.Collection == BlobKeys.Chunks) &&
                meddled++ == 0)
            {
                var collecting = other.Blobs.CollectAsync(new() { Grace = TimeSpan.Zero }).AsTask();
                Assert.True(collecting.IsCompletedSuccessfully);
                Assert.Equal(1, collecting.Result.Deleted);
            }
        };

        _ = await storage.Blobs.PutAsync("again", new MemoryStream([1, 2, 3]), cancellationToken: Cancel);

        Assert.Equal(1, meddled);
        Assert.Equal([1, 2, 3], await BlobWorld.ReadAsync(storage, "again"));
    }

    /// <summary>Writers that use the same few chunks, in uploads that break off and go on, deletions, copies, and two
    /// collectors, all at once and each step at odd moments: whatever is named is whole.</summary>
    [Fact]
    public async Task The_collector_never_races_a_writer()
    {
        var seed = TestSeed.Take();
        for (var run = 0; run < 12 * TestSeed.Length; run++)
        {
            var race = new BlobRace(seed.ToRandom(run));
            try
            {
                await race.RunAsync();
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"In run {run}. {seed} {error.Message}", error);
            }
        }
    }

    private static async Task<(long Deleted, long Spared)> CollectAsync(
        Undercroft.Storage storage, BlobCollectOptions options)
    {
        var report = await storage.Blobs.CollectAsync(options, Cancel);
        return (report.Deleted, report.Spared);
    }

    /// <summary>Leaves the store open for its owner.</summary>
    private sealed class Shared(IStore inner) : DelegatingStore(inner)
    {
        [SuppressMessage("Usage", "CA2215", Justification = "Not disposing is what this layer is for.")]
        public override ValueTask DisposeAsync() => default;
    }
}
