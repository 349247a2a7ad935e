using Undercroft.Blobs;

namespace Undercroft.Tests.Blobs;

/// <summary>Writers and collectors at once on one store that lets each wait at odd moments.</summary>
internal sealed class BlobRace(Random random)
{
    private const int Writers = 4;
    private const int StepsPerWriter = 25;

    private readonly byte[][] pieces =
        [.. Enumerable.Range(0, 6).Select(_ => BlobWorld.Bytes(random.Next(1, 3000), random.Next()))];

    private volatile int writing = Writers;
    private long collected;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task RunAsync()
    {
        await using var storage = BlobWorld.Open(new ChaosStore(new MemoryStore(), random.Next()));
        var seeds = Enumerable.Range(0, Writers).Select(_ => random.Next()).ToArray();
        var writers = seeds.Select((seed, i) => Task.Run(() => WriteAsync(storage, i, new Random(seed)), Cancel));
        var collectors = Enumerable.Range(0, 2).Select(_ => Task.Run(() => CollectAsync(storage), Cancel));
        await Task.WhenAll([.. writers, .. collectors]);

        var report = await storage.Blobs.VerifyAsync(cancellationToken: Cancel);
        Assert.Empty(report.Problems);
        Assert.True(collected > 0, "Nothing was collected, so nothing is proven.");
        await CheckNothingIsLeftAsync(storage);
    }

    private async Task CollectAsync(Undercroft.Storage storage)
    {
        while (writing > 0)
        {
            _ = Interlocked.Add(ref collected, (await BlobWorld.CollectAsync(storage)).Deleted);
        }
    }

    private async Task WriteAsync(Undercroft.Storage storage, int writer, Random chance)
    {
        try
        {
            for (var step = 0; step < StepsPerWriter; step++)
            {
                await StepAsync(storage, $"{writer}/{chance.Next(3)}", chance);
            }
        }
        finally
        {
            _ = Interlocked.Decrement(ref writing);
        }
    }

    /// <summary>Does one thing to a name that only this writer uses, and holds it to what it did.</summary>
    private async Task StepAsync(Undercroft.Storage storage, string name, Random chance)
    {
        // All writers make their blobs of the same pieces: they share chunks, and chunks come and go.
        byte[] bytes = [.. Enumerable.Range(0, chance.Next(4)).SelectMany(_ => pieces[chance.Next(pieces.Length)])];
        switch (chance.Next(5))
        {
            case 0:
                _ = await storage.Blobs.DeleteAsync(name, cancellationToken: Cancel);
                Assert.Null(await BlobWorld.ReadAsync(storage, name));
                return;
            case 1:
                var before = await BlobWorld.ReadAsync(storage, name);
                _ = await storage.TransactionAsync(
                    async transaction => await transaction.Blobs.CopyAsync(name, name + "'"),
                    cancellationToken: Cancel);
                _ = await storage.Blobs.DeleteAsync(name, cancellationToken: Cancel);
                if (before is not null)
                {
                    Assert.Equal(before, await BlobWorld.ReadAsync(storage, name + "'"));
                }

                return;
            case 2:
                var broken = await storage.Blobs.UploadAsync(name, Cancel);
                _ = await broken.ReceiveAsync(new MemoryStream(bytes), null, Cancel);
                await broken.AbandonAsync(Cancel);
                return;
            default:
                var staged = await storage.Blobs.StageAsync(new MemoryStream(bytes), null, Cancel);
                await Task.Yield();
                _ = await storage.Blobs.PutAsync(name, staged, cancellationToken: Cancel);
                Assert.Equal(bytes, await BlobWorld.ReadAsync(storage, name));
                return;
        }
    }

    private static async Task CheckNothingIsLeftAsync(Undercroft.Storage storage)
    {
        foreach (var info in await storage.Blobs.ListAsync(cancellationToken: Cancel).ToListAsync(Cancel))
        {
            _ = await storage.Blobs.DeleteAsync(info.Name, cancellationToken: Cancel);
        }

        _ = await BlobWorld.CollectAsync(storage);
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Chunks));
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Lists));
        Assert.Empty(await BlobWorld.RecordsAsync(storage, BlobKeys.Uploads));
    }
}
