using Undercroft.Blobs;

namespace Undercroft.Tests.Blobs;

/// <summary>Blobs with chunks so short that a few hundred kilobytes make several batches and lists of lists.</summary>
internal static class BlobWorld
{
    public static BlobOptions SmallChunks => new()
    {
        ChunkBytesMin = 64,
        ChunkBytesAverage = 256,
        ChunkBytesMax = 1024,
    };

    public static Undercroft.Storage Open(
        IStore? store = null, TimeProvider? clock = null, Action<BlobOptions>? change = null)
    {
        var blobs = SmallChunks;
        change?.Invoke(blobs);
        return new(
            store ?? new MemoryStore(clock: clock),
            new StorageOptions
            {
                Clock = clock ?? TimeProvider.System,
                SweepInterval = Timeout.InfiniteTimeSpan,
                Blobs = blobs,
            });
    }

    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static async Task<byte[]?> ReadAsync(Undercroft.Storage storage, string name)
    {
        await using var stream = await storage.Blobs.OpenReadAsync(name, TestContext.Current.CancellationToken);
        if (stream is null)
        {
            return null;
        }

        var read = new MemoryStream();
        await stream.CopyToAsync(read, TestContext.Current.CancellationToken);
        return read.ToArray();
    }

    public static async Task<List<StoreRecord>> RecordsAsync(Undercroft.Storage storage, string collection)
    {
        var records = new List<StoreRecord>();
        var request = new ScanRequest { Collection = collection, Limit = 1000 };
        do
        {
            var page = await storage.Store.ScanAsync(request, TestContext.Current.CancellationToken);
            records.AddRange(page.Items.Select(static item => item.Record));
            request = request with { After = page.Next };
        }
        while (request.After is not null);

        return records;
    }

    /// <summary>Deletes all that nothing refers to, the young too.</summary>
    public static ValueTask<BlobCollectReport> CollectAsync(Undercroft.Storage storage) =>
        storage.Blobs.CollectAsync(
            new BlobCollectOptions { Grace = TimeSpan.Zero }, TestContext.Current.CancellationToken);
}
